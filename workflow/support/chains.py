"""Raw chains that this workflow sampled itself."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from latentearth.ensembles.chains import read_chain, voronoi_models
from latentearth.ensembles.voronoi import VoronoiModels
from latentearth.io import InputError


def own_chains(paths: Iterable[str | os.PathLike]) -> Iterator[VoronoiModels]:
    """Read one of our chains after the other, for thinning.

    Raises
    ------
    InputError
        If a chain is cut short or damaged. It is renamed (``.damaged``), so that the workflow
        samples this one chain anew when it is started again. Of several jobs that meet it at
        once each says so, whichever renames it.
    """
    for path in paths:
        try:
            chain = read_chain(path)
        except InputError as error:
            aside = Path(f"{os.fspath(path)}.damaged")
            with contextlib.suppress(FileNotFoundError):  # another job may have been faster
                os.replace(path, aside)
            if not aside.exists():
                raise
            raise InputError(
                path,
                "chain",
                f"damage ({error})",
                f"a whole chain; it is now called {aside.name}: start the workflow again, and "
                "only this chain is sampled anew",
            ) from error
        yield voronoi_models(chain)
