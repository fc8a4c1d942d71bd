"""The program: command line, settings, wiring. No logic of its own."""

import os

# Before numpy is loaded: its threads wait for one another on small matrices, which made learning a hand take several
# times the processor time on a machine with other work. A number that somebody set stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
