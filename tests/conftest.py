"""What all tests share."""

import os

# As in workflow/rules/common.smk, and before torch is loaded: threads that wait soon sleep, so
# that tests that run beside other work are not spun off their cores.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
