"""Public records as Mentions: the only code that knows the field names of Parliament's, the CQC's and coroners' interfaces.

No person is an author here: the author is whoever publishes the record. Who asked, petitioned or spoke stands in the words,
where the record says it; of petitions not even there.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from collectors.base import count, counts, identity, moment, plain, words
from collectors.context import object_of, objects_of, text_of
from collectors.http.transport import host
from collectors.parsing import UNREADABLE, absolute, joined
from core.context import Page, context_of
from core.models import Author, Kind, Mention
from settings.public_records import Preset

HANSARD = "hansard.parliament.uk"
QUESTIONS = "questions-statements.parliament.uk"
PETITIONS = "petition.parliament.uk"
CQC = "www.cqc.org.uk"
_CUT = re.compile(r"(?:\.\.\.|…)\s*$")  # how lists of written questions end a text that they cut


def as_record(mention: Mention, preset: Preset, *, of: str = "", issuer: str = "") -> Mention:
    """What a feed or a site gave, as a public record: by its publisher alone, and with no picture of anybody.

    `issuer` stands for all feeds of one host, so that what two searches find is one record.
    """
    name = publisher(preset, of)
    return dataclasses.replace(
        mention, issuer=issuer or mention.issuer, platform="record", kind=kind_of(preset), author=Author(name=name),
        own=False, images=(), media=(), language=mention.language or preset.language,
        context=context_of(page=Page(name=name)),
    )  # fmt: skip


def publisher(preset: Preset, of: str) -> str:
    """Whose record it is: of councils and boards with the site that it stands on."""
    where = of if "://" in of else f"https://{of}"
    return f"{preset.publisher}, {host(where)}" if "." in of else preset.publisher


def kind_of(preset: Preset) -> Kind:
    """An article is what a body published, a post what people ask for in public: `classify` reads them apart."""
    return "article" if preset.kind == "official" else "post"


def _record(
    preset: Preset, *, key: tuple[str, str], url: str, text: str, raw: str, posted: datetime, at: datetime,
    edited: datetime | None = None, metrics: Mapping[str, int] | None = None, deleted: bool = False,
) -> Mention:  # fmt: skip
    return Mention(
        issuer=key[0], issued_id=key[1], platform="record", kind=kind_of(preset), url=url, text=text, text_raw=raw,
        author=Author(name=preset.publisher), posted_at=posted, edited_at=edited, fetched_at=at, metrics=metrics or {},
        language=preset.language, deleted=deleted, context=context_of(page=Page(name=preset.publisher)),
    )  # fmt: skip


# ── Hansard: contributions in the House. ──────────────────────────────────────────────────────────


def contribution(item: Mapping[str, Any], preset: Preset, at: datetime) -> Mention:
    """What one Member said. Its id is the contribution's; the address leads to its place in the debate.

    A Member speaks there for constituents and by privilege: the name stands before the words, as Hansard has it.
    """
    own, house = identity(item["ContributionExtId"]), words(item.get("House")) or "Commons"
    day = words(item.get("SittingDate"))[:10]
    title = plain(words(item.get("DebateSection")))
    raw = words(item.get("ContributionTextFull")) or words(item.get("ContributionText"))
    speech = plain(raw)
    if not speech:
        raise ValueError("nothing was said")
    speaker = plain(words(item.get("AttributedTo")) or words(item.get("MemberName")))
    debate = words(item.get("DebateSectionExtId"))
    slug = "".join(re.findall(r"[A-Za-z0-9]+", title.title())) or "debate"
    url = (
        f"https://{HANSARD}/{quote(house)}/{day}/debates/{quote(debate)}/{slug}#contribution-{quote(own)}"
        if debate and day
        else f"https://{HANSARD}/search/contribution?contributionId={quote(own)}"
    )
    return _record(
        preset, key=(HANSARD, own), url=url, raw=raw, at=at, posted=moment(item.get("SittingDate")),
        text=joined(f"{title} ({house})" if title else house, f"{speaker}: {speech}" if speaker else speech),
    )  # fmt: skip


# ── Written questions, with their answers. ────────────────────────────────────────────────────────


def is_cut(item: object) -> bool:
    """Whether a list gave only the beginning of a question or of its answer."""
    question = object_of(object_of(item).get("value"))
    return any(_CUT.search(text_of(question.get(key))) for key in ("questionText", "answerText"))


def question_number(item: object) -> str:
    """The number by which the whole of a question is asked for; "" where there is none."""
    number = count(object_of(object_of(item).get("value")).get("id"))
    return str(number) if number else ""


def question(item: Mapping[str, Any], preset: Preset, at: datetime) -> Mention:
    """One question and, once it was given, its answer: apart neither can be read. A holding answer is none.

    It is known by the day on which it was tabled and its number of that session (UIN). One that was withdrawn is gone.
    """
    value = item["value"]
    day, uin = identity(value["dateTabled"])[:10], identity(value["uin"])
    wording = plain(words(value.get("questionText")))
    answer = "" if value.get("answerIsHolding") is True else plain(words(value.get("answerText")))
    body = plain(words(value.get("answeringBodyName")))
    heading = plain(words(value.get("heading")))
    answered = moment(value.get("dateAnswered"))
    text = joined(
        heading,
        "\n\n".join(part for part in (wording, f"{body}: {answer}" if answer else "") if part),
    )
    return _record(
        preset, key=(QUESTIONS, f"{day}/{uin}"), at=at, posted=moment(value.get("dateTabled")),
        url=f"https://{QUESTIONS}/written-questions/detail/{quote(day)}/{quote(uin)}", text=text,
        raw="\n".join(part for part in (words(value.get("questionText")), words(value.get("answerText"))) if part),
        edited=answered if answer and answered != UNREADABLE else None, deleted=value.get("isWithdrawn") is True,
    )  # fmt: skip


# ── Petitions. ────────────────────────────────────────────────────────────────────────────────────


def petition(item: Mapping[str, Any], preset: Preset, at: datetime) -> Mention:
    """One petition with the government's answer. Who made it is named there while it is open, and not read here."""
    own, about = identity(item["id"]), item["attributes"]
    parts = [words(about.get(key)) for key in ("background", "additional_details")]
    response = object_of(about.get("government_response"))
    answer = "\n\n".join(filter(None, (words(response.get(key)) for key in ("summary", "details"))))
    sections = [
        part for part in (*parts, f"The government answered: {answer}" if answer else "") if part
    ]
    text = joined(words(about["action"]).strip(), "\n\n".join(sections))
    answered = moment(about.get("government_response_at"))
    return _record(
        preset, key=(PETITIONS, own), url=f"https://{PETITIONS}/petitions/{quote(own)}", at=at,
        posted=moment(about.get("opened_at") or about.get("created_at")), text=text, raw=text,
        edited=None if answered == UNREADABLE else answered, metrics=counts(likes=about.get("signature_count")),
    )  # fmt: skip


