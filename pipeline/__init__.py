"""The domain model and the pure stages: values in, values out.

No clock, network, environment, database, Prefect or web framework in this package.
"""
