"""Odd answers to every public record: nothing crashes, nothing is lost untold, and nobody is read as a person.

Forms of real feeds that are mixed here: RSS 1.0, RSS 2.0, Atom and JSON Feed, with relative links, without dates, with writers'
names, with one id twice. All people are invented.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.base import Collected
from collectors.feeds.options import digest
from core.errors import CollectorError, PlatformUnavailable
from core.models import Author, Mention
from settings.public_records import MOST_TERMS, PRESET_NAMES, PresetName, presets
from tests.collectors.cases import AT, SECRET, kept, mentions, odds, page, parts, saved, source
from tests.collectors.feeds.test_records import (
    CORONERS,
    COUNCIL,
    CQC,
    HANSARD,
    PAPERS,
    PETITIONS,
    QUESTIONS,
    SPOKEN,
    WDTK,
    asked,
    by_id,
    gather,
    run,
)
from tests.collectors.mutants import mutants

BODY = "https://www.whatdotheyknow.com/feed/body/example_integrated_care_board"
HSSIB = "https://www.hssib.org.uk/patient-safety-investigations/"
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
WRITER = "Jo Sample"


@dataclass(frozen=True)
class Case:
    """How a preset is read here: where, which page answers, and what is filled in."""

    url: str
    file: str
    row: dict[str, Any] = field(default_factory=dict)
    cqc_key: str = ""
    kind: str = "application/json"

    @property
    def is_feed(self) -> bool:
        return self.file.endswith((".atom", ".xml"))

    @property
    def is_page(self) -> bool:
        return self.file.endswith(".html")


CASES: dict[PresetName, Case] = {
    "whatdotheyknow": Case(WDTK, "whatdotheyknow.atom", kind="application/atom+xml"),
    "whatdotheyknow_body": Case(
        BODY, "whatdotheyknow.atom", {"of": "example_integrated_care_board"}, kind="application/atom+xml"
    ),
    "hansard": Case(HANSARD, "hansard.json"),
    "written_questions": Case(QUESTIONS, "questions.json"),
    "petitions": Case(PETITIONS, "petitions2.json"),
    "council_papers": Case(
        COUNCIL, "council.xml", {"of": "democracy.example.org"}, kind="application/rss+xml"
    ),
    "board_papers": Case(PAPERS, "papers.html", {"of": PAPERS}, kind="text/html; charset=utf-8"),
    "cqc": Case(CQC, "cqc.json", {"of": "RZ9"}, cqc_key=SECRET),
    "hssib": Case(HSSIB, "papers.html", kind="text/html; charset=utf-8"),
    "coroners": Case(CORONERS, "coroners.json"),
}  # fmt: skip
FEEDS = [name for name, case in CASES.items() if case.is_feed]
JSON = [name for name, case in CASES.items() if case.file.endswith(".json")]


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def content_of(case: Case) -> bytes:
    content = saved(f"feeds/records/{case.file}")
    if case.url == HSSIB:
        content = content.replace(b"/about-us/board-papers/", b"/patient-safety-investigations/")
    return content


def answering(web: responses.RequestsMock, case: Case, **answer: Any) -> None:
    """This answer at the record's address; around it what a server answers besides."""
    web.get(case.url, **answer)
    web.get(f"{QUESTIONS}/9900002", json=page("feeds/records/question.json"))
    for site in ("trust.example.org", "www.hssib.org.uk"):
        web.get(f"https://{site}/robots.txt", status=404)
    web.get("https://www.judiciary.uk/", status=404)


def read(
    name: PresetName, state: dict[str, str] | None = None, **row: Any
) -> tuple[list[Collected], CollectorError | None]:
    case = CASES[name]
    found, error = run(name, state=state, since=SINCE, cqc_key=case.cqc_key, **{**case.row, **row})
    assert [part.bug for part in parts(found)] == [None], "an odd answer is no bug of ours"
    for mention in mentions(found):
        assert is_nobodys(mention, name), "nobody in a record is a person to us"
    assert (error is None) == (not parts(found)[0].error), "what failed is told of the record"
    return found, error


