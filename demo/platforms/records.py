"""Public records on loopback: Parliament's interfaces, petitions, coroners, the CQC, WhatDoTheyKnow, a council, a page of papers.

Written from what describes them, as settings/public_records.toml names it for each, and not from the collector. All that it
publishes is invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlencode
from xml.sax.saxutils import escape

from core import clock
from demo.servers.http import Answer, Faults, Request, Service

US = "NHS North West London"
CUT = 255  # characters at which lists of written questions cut a text
CQC_KEY = "a key of the stand-in"
PROVIDER = "RZ9"
_SPEECHES = (
    ("Ada Example", "Ada Example (Exampleton North) (Lab)", "NHS Dentistry", f"The waits at {US} are long."),
    ("Jo Sample", "Jo Sample (Sampleham) (Con)", "Maternity Care", f"I thank the staff of {US}, and ask for a date."),
    ("Lord Example", "Lord Example (CB)", "Integrated Care", f"My Lords, {US} has published its plan."),
    ("Ada Example", "Ada Example (Exampleton North) (Lab)", "Railways", "North London needs trains."),
)  # fmt: skip
_QUESTIONS = (
    (9900001, "990001", "Ultrasound: Waiting Lists", f"To ask what steps are taken with {US} on waits.", "Every board must meet the standard."),
    (9900002, "990002", "Integrated Care Boards", f"To ask about plans {'for many things ' * 20} and of {US} in particular.", ""),
    (9900003, "990003", "Railways: Scotland", "To ask what plans there are for the North.", ""),
)  # fmt: skip
_PETITIONS = tuple(
    (990001 + number, f"Keep ward {number} of {US} open", 100 * number + 7) for number in range(5)
)
_DEATHS = ("Alex Roe", "Robin Doe", "Sasha Poe")
_REQUESTS = (("Use of agency staff", "Priya Sample"), ("Waits for ultrasound", "Jo Sample"))


class RecordsStandIn(Service):
    """All of them behind one address, each by the path that is its own; `page` items at once."""

    name: ClassVar[str] = "records"
    page: ClassVar[int] = 2

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.papers = ["November 2026", "September 2026"]

    def refusal(self, status: int, seconds: float) -> Answer:
        wait = {"Retry-After": f"{seconds:.0f}"} if status in (429, 503) else {}
        return Answer(status=status, body=b'{"title": "refused"}', headers=wait)

    def answer(self, request: Request) -> Answer:
        """By the path."""
        path = request.path
        if path == "/search/contributions/Spoken.json":
            return self._hansard(request)
        if path.startswith("/api/writtenquestions/questions"):
            return self._questions(request)
        if path == "/petitions.json":
            return self._petitions(request)
        if path == "/wp-json/wp/v2/pfd":
            return self._coroners(request)
        if path == f"/public/v1/providers/{PROVIDER}":
            return self._cqc(request)
        if path.startswith("/feed/"):
            return self._requests(request)
        if path == "/mgRss.aspx":
            return _xml(self._council(), "application/rss+xml")
        if path == "/board-papers/":
            return self._papers()
        return Answer(status=404, body=b"not found", type="text/plain")

    def _hansard(self, request: Request) -> Answer:
        query = {
            name.removeprefix("queryParameters."): value for name, value in request.query.items()
        }
        phrase = query["searchTerm"].strip('"').lower()
        items = [
            {
                "MemberName": name, "MemberId": 99000 + number, "AttributedTo": attributed, "ItemId": 990 + number,
                "ContributionExtId": f"0A0A0A0A-0000-4000-8000-{number:012d}", "ContributionText": words[:20],
                "ContributionTextFull": f"<p>{escape(words)}</p>", "DebateSection": debate, "House": "Commons",
                "DebateSectionExtId": f"0B0B0B0B-0000-4000-8000-{number:012d}", "SittingDate": f"{self._day(number + 1)}T00:00:00",
            }
            for number, (name, attributed, debate, words) in enumerate(_SPEECHES)
            if phrase in words.lower() and query["startDate"] <= self._day(number + 1) <= query["endDate"]
        ]  # fmt: skip
        skip = int(query.get("skip", "0"))
        return _json({"TotalResultCount": len(items), "Results": items[skip : skip + self.page]})

    def _questions(self, request: Request) -> Answer:
        """A list finds any word of what is searched for, and cuts what is long; by its number a question is whole."""
        every = [
            {
                "id": number, "askingMemberId": 99001, "house": "Commons", "dateTabled": f"{self._day(3)}T00:00:00", "uin": uin,
                "questionText": asks, "answeringBodyName": "Department of Health and Social Care", "isWithdrawn": False,
                "answerIsHolding": False, "dateAnswered": f"{self._day(1)}T00:00:00" if answer else None, "answerText": answer or None,
                "heading": heading,
            }
            for number, uin, heading, asks, answer in _QUESTIONS
        ]  # fmt: skip
        last = request.path.rpartition("/")[2]
        if last.isdecimal():
            whole = [item for item in every if str(item["id"]) == last]
            return _json({"value": whole[0], "links": []}) if whole else self.refusal(404, 0)
        wanted = set(re.findall(r"\w+", request.query["searchTerm"].lower()))
        listed = [
            {"value": item | {"questionText": _cut(str(item["questionText"]))}, "links": []}
            for item in every
            if wanted & set(re.findall(r"\w+", str(item["questionText"]).lower()))
        ]
        skip = int(request.query.get("skip", "0"))
        return _json({"totalResults": len(listed), "results": listed[skip : skip + self.page]})

    def _petitions(self, request: Request) -> Answer:
        number = int(request.query.get("page", "1"))
        start = (number - 1) * self.page
        items = [
            {
                "type": "petition", "id": own, "links": {"self": f"{self.url}/petitions/{own}.json"},
                "attributes": {
                    "action": action, "background": "It is needed.", "additional_details": "", "state": "open",
                    "signature_count": signatures, "created_at": f"{self._day(2)}T10:00:00.000Z", "opened_at": f"{self._day(1)}T10:00:00.000Z",
                    "closed_at": None, "government_response_at": None, "government_response": None, "creator_name": "Jo Sample",
                },
            }
            for own, action, signatures in _PETITIONS[start : start + self.page]
        ]  # fmt: skip
        more = start + self.page < len(_PETITIONS)
        onward = urlencode({**request.query, "page": number + 1})
        links = {
            "self": f"{self.url}{request.target}",
            "next": f"{self.url}/petitions.json?{onward}" if more else None,
        }
        return _json({"links": links, "data": items})

    def _coroners(self, request: Request) -> Answer:
        """WordPress's REST API: pages by number, a 400 past the end, the count of pages in a header."""
        page, size = (
            int(request.query.get("page", "1")),
            min(int(request.query["per_page"]), self.page),
        )
        total = -(-len(_DEATHS) // size)
        if page > total:
            return _json(
                {"code": "rest_post_invalid_page_number", "message": "no", "data": {"status": 400}},
                400,
            )
        items = [
            {
                "id": 990001 + number, "date_gmt": f"{self._day(1)}T10:00:00", "modified_gmt": f"{self._day(1)}T10:00:00", "status": "publish",
                "type": "pfd", "link": f"{self.url}/prevention-of-future-death-reports/{number}/",
                "title": {"rendered": f"{name}: Prevention of future deaths report"},
                "content": {"rendered": f"<p>Ref: 2026-99{number}</p><p>Deceased name: {name}</p><p>Coroners name: Sam Casey</p>"
                            f"<p>This report is being sent to: {US}</p>"},
            }
            for number, name in list(enumerate(_DEATHS))[(page - 1) * size : page * size]
        ]  # fmt: skip
        answer = _json(items)
        return Answer(
            body=answer.body,
            headers={"X-WP-Total": str(len(_DEATHS)), "X-WP-TotalPages": str(total)},
        )

    def _cqc(self, request: Request) -> Answer:
        if request.headers.get("ocp-apim-subscription-key") != CQC_KEY:
            return self.refusal(401, 0)
        return _json(
            {
                "providerId": PROVIDER, "name": "Example University Hospitals NHS Trust", "lastReport": {"publicationDate": self._day(1)},
                "currentRatings": {"overall": {"rating": "Good", "reportDate": self._day(1), "keyQuestionRatings": [{"name": "Safe", "rating": "Good"}]}},
            }
        )  # fmt: skip

    def _requests(self, request: Request) -> Answer:
        """Alaveteli's Atom of a search or of a body; what is searched for stands in the path."""
        phrase = unquote(request.target.partition("?")[0].rpartition("/")[2]).strip('"')
        entries = "".join(
            f"<entry><id>tag:www.whatdotheyknow.com,2005:InfoRequestEvent/{990 + number}</id><published>{self._day(1)}T09:00:00Z</published>"
            f"<updated>{self._day(1)}T09:00:00Z</updated><link rel='alternate' type='text/html' href='https://www.whatdotheyknow.com/request/{number}'/>"
            f"<title type='html'>{title}</title><content type='html'>"
            + escape(f"<div>Request sent to <a href='/body/x'>{US}</a> by <a href='/user/y'>{name}</a> on 12 November 2026.</div><span>...{phrase}...</span>")
            + "</content></entry>"
            for number, (title, name) in enumerate(_REQUESTS)
        )  # fmt: skip
        head = f"<id>tag:www.whatdotheyknow.com,2005:{escape(quote(request.path))}</id><title>Requests or responses matching</title><updated>{self._day(1)}T09:00:00Z</updated>"
        return _xml(
            f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}{entries}</feed>",
            "application/atom+xml",
        )

    def _council(self) -> str:
        titles = (
            "Agenda published: Health and Wellbeing Board, Tuesday",
            "Decision published: Parking in Example Road",
        )
        items = "".join(
            f"<item><title>{title}</title><link>https://democracy.example.org/ieListDocuments.aspx?MId={number}</link>"
            f"<pubDate>{(self.at - timedelta(days=1)):%a, %d %b %Y %H:%M:%S GMT}</pubDate><guid isPermaLink='false'>{number}</guid></item>"
            for number, title in enumerate(titles)
        )
        return f"<rss version='2.0'><channel><title>What's new</title><link>https://democracy.example.org/</link>{items}</channel></rss>"

    def _papers(self) -> Answer:
        listed = "".join(
            f"<li><a href='{quote(when)}/'>Board meeting, {when}</a></li>" for when in self.papers
        )
        return Answer(
            body=f"<!doctype html><html><body><ul>{listed}</ul></body></html>".encode(),
            type="text/html; charset=utf-8",
        )

    def _day(self, days: int) -> str:
        return clock.text(self.at - timedelta(days=days))[:10]


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[:CUT]}..."


def _json(body: dict[str, Any] | Sequence[Any], status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())


def _xml(body: str, kind: str) -> Answer:
    return Answer(
        body=f"<?xml version='1.0' encoding='UTF-8'?>{body}".encode(), type=f"{kind}; charset=utf-8"
    )
