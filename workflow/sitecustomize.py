"""What Python does in every job before its script: this folder is on the path of jobs.

At its end Python takes apart all that is imported, torch for up to 0.7 s of processor time, to give
back memory that the system takes anyway. Of what is frozen it leaves the cycles alone; results are
written by then.
"""

import atexit
import gc

atexit.register(gc.freeze)  # the first to be registered is the last to be called
