"""What the file that ships shows as an example, and what is kept for examples: it reaches nobody until somebody writes their own."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Domains kept for examples (RFC 2606) and telephone numbers kept for drama (Ofcom).
EXAMPLE = re.compile(
    r"\bexample\.(?:org|com|net)\b|\b020[ .-]?7946[ .-]?0\d{3}\b|\b07700[ .-]?900\d{3}\b"
)
_THIS_MACHINE = re.compile(r"^(?:https?://)?(?:127\.0\.0\.1|localhost)(?:[:/]|$)")
_ACCOUNT = "your-account"  # as the file that ships has it


def is_example(written: str) -> bool:
    """Whether what is written is an example, or holds one."""
    return EXAMPLE.search(written) is not None or _ACCOUNT in written


def keys_of_examples(table: Mapping[str, object]) -> list[str]:
    """The keys of a table that still hold an example; none of what is read from this machine, as the demo's stand-ins are."""
    values = {key: value for key, value in table.items() if isinstance(value, str)}
    if any(_THIS_MACHINE.search(value) for value in values.values()):
        return []
    return [key for key, value in values.items() if is_example(value)]