def is_nobodys(mention: Mention, name: PresetName) -> bool:
    publisher = presets()[name].publisher
    return (
        mention.author == Author(name=mention.author.name)
        and mention.author.name.startswith(publisher)
        and not mention.context.answered
        and not mention.own
        and not mention.images
        and mention.platform == "record"
    )


def test_every_preset_has_a_case_here() -> None:
    assert set(CASES) == set(PRESET_NAMES)


# ── The same content, sent as servers send it. ────────────────────────────────────────────────────


def latin(content: bytes) -> bytes:
    return content.decode("utf-8").encode("cp1252", "replace")


SENDINGS: dict[str, dict[str, Any]] = {
    "packed": {"pack": True},
    "with a byte order mark": {"start": b"\xef\xbb\xbf"},
    "as plain text": {"kind": "text/plain"},
    "without a type": {"kind": ""},
    "as octets": {"kind": "application/octet-stream"},
    "with a false charset": {"kind": "{kind}; charset=iso-8859-1"},
    "with a charset that nobody knows": {"kind": "{kind}; charset=klingon"},
    "after blank lines": {"start": b"\r\n \r\n"},
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("sending", SENDINGS)
def test_however_it_is_sent_the_same_comes_or_it_is_told(
    web: responses.RequestsMock, name: PresetName, sending: str
) -> None:
    case, how = CASES[name], SENDINGS[sending]
    kind = str(how.get("kind", "{kind}")).replace("{kind}", case.kind.partition(";")[0])
    content, headers = how.get("start", b"") + content_of(case), {}
    if how.get("pack"):
        content, headers = gzip.compress(content), {"Content-Encoding": "gzip"}
    answering(web, case, body=content_of(case), content_type=case.kind)
    usual, _ = read(name)
    web.reset()
    answering(web, case, body=content, content_type=kind, headers=headers)
    found, error = read(name)
    same = [(m.key, m.text) for m in mentions(found)] == [(m.key, m.text) for m in mentions(usual)]
    assert (same and kept(found).keys() == kept(usual).keys()) or error is not None


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 410}, {"status": 404}, {"status": 403}, {"status": 500}, {"status": 503}, {"body": b""}, {"body": b"   "},
        {"status": 429, "headers": {"Retry-After": "Tue, 24 Nov 2026 09:30:00 GMT", "Date": "Tue, 24 Nov 2026 09:00:00 GMT"}},
        {"status": 301, "headers": {"Location": "http://insecure.example.net/feed"}}, {"status": 302, "headers": {"Location": "https://["}},
        {"status": 302, "headers": {"Location": "http://127.0.0.1/"}},
        {"body": b"<html><body><h1>Down for maintenance</h1></body></html>", "content_type": "text/html"},
        {"body": b"<html><form>Log in <input type=password></form></html>", "content_type": "text/html"},
        {"body": b'{"half": [', "content_type": "application/json"}, {"body": b"null"}, {"body": b"[]", "headers": {"X-WP-TotalPages": "x"}},
        {"body": gzip.compress(b"cut off" * 100)[:40], "headers": {"Content-Encoding": "gzip"}}, {"body": b"\xff\xfe\x00\x01" * 50},
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_and_harms_nothing(
    web: responses.RequestsMock, name: PresetName, answer: dict[str, Any]
) -> None:
    answering(web, CASES[name], **answer)
    found, error = read(name)
    assert not mentions(found)
    nothing_new = name == "coroners" and answer.get("body") == b"[]"  # an empty list is an answer
    assert (error is not None) or nothing_new
    if answer.get("status") == 429 and not CASES[name].is_page:
        assert isinstance(error, PlatformUnavailable)
        assert parts(found)[0].retry_after == 1800, "a date is measured on their own clock"


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_that_did_not_change_gives_nothing_and_is_well(
    web: responses.RequestsMock, name: PresetName
) -> None:
    case = CASES[name]
    answering(web, case, body=content_of(case), content_type=case.kind, headers={"ETag": '"one"'})
    found, _ = read(name)
    state = kept(found)
    web.reset()
    answering(web, case, status=304)
    again, error = read(name, state)
    assert web.calls[0].request.headers["If-None-Match"] == '"one"'
    assert (mentions(again), odds(again), error) == ([], [], None)


