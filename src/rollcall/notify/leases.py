"""Tell whether anyone else has a file open, by asking the kernel for a lease (fcntl(2), F_SETLEASE).

A write lease is given only while no other open file refers to the inode. It is taken and given
back at once: nobody is made to wait longer than that. A lease that is broken in this moment raises
a signal; SIGIO would end a process that does not ignore it, so SIGURG is asked for instead, which
is ignored unless someone handles it. So no handler is needed and any thread may ask.
"""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

if sys.platform == "linux":
    import fcntl
    import signal

    def is_open_elsewhere(fd: int) -> bool | None:
        """Tell whether anyone but ``fd`` has its file open; None where leases do not work.

        Leases are refused on files of another owner (without CAP_LEASE) and on file systems that
        do not know them. ``fd`` must be the only open file of this process on that inode.
        """
        try:
            fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError as refusal:
            return True if refusal.errno == errno.EAGAIN else None
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False

else:

    def is_open_elsewhere(fd: int) -> bool | None:
        """Tell that leases do not work on this system: always None."""
        del fd


Probe = Callable[[int], bool | None]
"""Tells of an open file whether anyone else has it open, too; None where it cannot know."""


def leases_work(folder: Path, probe: Probe = is_open_elsewhere) -> bool:
    """Try a lease on a file of our own in ``folder``, which nobody else has open.

    Some file systems refuse every lease as if the file were open (stacked ones do): there a
    refusal says nothing.
    """
    with tempfile.TemporaryFile(dir=folder) as own:
        return probe(own.fileno()) is False
