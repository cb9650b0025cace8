"""`python -m benchmarks.soak [NAME ...]` does all long runs, or those that are named, and writes their results."""

import sys

from benchmarks.__main__ import measured
from benchmarks.soak import LONG_RUNS

if __name__ == "__main__":
    sys.exit(measured(LONG_RUNS, sys.argv[1:], "python -m benchmarks.soak"))
