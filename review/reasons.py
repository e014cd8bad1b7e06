"""Why somebody looks at what is masked or opens an original, ready to be chosen."""

from __future__ import annotations

from collections.abc import Mapping

# Why somebody looks, ready to be chosen; the record has the words.
REASONS: Mapping[str, str] = {
    "check": "To check it’s a real patient",
    "ig": "To tell information governance",
    "hide": "To find and hide the post",
    "other": "Another reason",
}
OTHERWISE: Mapping[str, str] = {
    "check": "To check what was said, and of whom",
    "ig": "To pass it on to who deals with it",
    "hide": "To find and hide the post",
    "other": "Another reason",
}
