"""What is said in our own videos, by the captions that their owner put there.

YouTube gives captions to who may edit the video alone: captions.list costs 50 units, captions.download 200 (Data API reference,
read 2026-11-29). What YouTube made of the sound by itself (ASR) is not read: it mishears names, and would accuse the wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
        waiting = [video for video, done in known.items() if not done]
        try:
            for video in waiting:
                if not self._affordable():
                    break  # the next run goes on with them
                yield from self._of(video, own.get(video))
                known[video] = True
        except Forbidden as error:
            yield SkippedItem("captions of our own videos", str(error))
        except UsedUp:
            pass
        newest = dict(list(known.items())[-_MOST_KNOWN:])
        yield SaveState(_READ, json.dumps(newest), always=True)

    def _affordable(self) -> bool:
        left, most = self.calls.spending.left(UNITS), self.calls.spending.most[UNITS]
        return self.calls.spending.left(CAPTIONS) > 0 and left - CAPTIONS_COST > most // _SPARED

    def _of(self, video: str, mention: Mention | None) -> Iterator[Collected]:
        """The captions of one video; nothing where it has none, or is there no more. Raises Forbidden, UsedUp."""
        try:
            tracks = yield from self.calls.captions(video)
            track = _chosen(tracks)
            if not track:
                return
            content = yield from self.calls.caption(text_of(track.get("id")))
        except Absent:
            return
        words = spoken(decode(content, ""))
        if words:
            language = text_of(object_of(track.get("snippet")).get("language"))
            yield to_captions(video, words, language, self.about, mention)

    def _known(self) -> dict[str, bool]:
        try:
            known = json.loads(self.state.get(_READ) or "{}")
        except ValueError:
            return {}
        listed = known.items() if isinstance(known, dict) else ()
        return {str(video): done is True for video, done in listed}


def _chosen(tracks: list[Any]) -> Mapping[str, Any]:
    """The track that is read: the owner's own, shown to everybody, in English if there is one; else an empty one."""
    own = [
        track
        for track in tracks
        if isinstance(track, dict)
        and text_of(track.get("id"))
        and _is_owners(object_of(track.get("snippet")))
    ]
    own.sort(
        key=lambda track: not text_of(track["snippet"].get("language")).lower().startswith("en")
    )
    return own[0] if own else {}


def _is_owners(snippet: Mapping[str, Any]) -> bool:
    automatic = text_of(snippet.get("trackKind")).lower() == "asr"
    return (
        not automatic
        and snippet.get("isDraft") is not True
        and snippet.get("status") in (None, "serving")
    )
