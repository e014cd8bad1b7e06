"""Care Opinion on loopback: stories and their parts, and a login page for who has no key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from core import clock
from demo.posts_loader import POSTS, TERMS, ago, load
from demo.servers.http import HTML_LOGIN, Answer, Faults, Request, Secret, StandIn

KEY = "demo-care-opinion-key"
ROOT, LOGIN = "/api/v2", "/account/logon"
MOST = 100  # stories a page
PARTS = ("responses", "tags", "healthservices")
_MISSING = b"<!DOCTYPE html><html><body><h1>Sorry! We can't find that page.</h1></body></html>"


class CareOpinionStandIn(StandIn):
    """Who has no key, or one that has ended, is sent to the login page."""

    name: ClassVar[str] = "care_opinion"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        authored = load("care_opinion", self.folder)
        self.stories: list[dict[str, Any]] = authored["stories"]
        self._services = authored["services"]
        self._malformed = {odd["after"]: odd["raw"] for odd in authored["malformed"]}

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url + ROOT, "api_key": secret("care-opinion-key", KEY),
                "services": [], "tags": [], "keep": "all",
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path == LOGIN:
            return Answer(body=HTML_LOGIN, type="text/html; charset=utf-8")
        if request.headers.get("authorization") != f"SUBSCRIPTION_KEY {KEY}":
            return Answer(status=302, headers={"location": f"{self.url}{LOGIN}?ReturnUrl=%2Fapi"})
        match request.path.removeprefix(ROOT).strip("/").split("/"):
            case ["opinions"]:
                return self._listed(request)
            case ["opinions", number, *part] if part in ([], *([name] for name in PARTS)):
                story = next((story for story in self.stories if str(story["id"]) == number), None)
                if story is not None:
                    return _json(self._part(story, part[0]) if part else self._story(story))
        return self.refusal(404, 0)

    def refusal(self, status: int, seconds: float) -> Answer:
        headers = {"retry-after": str(int(seconds))} if status in (429, 503) else {}
        return Answer(
            status=status, body=_MISSING, type="text/html; charset=utf-8", headers=headers
        )

    def expired(self) -> Answer:
        """What a subscription that has ended gets: the way to the login page."""
        return Answer(status=302, headers={"location": f"{self.url}{LOGIN}"})

    def change(self) -> None:
        """A later day: a story edited, one withdrawn, one answered, one new."""
        for step in load("care_opinion", self.folder)["later"]:
            if "add" in step:
                self.stories.append(step["add"])
                continue
            number = step.get("edit") or step.get("withdraw") or step["respond"]
            (story,) = [story for story in self.stories if story["id"] == number]
            if "withdraw" in step:
                self.stories.remove(story)
            elif "respond" in step:
                story["responses"] = [*story.get("responses", []), step["response"]]
            else:
                story |= {"body": step["body"], "progress": step["progress"]}

    def _listed(self, request: Request) -> Answer:
        """Oldest publication first; a filter that nobody knows is passed over, as on the site."""
        query = request.query
        out, sent = (
            clock.parse(query[name]) if name in query else None
            for name in ("publishedafter", "submittedonafter")
        )
        take, skip = int(query.get("take", "10")), int(query.get("skip", "0"))
        stories = [
            story for story in self.stories
            if (sent is None or self._times(story)[0] >= sent)
            and (out is None or self._times(story)[1] >= out)
        ]  # fmt: skip
        stories.sort(key=lambda story: self._times(story)[1])
        listed: list[Any] = []
        for story in stories:
            listed.append(self._story(story))
            if story["id"] in self._malformed:
                listed.append(self._malformed[story["id"]])
        if request.fault == "repeat_token":
            skip = 0
        return _json(listed[skip : skip + min(take, MOST)])

    def _times(self, story: Mapping[str, Any]) -> tuple[datetime, datetime]:
        """When it was sent in, and when it came out."""
        published = self.at - ago(story["ago"])
        return published - ago(story["waited"]), published

    def _story(self, story: Mapping[str, Any]) -> dict[str, Any]:
        sent, published = self._times(story)
        here = f"{self.url}{ROOT}/opinions/{story['id']}"
        names = ("rel", "href") if story.get("rel") else ("relation", "link")
        return {
            "id": story["id"],
            "title": story["title"],
            "body": story["body"],
            "dateOfSubmission": _stamp(sent),
            "dateOfPublication": _stamp(published),
            "criticality": story["criticality"],
            "progress": story.get("progress", "the story has been read"),
            "submissionRoute": "Website",
            "authorRole": story["role"],
            "authorAgeGroup": story["age"],
            "links": [
                {names[0]: part, "id": str(story["id"]), names[1]: f"{here}/{part}"}
                for part in PARTS
            ],
        }

    def _part(self, story: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
        if part == "tags":
            return [{"name": n, "group": group, "polarity": p} for n, group, p in story["tags"]]
        if part == "healthservices":
            return [
                {"nacs": about.get("part_of", code), "siteNacs": code if "part_of" in about else None,
                 **{name: about[name] for name in ("name", "type", "organisation")}}
                for code, about in ((code, self._services[code]) for code in story["services"])
            ]  # fmt: skip
        return [
            {"id": int(story["id"]) * 10 + number, "body": response["body"],
             "dateOfPublication": _stamp(self.at - ago(response["ago"])),
             "changeScore": "no change is planned", "changeInt": 0}
            for number, response in enumerate(story.get("responses", []))
        ]  # fmt: skip


def _stamp(moment: datetime) -> str:
    """UTC, without saying so."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _json(body: Any) -> Answer:
    return Answer(body=json.dumps(body).encode())