# ── The CQC: the newest report on a provider. ─────────────────────────────────────────────────────


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """Something that the CQC published of a provider: what it says, and on which day, as it is written."""

    key: str
    text: str
    day: str


def published(provider: Mapping[str, Any], of: str) -> Iterator[Published]:
    """What the CQC last said of a provider: the ratings that hold, and a report that came after them.

    Names of managers and of whoever is nominated stand elsewhere in the answer, and are not read.
    """
    name, rated = words(provider.get("name")) or of, UNREADABLE
    for rating in _ratings(provider):
        if rating.what:
            rated = max(rated, moment(rating.day))
            of_part = f", {rating.of}" if rating.of else ""
            text = joined(f"CQC rates {name}{of_part}: {rating.what}", "\n".join(rating.listed))
            yield Published(f"{of}:{rating.key}:{rating.day}", text, rating.day)
    latest = text_of(object_of(provider.get("lastReport")).get("publicationDate"))[:10]
    if latest and (moment(latest) > rated or moment(latest) == UNREADABLE):
        yield Published(f"{of}:report:{latest}", f"CQC published a report on {name}", latest)


def report(item: Published, preset: Preset, of: str, at: datetime) -> Mention:
    """One rating or report, at the provider's own page."""
    return _record(
        preset, key=(CQC, item.key), url=f"https://{CQC}/provider/{quote(of)}", text=item.text, raw=item.text, at=at,
        posted=moment(item.day),
    )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class _Rating:
    """A rating and of what it is, "" for the whole; `listed`: the key questions with theirs; `day` as 2026-11-05, "" where it is not given."""

    key: str
    of: str
    what: str
    day: str
    listed: tuple[str, ...]


