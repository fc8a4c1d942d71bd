"""What does the work, whoever orders it: bounded processes, reading one file, keeping a result, a batch. No Prefect,
no HTTP."""