@pytest.mark.parametrize("name", JSON)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_an_answer_with_nulls_new_keys_and_other_kinds_is_no_bug(
    name: PresetName, data: st.DataObject
) -> None:
    whole = json.loads(content_of(CASES[name]))
    odd = data.draw(mutants(whole))
    if isinstance(odd, dict):
        odd["newKey"] = {"person": WRITER}
    body = json.dumps(odd).encode("utf-8", "replace")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        answering(mock, CASES[name], body=body, content_type="application/json")
        read(name)


# ── Feeds of every form, with a writer in each. ───────────────────────────────────────────────────

RSS2 = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="http://www.w3.org/2005/Atom"
 xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel><title>Health and Wellbeing Board</title><link>https://democracy.example.org/</link><managingEditor>jo@example.org (Jo Sample)</managingEditor>
<a:link rel="next" href="?page=2"/>{items}</channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Health and Wellbeing Board</title><dc:creator>Jo Sample</dc:creator></channel>{items}</rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<title>Health and Wellbeing Board</title><author><name>Jo Sample</name><uri>/user/jo</uri></author>{items}</feed>"""
ITEMS = {
    "rss": (
        RSS2,
        "<item><title>Health and Wellbeing Board, {text}</title><link>/ieList.aspx?MId={id}</link><guid isPermaLink='false'>{id}</guid>"
        "<dc:creator>Jo Sample</dc:creator><author>jo@example.org (Jo Sample)</author><slash:comments>3</slash:comments>"
        "<wfw:commentRss>https://democracy.example.org/c</wfw:commentRss>{date}</item>",
        "<pubDate>{:%a, %d %b %Y %H:%M:%S} GMT</pubDate>",
    ),
    "rdf": (
        RDF,
        "<item rdf:about='urn:{id}'><title>Health and Wellbeing Board, {text}</title><link>/ieList.aspx?MId={id}</link>"
        "<dc:creator>Jo Sample</dc:creator>{date}</item>",
        "<dc:date>{:%Y-%m-%dT%H:%M:%SZ}</dc:date>",
    ),
    "atom": (
        ATOM,
        "<entry><id>urn:{id}</id><title>Health and Wellbeing Board, {text}</title><link href='/ieList.aspx?MId={id}'/>"
        "<author><name>Jo Sample</name></author><contributor><name>Jo Sample</name></contributor>"
        "<thr:in-reply-to ref='urn:1' href='/user/jo'/>{date}</entry>",
        "<updated>{:%Y-%m-%dT%H:%M:%SZ}</updated>",
    ),
}  # fmt: skip


def feed_of(form: str, *entries: tuple[str, str, datetime | str | None]) -> str:
    """A feed with these entries: id, words, and when; a text in place of a moment is taken as it is."""
    whole, item, dated = ITEMS[form]
    items = []
    for number, words, when in entries:
        date = dated.format(when) if isinstance(when, datetime) else ""
        if isinstance(when, str):
            date = dated.partition(">")[0] + ">" + when + "</" + dated.rpartition("</")[2]
        items.append(item.format(id=number, text=words, date=date))
    return whole.format(items="".join(items))


DAY = AT - timedelta(days=2)


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("form", ITEMS)
def test_a_feed_of_any_form_is_read_and_its_writers_are_not(
    web: responses.RequestsMock, name: PresetName, form: str
) -> None:
    answering(web, CASES[name], body=feed_of(form, ("7", "an agenda", DAY)))
    found, error = read(name)
    (mention,) = mentions(found)
    assert error is None
    assert mention.text == "Health and Wellbeing Board, an agenda"
    assert mention.posted_at == DAY
    assert mention.url.startswith("https://")
    assert mention.kind == ("article" if presets()[name].kind == "official" else "post")
    assert (mention.parent_id, mention.root_id) == ("", "")
    assert WRITER not in f"{mention}"


@pytest.mark.parametrize("form", ITEMS)
@pytest.mark.parametrize("when", [None, "soon", "", "31/31/2026", AT + timedelta(days=400)])
def test_an_entry_without_a_time_that_can_be_true_is_read_as_of_now(
    web: responses.RequestsMock, form: str, when: datetime | str | None
) -> None:
    answering(web, CASES["council_papers"], body=feed_of(form, ("7", "an agenda", when)))
    (mention,) = mentions(read("council_papers")[0])
    assert mention.posted_at == AT


@pytest.mark.parametrize("form", ITEMS)
@pytest.mark.parametrize("first", [True, False])
def test_of_entries_with_one_id_the_newest_is_kept_and_the_others_are_told(
    web: responses.RequestsMock, form: str, first: bool
) -> None:
    entries = [("7", "minutes", DAY), ("7", "an agenda", DAY - timedelta(days=1))]
    body = feed_of(form, *(entries if first else entries[::-1]), ("8", "another", DAY))
    answering(web, CASES["council_papers"], body=body)
    found, error = read("council_papers")
    assert [m.text.rpartition(", ")[2] for m in mentions(found)] == ["minutes", "another"]
    assert [odd.why.partition(" ")[0] for odd in odds(found)] == ["1"]
    assert error is None


def test_the_same_entry_twice_is_one_and_nothing_to_tell(web: responses.RequestsMock) -> None:
    answering(web, CASES["council_papers"], body=feed_of("rss", ("7", "x", DAY), ("7", "x", DAY)))
    found, _ = read("council_papers")
    assert (len(mentions(found)), odds(found)) == (1, [])


# ── Searches of many terms. ───────────────────────────────────────────────────────────────────────

SEARCHED: list[PresetName] = ["whatdotheyknow", "hansard", "written_questions", "petitions", "coroners"]  # fmt: skip


def by_term(web: responses.RequestsMock, name: PresetName, statuses: dict[str, int]) -> list[str]:
    """Answers each term with its status, the others well; the terms that were asked for, in their order."""
    searches: list[str] = []

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        url = request.url.replace("%20", " ").replace("+", " ").replace("%22", '"')
        term = url.partition('"')[2].partition('"')[0]
        searches.append(term)
        status = statuses.get(term, 200)
        return status, {}, content_of(CASES[name]) if status == 200 else b"{}"

    url = CASES[name].url
    if name == "whatdotheyknow":
        for term in (SPOKEN, *statuses):
            web.add_callback(
                "GET", url.replace("NHS%20North%20West%20London", term.replace(" ", "%20")), answer
            )
    else:
        web.add_callback("GET", url, answer)
    web.get(f"{QUESTIONS}/9900002", json=page("feeds/records/question.json"))
    return searches


@pytest.mark.parametrize("name", SEARCHED)
def test_a_term_that_is_refused_costs_no_other_and_is_told(
    web: responses.RequestsMock, name: PresetName
) -> None:
    searches = by_term(web, name, {"a term": 400})
    found, error = read(name, terms=["a term", SPOKEN])
    assert [*dict.fromkeys(searches)] == ["a term", SPOKEN]
    assert mentions(found)
    assert error is not None


@pytest.mark.parametrize("name", SEARCHED)
@pytest.mark.parametrize(("status", "asks"), [(403, 2), (503, 1)])
def test_a_record_that_refuses_all_or_is_down_is_not_asked_for_every_term(
    web: responses.RequestsMock, name: PresetName, status: int, asks: int
) -> None:
    terms = ["one term", "two terms", "three terms", "four terms"]
    searches = by_term(web, name, dict.fromkeys(terms, status))
    _, error = read(name, terms=terms)
    assert len(dict.fromkeys(searches)) == asks
    assert error is not None


@pytest.mark.parametrize("name", SEARCHED)
def test_terms_that_are_too_many_are_told(web: responses.RequestsMock, name: PresetName) -> None:
    table: dict[str, Any] = {
        "feed": [],
        "record": [{"preset": name}],
        "terms": [f"Term {n}" for n in range(MOST_TERMS + 1)],
    }
    found, _ = gather(source("feeds", **table))
    assert any("41 terms, of which the first 40 are searched for" in odd.why for odd in odds(found))


# ── Pages that don't end, or end too soon. ────────────────────────────────────────────────────────

LISTS: dict[PresetName, tuple[str, str]] = {
    "hansard": ("Results", "TotalResultCount"),
    "written_questions": ("results", "totalResults"),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("total", [500, "500", None])
def test_a_page_that_comes_again_ends_the_search_and_is_told(
    web: responses.RequestsMock, name: PresetName, total: object
) -> None:
    answer = page(f"feeds/records/{CASES[name].file}") | {LISTS[name][1]: total}
    answering(web, CASES[name], json=answer)
    found, error = read(name)
    assert len([call for call in web.calls if "ake=50" in str(call.request.url)]) == 2
    assert any("came before" in odd.why for odd in odds(found))
    assert error is None


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_holds_fewer_than_it_says_is_told(
    web: responses.RequestsMock, name: PresetName
) -> None:
    items, total = LISTS[name]
    answer = page(f"feeds/records/{CASES[name].file}") | {total: 40}
    count = len(answer[items])
    web.get(CASES[name].url, json=answer)
    answering(web, CASES[name], json=answer | {items: []})
    found, _ = read(name)
    assert any(f"40 are said to be there, and {count} came" == odd.why for odd in odds(found))


def test_a_list_that_does_not_say_how_many_there_are_is_read_until_a_page_is_empty(
    web: responses.RequestsMock,
) -> None:
    first, second = page("feeds/records/hansard.json"), page("feeds/records/hansard.json")
    second["Results"][0]["ContributionExtId"] = "0A0A0A0A-0000-4000-8000-000000000009"
    for answer in (first, second):
        del answer["TotalResultCount"]
        web.get(HANSARD, json=answer)
    web.get(HANSARD, json={"Results": []})
    found, error = read("hansard")
    assert (len(mentions(found)), error) == (3, None)
    assert [asked(web, n)["queryParameters.skip"] for n in range(3)] == [["0"], ["3"], ["6"]]


def test_of_hansard_what_is_spoken_is_counted_where_it_says_so(web: responses.RequestsMock) -> None:
    answer = page("feeds/records/hansard.json") | {"SpokenResultCount": 3, "TotalResultCount": 90}
    web.get(HANSARD, json=answer)
    found, _ = read("hansard")
    assert len(web.calls) == 1
    assert len(odds(found)) == 1, "the odd one alone"


@pytest.mark.parametrize(
    ("onward", "asks"),
    [("/petitions.json?page=2&state=all&q=x", 2), ("?page=2&state=all&q=x", 2), ("https://elsewhere.example.net/?page=2", 1), (5, 1), ({}, 1)],
)  # fmt: skip
def test_the_next_page_of_petitions_is_followed_on_its_own_site_or_told(
    web: responses.RequestsMock, onward: object, asks: int
) -> None:
    first = page("feeds/records/petitions.json")
    first["links"]["next"] = onward
    web.get(PETITIONS, json=first)
    web.get(PETITIONS, json=page("feeds/records/petitions2.json"))
    found, _ = read("petitions")
    assert len(web.calls) == asks
    told = [odd for odd in odds(found) if "lies elsewhere" in odd.why]
    assert len(told) == (1 if asks == 1 and onward != {} else 0)


# ── What single records have of their own. ────────────────────────────────────────────────────────


def test_a_question_that_is_refused_by_itself_is_read_as_the_list_has_it_and_told(
    web: responses.RequestsMock,
) -> None:
    answer = page("feeds/records/questions.json")
    cut = answer["results"][1]["value"]
    cut["questionText"] = f"To ask what {SPOKEN} has done about..."
    web.get(QUESTIONS, json=answer)
    web.get(f"{QUESTIONS}/9900002", status=404)
    found, error = read("written_questions")
    assert error is None
    assert {"2026-11-02/990001", "2026-11-03/HL9902"} <= set(by_id(found))
    assert any("1 questions were not given one by one" in odd.why for odd in odds(found))


def test_a_petition_without_a_time_that_can_be_read_is_kept_and_told(
    web: responses.RequestsMock,
) -> None:
    answer = page("feeds/records/petitions.json")
    answer["links"]["next"] = None
    about = answer["data"][0]["attributes"]
    about.update(created_at=None, opened_at="yesterday")
    web.get(PETITIONS, json=answer)
    found, _ = read("petitions")
    assert by_id(found)["990001"].posted_at == AT
    assert any("no time that can be read" in odd.why for odd in odds(found))


def test_a_contribution_without_a_day_leads_to_the_search_that_finds_it(
    web: responses.RequestsMock,
) -> None:
    answer = page("feeds/records/hansard.json")
    answer["Results"][0]["SittingDate"] = None
    web.get(HANSARD, json=answer)
    found, _ = read("hansard")
    first = by_id(found)["0A0A0A0A-0000-4000-8000-000000000001"]
    assert first.url.startswith("https://hansard.parliament.uk/search/contribution?contributionId=")


@pytest.mark.parametrize("day", ["05/11/2026", "recently", None])
def test_a_rating_of_the_cqc_without_a_day_that_can_be_read_is_kept_and_told(
    web: responses.RequestsMock, day: str | None
) -> None:
    provider = page("feeds/records/cqc.json")
    provider["currentRatings"]["overall"]["reportDate"] = day
    web.get(CQC, json=provider)
    found, error = read("cqc")
    assert error is None
    assert f"RZ9:rating:{day or ''}" in by_id(found)
    assert any("no time that can be read" in odd.why for odd in odds(found))


@pytest.mark.parametrize("rating", [{"value": "Good"}, 4, ["Good"]])
def test_a_rating_that_is_no_text_is_told(web: responses.RequestsMock, rating: object) -> None:
    provider = copy.deepcopy(page("feeds/records/cqc.json"))
    provider["currentRatings"]["overall"]["rating"] = rating
    web.get(CQC, json=provider)
    _, error = read("cqc")
    assert isinstance(error, PlatformUnavailable)


def listing(web: responses.RequestsMock, body: str) -> dict[str, str]:
    """What a page of board papers lists, by address."""
    state = {f"{digest(PAPERS)}.links": "0"}  # it was read before, and listed nothing
    answering(
        web, CASES["board_papers"], body=body.encode(), content_type="text/html; charset=utf-8"
    )
    found, error = read("board_papers", state)
    assert error is None
    return {mention.url: mention.text for mention in mentions(found)}


@pytest.mark.parametrize(
    ("body", "url", "words"),
    [
        ("<a href=/files/nov.pdf>November 2026</a>", "https://trust.example.org/files/nov.pdf", "November 2026"),
        ("<a class=x href=november-2026/ id=y>November 2026</a>", f"{PAPERS}november-2026/", "November 2026"),
        ("<base href='/files/'><a href='nov.pdf'>November 2026</a>", "https://trust.example.org/files/nov.pdf", "November 2026"),
        ("<a href='/f/Board%20papers.pdf'><img src='i.png' alt=''></a>", "https://trust.example.org/f/Board%20papers.pdf", "Board papers.pdf"),
        ("<a href='/f/nov.pdf'>PDF</a>", "https://trust.example.org/f/nov.pdf", "nov.pdf"),
        ("<a href='/f/nov.pdf#page=2'>Agenda</a><a href='/f/nov.pdf'>Agenda, November</a>", "https://trust.example.org/f/nov.pdf", "Agenda, November"),
        ("<a href='https://www.trust.example.org/f/nov.pdf'>November</a>", "https://www.trust.example.org/f/nov.pdf", "November"),
        ("<A HREF='NOV/'>November &amp; December</A>", f"{PAPERS}NOV/", "November & December"),
    ],
)  # fmt: skip
def test_a_paper_is_found_however_its_link_is_written(
    web: responses.RequestsMock, body: str, url: str, words: str
) -> None:
    assert listing(web, body) == {url: words}


def test_a_page_of_more_links_than_are_remembered_tells_none_twice(
    web: responses.RequestsMock,
) -> None:
    many = "".join(f"<a href='n{number}/'>Meeting {number}</a>" for number in range(2_500))
    answering(web, CASES["board_papers"], body=many.encode(), content_type="text/html")
    first, _ = read("board_papers")
    again, error = read("board_papers", kept(first))
    assert (mentions(first), mentions(again), error) == ([], [], None)
