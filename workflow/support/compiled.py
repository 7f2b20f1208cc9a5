"""Where compiled functions of the library are kept between jobs."""

import hashlib
import os
from pathlib import Path


def folder(library: Path) -> Path:
    """Folder for compiled functions that belongs to this state of the library.

    Numba's cache notices an edit of the file that holds a function, but not of the functions
    that it calls in other files: after an edit, old machine code would go on giving old numbers.

    Parameters
    ----------
    library
        Folder of the package ``latentearth``.
    """
    digest = hashlib.sha256()
    for path in sorted(library.rglob("*.py")):
        content = path.read_bytes()
        if b"numba" in content:
            digest.update(content)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "latentearth" / f"numba-{digest.hexdigest()[:16]}"
