"""How config.toml writes a secret: as where it is ("env:NAME", "file:PATH", "keyring:SERVICE/NAME"), never as itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

_FORMS = ("env:", "file:", "keyring:")


def _is_reference(written: str) -> str:
    if not written.startswith(_FORMS) or written in _FORMS:
        raise ValueError(
            'write where the secret is ("env:NAME", "file:PATH"), never the secret itself'
        )
    return written


SecretRef = Annotated[str, AfterValidator(_is_reference)]
SecretRefOrNone = Annotated[str, AfterValidator(lambda written: written and _is_reference(written))]
