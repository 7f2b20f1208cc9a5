"""What all tests share."""

import os

# As in workflow/rules/common.smk, and before torch is loaded: idle threads sleep, so that tests
# that run beside other work are not spun off their cores.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
