"""What making a PDF leaves as it was."""

from __future__ import annotations

from PIL import ImageFile

from tests.pdfs import needs_pdf


def test_broken_pictures_are_refused_after_a_pdf_was_made() -> None:
    """WeasyPrint lets Pillow read them from its import on, in the whole program."""
    needs_pdf()
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
