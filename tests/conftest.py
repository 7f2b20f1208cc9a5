"""What all tests share."""

import os
from pathlib import Path

from support import compiled

# As in workflow/rules/common.smk, and before torch and numba are loaded: threads that wait soon
# sleep, so that tests beside other work are not spun off their cores; compiled code is kept.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
LIBRARY = Path(__file__).parents[1] / "src" / "latentearth"
os.environ.setdefault("NUMBA_CACHE_DIR", str(compiled.folder(LIBRARY)))
