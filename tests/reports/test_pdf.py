"""A page as a PDF, and what making one leaves as it was."""

from __future__ import annotations

import pytest
from PIL import ImageFile

from core.errors import ConfigError
from reports import pdf


def test_broken_pictures_are_refused_after_a_pdf_was_made() -> None:
    """WeasyPrint lets Pillow read them from its import on, in the whole program."""
    if not pdf.is_installed():
        pytest.skip("the extra `pdf` is not installed")
    try:
        made = pdf.pdf(
            "<html lang='en'><head><title>A</title></head><body><h1>A</h1></body></html>"
        )
    except ConfigError:
        pytest.skip("Pango is not on this machine")
    assert made.startswith(b"%PDF")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
