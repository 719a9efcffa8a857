"""One rule by which a secret is known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

NOT_BEFORE = r"(?<![A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape: what it is called, what must stand in a text for it to be there, and the pattern.

    One of ``hints`` (lower case) is in the lower-cased text wherever the pattern matches; ``group``
    is the part of the match that is secret. What stands there is taken for one only where its signs
    are as mixed as ``entropy`` says, in bits a sign after Shannon.
    """

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    group: int = 0
    entropy: float = 0.0

    def is_mixed(self, secret: str) -> bool:
        """Tell whether what stands in a secret's place is mixed enough to be one."""
        return not self.entropy or _MEASURE.calculate_shannon_entropy(secret) >= self.entropy


_MEASURE = Base64HighEntropyString()


def rule(
    name: str, hints: str, pattern: str, *, group: int = 0, flags: int = 0, entropy: float = 0.0
) -> Rule:
    """Return a rule; ``hints`` are separated by spaces."""
    return Rule(name, tuple(hints.split()), re.compile(pattern, flags), group, entropy)
