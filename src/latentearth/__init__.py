"""Latent Earth: deep generative models in geophysical inversion, from raw data to figures."""

import hashlib
import os
from pathlib import Path

__version__ = "0.1.0"


def _compiled_code_folder() -> Path:
    """Folder for compiled functions that belongs to this state of the library.

    Numba's cache notices an edit of the file that holds a function, but not of the functions
    that it calls in other files: after an edit, old machine code would go on giving old numbers.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        content = path.read_bytes()
        if b"numba" in content:
            digest.update(content)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "latentearth" / f"numba-{digest.hexdigest()[:16]}"


os.environ.setdefault("NUMBA_CACHE_DIR", str(_compiled_code_folder()))
