"""What ends a run from outside: Ctrl-C, and a terminal that hangs up."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


def hang_up_as_ctrl_c() -> None:
    """Let a hang-up end the run as Ctrl-C does: jobs end, and the folder is unlocked.

    By itself a hang-up kills Snakemake where it stands, which leaves its folder locked. Under
    nohup it stays ignored.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # nobody reads what is said from here on, and writing to a closed terminal fails
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    raise KeyboardInterrupt
