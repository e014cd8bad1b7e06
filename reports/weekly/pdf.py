"""The summary as a tagged PDF (PDF/UA-1) by WeasyPrint, which is an extra: it needs Pango and a font on the machine."""

from __future__ import annotations

from importlib.util import find_spec

from core.errors import ConfigError

HOW = (
    "a PDF needs WeasyPrint and Pango: `pip install 'nwl-mentions[pdf]'`, and on Debian `apt install libpango-1.0-0 "
    "libpangoft2-1.0-0 fonts-liberation`; the page and the HTML file print as they are"
)


def is_installed() -> bool:
    """Whether a PDF can be tried; Pango is looked for only when one is made."""
    return find_spec("weasyprint") is not None


def pdf(html: str) -> bytes:
    """The page of `layout.html`, tagged, with its headings as bookmarks. Raises ConfigError where the extra is missing.

    It asks for no address: nothing in the page names one, and whatever would is refused.
    """
    try:
        # 0.5 s and 40 MB, for those alone who make a PDF; OSError: Pango is not there
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise ConfigError(HOW) from error
    written = HTML(string=html, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/ua-1")
    return bytes(written)


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError("a summary asks for nothing")
