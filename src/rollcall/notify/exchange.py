"""Let two files change their names in one step, so that neither is ever without one.

Linux does this since 3.15: ``renameat2`` with ``RENAME_EXCHANGE`` (man 2 renameat2). The standard
library has no name for it. A plain rename takes away whatever stands at its target at that
instant, also a file that somebody else has just put there.
"""

from __future__ import annotations

import ctypes
import errno
import os
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NOT_HERE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})


def exchange(one: Path, other: Path) -> bool:
    """Let two files change their names; False, and nothing done, where that is not possible.

    Raises FileNotFoundError where either is not there, and OSError for what else goes wrong.
    """
    call = _renameat2()
    if call is None:
        return False
    if not call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        return True
    number = ctypes.get_errno()
    if number in _NOT_HERE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


@cache
def _renameat2() -> Any:  # noqa: ANN401 - a foreign function has no other type
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        call.argtypes = [
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_uint,
        ]
    return call
