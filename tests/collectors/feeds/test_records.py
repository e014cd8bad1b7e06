"""Public records, each by the form that its publisher gives it; where each form was seen stands beside it. All people are invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, Collected, Collector, Gone
from collectors.feeds import record_parse
from collectors.feeds.actions import recheck
from collectors.feeds.collector import Feeds
from collectors.feeds.probe import probes
from collectors.parts import KnownPart, SavedState
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from settings.public_records import PRESET_NAMES, PresetName, presets
from tests.collectors.cases import (
    AT,
    SECRET,
    SINCE,
    kept,
    mentions,
    odds,
    page,
    parts,
    saved,
    source,
)
from tests.collectors.mutants import mutants

OURS = ("NHS North West London", "@HealthierNWL", "#NWLondon")
SPOKEN = "NHS North West London"
HANSARD = "https://hansard-api.parliament.uk/search/contributions/Spoken.json"
QUESTIONS = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions"
PETITIONS = "https://petition.parliament.uk/petitions.json"
CORONERS = "https://www.judiciary.uk/wp-json/wp/v2/pfd"
CQC = "https://api.service.cqc.org.uk/public/v1/providers/RZ9"
WDTK = "https://www.whatdotheyknow.com/feed/search/%22NHS%20North%20West%20London%22"
COUNCIL = "https://democracy.example.org/mgRss.aspx"
PAPERS = "https://trust.example.org/about-us/board-papers/"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def run(
    preset: PresetName,
    *,
    state: dict[str, str] | None = None,
    cqc_key: str = "",
    since: datetime = SINCE,
    **row: Any,
) -> tuple[list[Collected], CollectorError | None]:
    table: dict[str, Any] = {"feed": [], "record": [{"preset": preset, **row}], "terms": list(OURS)}
    return gather(source("feeds", state=state or {}, cqc_key=cqc_key, **table), since)


def gather(
    collector: Collector, since: datetime = SINCE
) -> tuple[list[Collected], CollectorError | None]:
    found: list[Collected] = []
    try:
        for thing in collector.collect(since):
            found.append(thing)
    except CollectorError as error:
        return found, error
    return found, None


def asked(web: responses.RequestsMock, number: int = 0) -> dict[str, list[str]]:
    """What the query of a request said."""
    return parse_qs(urlsplit(str(web.calls[number].request.url)).query)


def by_id(found: Any) -> dict[str, Mention]:
    return {mention.issued_id: mention for mention in mentions(found)}


# ── Hansard. Form: code on GitHub that reads Results of search/contributions/Spoken.json (ContributionExtId, AttributedTo,
#    ContributionTextFull, DebateSectionExtId, SittingDate), and how its addresses are made; read 2026-11-29.


def test_hansard_is_asked_for_each_name_in_quotes_and_for_no_account_or_tag(
    web: responses.RequestsMock,
) -> None:
    web.get(HANSARD, json=page("feeds/records/hansard.json"))
    run("hansard")
    assert len(web.calls) == 1
    assert asked(web)["queryParameters.searchTerm"] == [f'"{SPOKEN}"']
    assert asked(web)["queryParameters.startDate"] == ["2026-10-21"], (
        "Hansard is corrected for weeks"
    )
    assert asked(web)["queryParameters.endDate"] == ["2026-11-24"]


def test_a_contribution_is_hansards_and_the_member_stands_before_the_words(
    web: responses.RequestsMock,
) -> None:
    web.get(HANSARD, json=page("feeds/records/hansard.json"))
    found, error = run("hansard")
    assert error is None
    first = by_id(found)["0A0A0A0A-0000-4000-8000-000000000001"]
    assert first.key == "hansard.parliament.uk:0A0A0A0A-0000-4000-8000-000000000001"
    assert (first.platform, first.kind, first.author.name, first.author.id) == (
        "record",
        "article",
        "Hansard",
        "",
    )
    assert first.text == (
        "NHS Dentistry (Commons)\n\nAda Example (Exampleton North) (Con): The waits at NHS North West London are long, and I ask "
        "the Minister to visit."
    )
    assert first.url == (
        "https://hansard.parliament.uk/Commons/2026-11-11/debates/0B0B0B0B-0000-4000-8000-000000000001/NhsDentistry"
        "#contribution-0A0A0A0A-0000-4000-8000-000000000001"
    )
    assert first.posted_at == datetime(2026, 11, 11, tzinfo=UTC)
    assert first.matched == (SPOKEN,)


def test_what_hansard_found_by_a_phrase_it_holds_somewhere_though_we_see_a_part_alone(
    web: responses.RequestsMock,
) -> None:
    web.get(HANSARD, json=page("feeds/records/hansard.json"))
    found, _ = run("hansard")
    assert by_id(found)["0A0A0A0A-0000-4000-8000-000000000002"].matched == (SPOKEN,)
    assert len(odds(found)) == 1, "the third is no contribution"


def test_further_pages_of_hansard_are_asked_for_by_what_was_skipped(
    web: responses.RequestsMock,
) -> None:
    first, second = page("feeds/records/hansard.json"), page("feeds/records/hansard.json")
    first["TotalResultCount"] = second["TotalResultCount"] = 6
    second["Results"][0]["ContributionExtId"] = "0A0A0A0A-0000-4000-8000-000000000009"
    web.get(HANSARD, json=first)
    web.get(HANSARD, json=second)
    found, _ = run("hansard")
    assert asked(web, 1)["queryParameters.skip"] == ["3"]
    assert len(mentions(found)) == 3, "what comes twice is one"


# ── Written questions. Form: QuestionsViewModel of generated clients, and notes of code that asks with searchTerm,
#    tabledWhenFrom, take and skip, and for whole texts by id; read 2026-11-29.


def test_a_question_is_read_with_its_answer_and_known_by_its_day_and_number(
    web: responses.RequestsMock,
) -> None:
    web.get(QUESTIONS, json=page("feeds/records/questions.json"))
    web.get(f"{QUESTIONS}/9900002", json=page("feeds/records/question.json"))
    found, error = run("written_questions")
    assert error is None
    question = by_id(found)["2026-11-02/990001"]
    assert question.key == "questions-statements.parliament.uk:2026-11-02/990001"
    assert (
        question.url
        == "https://questions-statements.parliament.uk/written-questions/detail/2026-11-02/990001"
    )
    assert question.text.startswith("Ultrasound: Waiting Lists\n\nTo ask the Secretary of State")
    assert "Department of Health and Social Care: The Department expects every" in question.text
    assert question.edited_at == datetime(2026, 11, 9, tzinfo=UTC)
    assert "99001" not in question.text


def test_a_question_that_the_list_cut_is_asked_for_whole_and_a_holding_answer_is_none(
    web: responses.RequestsMock,
) -> None:
    web.get(QUESTIONS, json=page("feeds/records/questions.json"))
    web.get(f"{QUESTIONS}/9900002", json=page("feeds/records/question.json"))
    found, _ = run("written_questions")
    whole = by_id(found)["2026-11-03/HL9902"]
    assert whole.matched == (SPOKEN,)
    assert "shortly" not in whole.text


def test_a_question_that_names_no_term_is_left_out_whatever_the_search_says(
    web: responses.RequestsMock,
) -> None:
    web.get(QUESTIONS, json=page("feeds/records/questions.json"))
    web.get(f"{QUESTIONS}/9900002", json=page("feeds/records/question.json"))
    found, _ = run("written_questions")
    assert "2026-11-04/990003" not in by_id(found)


def test_a_question_that_was_withdrawn_is_gone(web: responses.RequestsMock) -> None:
    web.get(QUESTIONS, json=page("feeds/records/questions.json"))
    web.get(f"{QUESTIONS}/9900002", json=page("feeds/records/question.json"))
    found, _ = run("written_questions")
    assert by_id(found)["2026-11-05/990004"].deleted


# ── Petitions. Form: alphagov/e-petitions, app/views/petitions/_petition.json.jbuilder and index.json.jbuilder; read 2026-11-29.


def test_a_petition_is_what_it_asks_for_and_nobodys(web: responses.RequestsMock) -> None:
    web.get(PETITIONS, json=page("feeds/records/petitions.json"))
    web.get(PETITIONS, json=page("feeds/records/petitions2.json"))
    found, error = run("petitions", since=datetime(2026, 11, 1, tzinfo=UTC))
    assert error is None
    petition = by_id(found)["990001"]
    assert (petition.platform, petition.kind) == ("record", "post")
    assert petition.author.name == "UK Government and Parliament petitions"
    assert petition.text.startswith(
        "Keep the walk-in centre of NHS North West London open\n\nIt saw thousands"
    )
    assert petition.metrics == {"likes": 1234}, "signatures spread nothing"
    assert "Sample" not in f"{petition}", "who made it is named there, and is not read"


def test_petitions_go_on_over_pages_and_tell_of_an_answer_to_an_old_one(
    web: responses.RequestsMock,
) -> None:
    web.get(PETITIONS, json=page("feeds/records/petitions.json"))
    web.get(PETITIONS, json=page("feeds/records/petitions2.json"))
    found, _ = run("petitions", since=datetime(2026, 11, 1, tzinfo=UTC))
    assert sorted(by_id(found)) == ["980001", "990001"], (
        "not what was turned away, nor what is long over"
    )
    assert "The government answered: The accounts are published." in by_id(found)["980001"].text
    assert asked(web)["state"] == ["all"]
    assert asked(web, 1) == {"page": ["2"], "q": ["x"], "state": ["all"]}
    assert not odds(found)


def test_petitions_on_another_host_are_not_followed(web: responses.RequestsMock) -> None:
    first = page("feeds/records/petitions.json")
    first["links"]["next"] = "https://elsewhere.example.net/petitions.json?page=2"
    web.get(PETITIONS, json=first)
    run("petitions")
    assert len(web.calls) == 1


# ── Coroners. Form: code on GitHub that reads wp-json/wp/v2/pfd (title, content with Date of report … sent to); read 2026-11-29.


def test_a_coroners_report_is_the_judiciarys_and_says_to_whom_it_was_sent(
    web: responses.RequestsMock,
) -> None:
    web.get(CORONERS, json=page("feeds/records/coroners.json"), headers={"X-WP-TotalPages": "1"})
    found, error = run("coroners")
    assert error is None
    report = by_id(found)["post:990001"]
    assert report.key == "https://www.judiciary.uk:post:990001"
    assert (report.platform, report.kind) == ("record", "article")
    assert report.author.name == "Coroners’ Prevention of Future Deaths reports"
    assert "This report is being sent to: NHS North West London" in report.text
    assert asked(web)["search"] == [f'"{SPOKEN}"']
    assert asked(web)["after"] == ["2026-11-11T09:00:00Z"], (
        "a week further back: a report may be put up late"
    )


# ── The CQC. Form: code on GitHub that reads providers/{id} of its public API, and the single assessment framework's ratings; read 2026-11-29.


def test_the_cqcs_newest_rating_and_report_are_told_and_nobody_in_them(
    web: responses.RequestsMock,
) -> None:
    web.get(CQC, json=page("feeds/records/cqc.json"))
    found, error = run("cqc", of="RZ9", cqc_key=SECRET)
    assert error is None
    assert by_id(found)["RZ9:rating:2026-11-05"].text == (
        "CQC rates Example University Hospitals NHS Trust: Requires improvement\n\nSafe: Inadequate\nCaring: Good"
    )
    assert by_id(found)["RZ9:report:2026-11-12"].url == "https://www.cqc.org.uk/provider/RZ9"
    whole = by_id(found)["RZ9:assessment:2026-11-10"]
    assert whole.text == "CQC rates Example University Hospitals NHS Trust: Good"
    assert by_id(found)["RZ9:assessment:AP1:2026-11-10"].text == (
        "CQC rates Example University Hospitals NHS Trust, Urgent and emergency services: Requires Improvement\n\n"
        "Safe: Requires Improvement"
    )
    assert len(by_id(found)) == 4, "what was before is not told again"
    assert web.calls[0].request.headers["Ocp-Apim-Subscription-Key"] == SECRET
    assert "Sample" not in f"{found}"


def test_without_its_key_the_cqc_says_where_to_get_one(web: responses.RequestsMock) -> None:
    _, error = run("cqc", of="RZ9")
    assert isinstance(error, PlatformRefused)
    assert "cqc_key" in str(error)
    assert not web.calls


# ── WhatDoTheyKnow. Form: mysociety/alaveteli, app/views/track/atom_feed.atom.builder and
#    app/views/request/_request_listing_via_event.html.erb, and event_description of its helper; read 2026-11-29.


def test_requests_that_name_us_are_read_by_a_search_each(web: responses.RequestsMock) -> None:
    web.get(
        WDTK, body=saved("feeds/records/whatdotheyknow.atom"), content_type="application/atom+xml"
    )
    found, error = run("whatdotheyknow")
    assert error is None
    request = by_id(found)["tag:www.whatdotheyknow.com,2005:InfoRequestEvent/9900001"]
    assert request.issuer == "www.whatdotheyknow.com", "not the search: two find one"
    assert (request.platform, request.kind, request.author.name) == (
        "record",
        "post",
        "WhatDoTheyKnow",
    )
    assert request.text.startswith(
        "Use of agency staff\n\nRequest sent to Example Integrated Care Board by Jo Sample on 12 November"
    )
    assert request.url == "https://www.whatdotheyknow.com/request/use_of_agency_staff_1#outgoing-1"


def test_what_their_search_found_matched_the_term_though_its_excerpt_does_not_show_it(
    web: responses.RequestsMock,
) -> None:
    web.get(WDTK, body=saved("feeds/records/whatdotheyknow.atom"))
    found, _ = run("whatdotheyknow")
    assert by_id(found)["tag:www.whatdotheyknow.com,2005:InfoRequestEvent/9900002"].matched == (
        SPOKEN,
    )


def test_an_event_that_two_terms_find_is_one(web: responses.RequestsMock) -> None:
    web.get(WDTK, body=saved("feeds/records/whatdotheyknow.atom"))
    web.get(
        "https://www.whatdotheyknow.com/feed/search/%22agency%20staff%22",
        body=saved("feeds/records/whatdotheyknow.atom"),
    )
    found, _ = run("whatdotheyknow", terms=[SPOKEN, "agency staff"])
    assert len(web.calls) == 2
    assert len(mentions(found)) == 2


def test_requests_made_to_us_are_all_kept(web: responses.RequestsMock) -> None:
    web.get(
        "https://www.whatdotheyknow.com/feed/body/example_integrated_care_board",
        body=saved("feeds/records/whatdotheyknow.atom"),
    )
    found, _ = run("whatdotheyknow_body", of="example_integrated_care_board")
    assert len(mentions(found)) == 2


# ── Council papers. Form: code on GitHub that reads mgRss.aspx?XXR=0 of Ealing, the GLA and Greater Manchester (titles
#    "Agenda published: …", link, pubDate, guid); read 2026-11-29.


def test_of_a_councils_papers_those_are_kept_that_name_us_or_a_meeting_on_health(
    web: responses.RequestsMock,
) -> None:
    web.get(COUNCIL, body=saved("feeds/records/council.xml"), content_type="application/rss+xml")
    found, error = run("council_papers", of="democracy.example.org")
    assert error is None
    (agenda,) = mentions(found)
    assert agenda.text == "Agenda published: Health and Wellbeing Board, Tuesday 24 November 2026"
    assert (agenda.kind, agenda.author.name) == ("article", "Council papers, democracy.example.org")
    assert agenda.issuer == "democracy.example.org"
    assert asked(web) == {"XXR": ["0"]}


# ── Pages of links: board papers and HSSIB. Form: a web page; that both have no feed in common was found 2026-11-29.


def papers(web: responses.RequestsMock, body: bytes) -> None:
    web.get("https://trust.example.org/robots.txt", status=404)
    web.get(PAPERS, body=body, content_type="text/html; charset=utf-8")


def test_what_a_page_lists_when_it_is_first_read_is_noted_and_is_not_new(
    web: responses.RequestsMock,
) -> None:
    papers(web, saved("feeds/records/papers.html"))
    found, error = run("board_papers", of=PAPERS)
    assert error is None
    assert not mentions(found)
    assert len(next(iter(kept(found).values())).split()) == 2


def test_a_paper_that_a_page_lists_later_is_new_and_what_leads_around_the_site_is_none(
    web: responses.RequestsMock,
) -> None:
    whole = saved("feeds/records/papers.html")
    papers(
        web,
        whole.replace(b"november-2026", b"x").replace(
            b'<li><a href="/about-us/board-papers/x/', b'<li><a href="/x/'
        ),
    )
    first, _ = run("board_papers", of=PAPERS)
    state = kept(first)
    web.replace(responses.GET, PAPERS, body=whole, content_type="text/html; charset=utf-8")
    found, _ = run("board_papers", of=PAPERS, state=state)
    (paper,) = mentions(found)
    assert paper.text == "Board meeting in public, 24 November 2026"
    assert paper.url == "https://trust.example.org/about-us/board-papers/november-2026/"
    assert (paper.posted_at, paper.author.name) == (AT, "Board papers, trust.example.org")


def test_a_page_without_papers_says_so(web: responses.RequestsMock) -> None:
    papers(web, b"<html><body><div id=app></div><script src=/app.js></script></body></html>")
    _, error = run("board_papers", of=PAPERS)
    assert isinstance(error, PlatformRefused)
    assert "without a browser" in str(error)


def test_a_page_that_robots_may_not_read_is_not_read(web: responses.RequestsMock) -> None:
    web.get("https://trust.example.org/robots.txt", body="User-agent: *\nDisallow: /about-us/")
    web.get(PAPERS, body=saved("feeds/records/papers.html"), content_type="text/html")
    _, error = run("board_papers", of=PAPERS)
    assert "closed by robots.txt" in str(error)


# ── What holds of all. ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("preset", "url"),
    [
        ("hansard", HANSARD),
        ("written_questions", QUESTIONS),
        ("petitions", PETITIONS),
        ("coroners", CORONERS),
    ],
)
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 500}, PlatformUnavailable), ({"status": 404, "body": "no"}, PlatformRefused), ({"status": 429}, PlatformUnavailable),
        ({"body": "<html><body>Sorry</body></html>", "content_type": "text/html"}, PlatformUnavailable),
        ({"body": b'{"results": [{"value"'}, PlatformUnavailable), ({"json": {"message": "no"}}, PlatformUnavailable),
    ],
)  # fmt: skip
def test_what_is_no_answer_costs_the_record_and_is_told(
    web: responses.RequestsMock,
    preset: PresetName,
    url: str,
    answer: dict[str, Any],
    kind: type[Exception],
) -> None:
    web.get(url, **answer)
    web.get(
        "https://www.judiciary.uk/", status=404
    )  # where a WordPress that rewrites no addresses would answer
    found, error = run(preset)
    assert not mentions(found)
    assert isinstance(error, kind)
    assert SPOKEN not in str(error)


def test_a_record_that_fails_costs_no_other(web: responses.RequestsMock) -> None:
    web.get(HANSARD, status=500)
    web.get(COUNCIL, body=saved("feeds/records/council.xml"))
    table: dict[str, Any] = {
        "feed": [], "terms": list(OURS),
        "record": [{"preset": "hansard"}, {"preset": "council_papers", "of": "democracy.example.org"}],
    }  # fmt: skip
    found, error = gather(source("feeds", **table))
    assert len(mentions(found)) == 1
    assert "1 of 2 feeds failed: Hansard" in str(error)
    assert [bool(part.error) for part in parts(found)] == [True, False]


def read_before(hours: float, error: str = "") -> SavedState:
    """What the store holds of the one record of Hansard, which was asked so many hours ago."""
    collector: Any = source("feeds", feed=[], record=[{"preset": "hansard"}], terms=list(OURS))
    ((part, _),) = collector.listed()
    state = SavedState({"of another": "part"})
    state.parts = {
        part.key: KnownPart(since=SINCE, last_try=AT - timedelta(hours=hours), error=error)
    }
    return state


@pytest.mark.parametrize(
    ("state", "asks"),
    [(read_before(1), 0), (read_before(2.9), 1), (read_before(1, "out of reach"), 1), (read_before(30), 1)],
)  # fmt: skip
def test_a_record_is_asked_every_three_hours_and_again_at_once_where_it_failed(
    web: responses.RequestsMock, state: SavedState, asks: int
) -> None:
    web.get(HANSARD, json=page("feeds/records/hansard.json"))
    _, error = gather(
        source("feeds", state=state, feed=[], record=[{"preset": "hansard"}], terms=list(OURS))
    )
    assert (len(web.calls), error) == (asks, None)


def test_what_is_taken_off_the_record_is_gone_and_what_is_there_stays(
    web: responses.RequestsMock,
) -> None:
    web.get(PETITIONS, json=page("feeds/records/petitions.json"))
    web.get(PETITIONS, json=page("feeds/records/petitions2.json"))
    found, _ = run("petitions", since=datetime(2026, 11, 1, tzinfo=UTC))
    web.get("https://petition.parliament.uk/robots.txt", status=404)
    web.get("https://petition.parliament.uk/petitions/990001", status=404)
    web.get("https://petition.parliament.uk/petitions/980001", body="<html>It is there</html>")
    again = list(recheck(cast(Feeds, source("feeds")), mentions(found)))
    assert [thing.issued_id for thing in again if isinstance(thing, Gone)] == ["990001"]
    assert [thing.text for thing in again if isinstance(thing, Mention)] == [
        by_id(found)["980001"].text
    ]


@pytest.mark.parametrize(
    ("preset", "of"),
    [("council_papers", ""), ("council_papers", "https://democracy.example.org"), ("cqc", "../locations/1"), ("hansard", "x"),
     ("whatdotheyknow_body", "../user/jo_sample"), ("board_papers", "http://trust.example.org/")],
)  # fmt: skip
def test_what_is_filled_in_has_the_form_that_its_preset_asks_for(preset: str, of: str) -> None:
    with pytest.raises(ConfigError, match="record 1 of: "):
        source("feeds", feed=[], record=[{"preset": preset, "of": of}])


@given(mutants(page("feeds/records/hansard.json")["Results"][0]))
def test_an_odd_contribution_costs_only_itself(item: Any) -> None:
    try:
        record_parse.contribution(item, presets()["hansard"], AT)
    except ODD_ERRORS:
        return


@given(mutants(page("feeds/records/questions.json")["results"][0]))
def test_an_odd_question_costs_only_itself(item: Any) -> None:
    record_parse.is_cut(item)
    record_parse.question_number(item)
    try:
        record_parse.question(item, presets()["written_questions"], AT)
    except ODD_ERRORS:
        return


@given(mutants(page("feeds/records/petitions.json")["data"][0]))
def test_an_odd_petition_costs_only_itself(item: Any) -> None:
    try:
        record_parse.petition(item, presets()["petitions"], AT)
    except ODD_ERRORS:
        return


def test_links_take_a_time_that_grows_with_the_page_alone() -> None:
    assert record_parse.links("<a href=" * 200_000, PAPERS) == {}
    assert record_parse.links('<a href="x">' * 100_000, PAPERS) == {}


def test_check_says_what_came_of_each_record(web: responses.RequestsMock) -> None:
    papers(web, saved("feeds/records/papers.html"))
    web.get(WDTK, body=saved("feeds/records/whatdotheyknow.atom"))
    collector = source(
        "feeds",
        feed=[],
        record=[{"preset": "whatdotheyknow"}, {"preset": "board_papers", "of": PAPERS}],
        terms=list(OURS),
    )
    assert [probe.ask() for probe in probes(cast(Feeds, collector))] == [
        "2 entries came",
        "2 papers came",
    ]


def test_hssib_is_read_as_board_papers_are(web: responses.RequestsMock) -> None:
    web.get("https://www.hssib.org.uk/robots.txt", status=404)
    page_of_links = b'<a href="/patient-safety-investigations/">All</a><a href="/patient-safety-investigations/a-report/">A report</a>'
    web.get(
        "https://www.hssib.org.uk/patient-safety-investigations/",
        body=page_of_links,
        content_type="text/html",
    )
    found, error = run("hssib")
    assert (mentions(found), error) == ([], None)
    assert len(next(iter(kept(found).values())).split()) == 1


def test_every_preset_is_read_by_a_test_here() -> None:
    written = Path(__file__).read_text("utf-8")
    assert [name for name in PRESET_NAMES if f'run("{name}"' not in written] == []
