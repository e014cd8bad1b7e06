"""A page as a tagged PDF (PDF/UA-1) by WeasyPrint, which is an extra: it needs Pango and a font on the machine."""

from __future__ import annotations

from importlib.util import find_spec

from core.errors import ConfigError

NEEDS_PDF = (
    "a PDF needs the extra `pdf` and Pango: pip install 'nwl-mentions[pdf]', and on Debian apt install libpango-1.0-0 "
    "libpangoft2-1.0-0 fonts-liberation; the HTML file prints as it is"
)


def is_installed() -> bool:
    """Whether a PDF can be tried; Pango is looked for only when one is made."""
    return find_spec("weasyprint") is not None


def pdf(html: str) -> bytes:
    """The page, tagged, its headings as bookmarks. Raises ConfigError where the extra or Pango is missing.

    It asks for no address: whatever in the page names one is refused.
    """
    try:
        # 0.5 s and 40 MB, for those alone who make a PDF; OSError: Pango is not there
        from PIL import ImageFile
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise ConfigError(NEEDS_PDF) from error
    ImageFile.LOAD_TRUNCATED_IMAGES = (
        False  # it opens the door to broken pictures for the whole program
    )
    return bytes(HTML(string=html, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/ua-1"))


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError("a page for print asks for nothing")