def _ratings(provider: Mapping[str, Any]) -> Iterator[_Rating]:
    """Ratings of inspections (`currentRatings.overall`), then of assessments since 2023 (`assessment`), of these what holds now.

    An assessment has one rating of the whole (`overall`), or one of each group of services (`asgRatings`), or both.
    """
    overall = object_of(object_of(provider.get("currentRatings")).get("overall"))
    yield _rating("rating", "", overall, text_of(overall.get("reportDate"))[:10])
    for assessment in objects_of(provider.get("assessment")):
        day = text_of(assessment.get("assessmentPlanPublishedDateTime"))[:10]
        ratings = object_of(assessment.get("ratings"))
        for whole in objects_of(ratings.get("overall")):
            if _holds(whole):
                yield _rating("assessment", "", whole, day)
        for group in objects_of(ratings.get("asgRatings")):
            plan, called = text_of(group.get("assessmentPlanId")), text_of(group.get("name"))
            if _holds(group):
                yield _rating(f"assessment:{plan or called}", called, group, day)


def _rating(key: str, of: str, rated: Mapping[str, Any], day: str) -> _Rating:
    listed = tuple(
        f"{text_of(part.get('name'))}: {text_of(part.get('rating'))}"
        for part in objects_of(rated.get("keyQuestionRatings"))
        if text_of(part.get("name")) and text_of(part.get("rating"))
    )
    return _Rating(key, of, words(rated.get("rating")), day, listed)


def _holds(rated: Mapping[str, Any]) -> bool:
    """Whether a rating of an assessment is one of now: an older one stands beside it as "Historic"."""
    return text_of(rated.get("status")).casefold() != "historic"


# ── A page that lists papers or reports by links. ─────────────────────────────────────────────────

_HREF = r"""\bhref\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^\s"'<>]{1,2000}))"""
_LINK = re.compile(
    rf"<a\b[^>]{{0,1000}}?{_HREF}[^>]{{0,1000}}>(.{{0,2000}}?)</a>", re.IGNORECASE | re.DOTALL
)
_BASE = re.compile(rf"<base\b[^>]{{0,1000}}?{_HREF}", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|pptx?)$", re.IGNORECASE)
_SHORTEST = 4  # characters of a link's words that say something


def links(content: str, url: str) -> dict[str, str]:
    """The pages and documents that a page links to below its own address or as a document: address to words.

    Of several links to one address the longest words; a document whose link says nothing is called by its file. What leads
    around the site is left out.
    """
    from_here: dict[str, str] = {}
    base = _BASE.search(content)
    start = absolute(html.unescape(base[1] or base[2] or base[3]), url) if base else ""
    for match in _LINK.finditer(content):
        target = _listed(match[1] or match[2] or match[3], url, start or url)
        title = " ".join(plain(match[4]).split())
        if len(title) < _SHORTEST and _DOCUMENT.search(urlsplit(target).path):
            title = unquote(urlsplit(target).path.rpartition("/")[2])
        if target and len(title) >= _SHORTEST and len(title) > len(from_here.get(target, "")):
            from_here[target] = title
    return from_here


def _listed(target: str, url: str, start: str) -> str:
    """The whole address of a link, resolved from `start`, to something that a page lists; "" for another."""
    try:
        address = urldefrag(urljoin(start, html.unescape(target).strip())).url
        parts, here = urlsplit(address), urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or parts.path.rstrip("/") == here.path.rstrip("/"):
        return ""
    below = host(address) == host(url) and parts.path.startswith(f"{here.path.rstrip('/')}/")
    document = _DOCUMENT.search(parts.path)
    same_site = host(address).removeprefix("www.") == host(url).removeprefix("www.")
    return address if below or (document and same_site) else ""


def listed(address: str, title: str, preset: Preset, of: str, at: datetime) -> Mention:
    """One paper or report by its link: when it was first seen is when it was posted."""
    paper = _record(
        preset, key=(host(address), address), url=address, text=title, raw=title, posted=at, at=at
    )  # fmt: skip
    return as_record(paper, preset, of=of)
