"""The papers as pages, one each, and all of them as a ZIP; as tagged PDFs too where the extra for it is there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import ConfigError
from reports import pdf
from reports.papers.facts import Facts
from reports.rendering import render

NO_MODEL = "(not installed)"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP knows: the same facts make the same file


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper: `key` is its file's name and its template, `why` the law or standard that asks for it."""

    key: str
    title: str
    why: str


PAPERS: tuple[Paper, ...] = (
    Paper(
        key="dpia",
        title="Data protection impact assessment",
        why="UK GDPR Article 35.",
    ),
    Paper(
        key="ropa",
        title="Record of processing activities",
        why="UK GDPR Article 30.",
    ),
    Paper(
        key="atrs",
        title="Algorithmic transparency record",
        why="The Algorithmic Transparency Recording Standard of the UK Government.",
    ),
    Paper(
        key="privacy_notice",
        title="Privacy notice",
        why="UK GDPR Articles 13 and 14.",
    ),
    Paper(
        key="staff_notice",
        title="Notice to staff",
        why="ICO, Employment practices and data protection: monitoring workers.",
    ),
    Paper(
        key="policy_document",
        title="Appropriate policy document",
        why="Data Protection Act 2018, Schedule 1, Part 4.",
    ),
    Paper(
        key="eqia",
        title="Equality impact assessment",
        why="Equality Act 2010, section 149.",
    ),
    Paper(
        key="retention",
        title="Retention schedule",
        why="UK GDPR Article 5(1)(e).",
    ),
    Paper(
        key="dtac",
        title="Statements for DTAC",
        why="Digital Technology Assessment Criteria of NHS England.",
    ),
    Paper(
        key="clinical_safety",
        title="Clinical safety statement",
        why="DCB0129 and DCB0160.",
    ),
    Paper(
        key="access",
        title="Who may do what",
        why="UK GDPR Articles 5(1)(f) and 32.",
    ),
    Paper(
        key="clauses",
        title="What the policy asks and who does it",
        why="The social media policy, clause by clause.",
    ),
)


def paper(key: str) -> Paper | None:
    """The paper of that key."""
    return next((each for each in PAPERS if each.key == key), None)


def html(facts: Facts, which: Paper) -> str:
    """A paper as a page that prints."""
    return render("papers/paper.html", facts=facts, paper=which)


def files(
    facts: Facts, *, as_pdf: bool, papers: Sequence[Paper] = PAPERS
) -> Iterator[tuple[str, bytes]]:
    """Each paper's file name and content, in order. Raises ConfigError where PDFs are wanted and can't be made."""
    if as_pdf and not pdf.is_installed():
        raise ConfigError(pdf.NEEDS_PDF)
    for number, each in enumerate(papers, 1):
        page = html(facts, each)
        name = f"{number:02}-{each.key.replace('_', '-')}"
        yield f"{name}.html", page.encode()
        if as_pdf:
            yield f"{name}.pdf", pdf.pdf(page)


def archive(facts: Facts) -> bytes:
    """All papers as pages in a ZIP."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files(facts, as_pdf=False):
            pack.writestr(zipfile.ZipInfo(name, ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()
