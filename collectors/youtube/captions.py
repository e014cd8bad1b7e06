"""What is said in our own videos, by the captions that their owner put there.

YouTube gives captions to who may edit the video alone: captions.list costs 50 units, captions.download 200 (Data API reference,
read 2026-11-29). What YouTube made of the sound by itself (ASR) is not read: it mishears names, and would accuse the wrong. A track of kind `forced` holds what is foreign in a video
alone, so that it is read where there is no other.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from collectors.base import Collected, SaveState, SkippedItem
from collectors.captions import spoken
from collectors.charsets import decode
from collectors.context import object_of, text_of
from collectors.quota import UsedUp
from collectors.youtube.client import CAPTIONS, CAPTIONS_COST, UNITS, Absent, Calls, Forbidden
from collectors.youtube.parse import About, to_captions
from core.models import Mention

_READ = "captioned"  # our videos, and whether their captions were read
_MOST_KNOWN = 300  # videos, the newest
_SPARED = 10  # a tenth of the day's units stays for comments
_AGAIN = timedelta(
    days=7
)  # captions are often put there days after their video: looked for once a day for so long

# Of a video: True once its captions were read or are looked for no more, False where nobody looked, else the days of the first look and of the last
_Looked = bool | str


@dataclass(kw_only=True)
class Captions:
    """The captions of our own videos, each once. `state` is what earlier runs handed on."""

    calls: Calls
    about: About
    state: Mapping[str, str] = field(repr=False)

    def read(self, own: Mapping[str, Mention]) -> Iterator[Collected]:
        """What is said in those of our videos that nobody read yet, as far as the day's units go; the rest later."""
        known = self._known()
        for video in own:
            known.setdefault(video, False)
        waiting = [video for video, looked in known.items() if self._is_due(looked)]
        waiting.sort(
            key=lambda video: known[video] is not False
        )  # those first that nobody looked at
        try:
            for video in waiting:
                if not self._affordable():
                    break  # the next run goes on with them
                done = yield from self._of(video, own.get(video))
                known[video] = done or self._looked(known[video])
        except Forbidden as error:
            yield SkippedItem("captions of our own videos", str(error))
        except UsedUp:
            pass
        newest = dict(list(known.items())[-_MOST_KNOWN:])
        yield SaveState(_READ, json.dumps(newest), always=True)

    def _affordable(self) -> bool:
        left, most = self.calls.spending.left(UNITS), self.calls.spending.most[UNITS]
        return self.calls.spending.left(CAPTIONS) > 0 and left - CAPTIONS_COST > most // _SPARED

    def _is_due(self, looked: _Looked) -> bool:
        return looked is False or (isinstance(looked, str) and looked[-10:] < self._today)

    def _looked(self, before: _Looked) -> _Looked:
        """After a look that found nothing to read."""
        first = before[:10] if isinstance(before, str) else self._today
        over = date.fromisoformat(self._today) - date.fromisoformat(first) >= _AGAIN
        return over or f"{first} {self._today}"

    @property
    def _today(self) -> str:
        return self.about.at.date().isoformat()

    def _of(self, video: str, mention: Mention | None) -> Generator[Collected, None, bool]:
        """The captions of one video; False where it has none that can be read yet. Raises Forbidden, UsedUp."""
        try:
            tracks = yield from self.calls.captions(video)
        except Absent:
            return True  # the video is there no more
        track = _chosen(tracks)
        if not track:
            return False
        try:
            content = yield from self.calls.caption(text_of(track.get("id")))
        except Absent:
            return False
        words = spoken(decode(content, ""))
        if words:
            language = text_of(object_of(track.get("snippet")).get("language"))
            yield to_captions(video, words, language, self.about, mention)
        return True

    def _known(self) -> dict[str, _Looked]:
        try:
            known = json.loads(self.state.get(_READ) or "{}")
        except ValueError:
            return {}
        listed = known.items() if isinstance(known, dict) else ()
        return {video: _read_look(looked) for video, looked in listed}


def _read_look(looked: object) -> _Looked:
    try:
        days = [date.fromisoformat(day).isoformat() for day in str(looked).split()]
    except ValueError:
        return looked is True
    return " ".join(days) if len(days) == 2 else False


def _chosen(tracks: list[Any]) -> Mapping[str, Any]:
    """The track that is read: the owner's own, shown to everybody, in English if there is one; else an empty one."""
    own = [
        track
        for track in tracks
        if isinstance(track, dict)
        and text_of(track.get("id"))
        and _is_owners(object_of(track.get("snippet")))
    ]
    own.sort(key=_preference)
    return own[0] if own else {}


def _preference(track: Mapping[str, Any]) -> tuple[bool, bool]:
    snippet = track["snippet"]
    is_forced = text_of(snippet.get("trackKind")).lower() == "forced"
    return is_forced, not text_of(snippet.get("language")).lower().startswith("en")


def _is_owners(snippet: Mapping[str, Any]) -> bool:
    automatic = text_of(snippet.get("trackKind")).lower() == "asr"
    return (
        not automatic
        and snippet.get("isDraft") is not True
        and snippet.get("status") in (None, "serving")
    )
