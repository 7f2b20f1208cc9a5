"""Arrays out of pickles and ``.pt`` files from elsewhere, without running anything in them.

A pickle is a program for a small stack machine, and Python's own machine imports and calls
whatever the program names. Here is a machine of our own that can do neither: a name in the
file becomes an inert :class:`Global`, and the few calls that arrays need are done by functions
of this module, chosen by that name. All else is refused. The opcodes and names known here are
those found by disassembling the published files, and those that today's numpy and torch write.
"""

from latentearth.unpickle.arrays import load_arrays
from latentearth.unpickle.modules import load_module_arrays

__all__ = ["load_arrays", "load_module_arrays"]
