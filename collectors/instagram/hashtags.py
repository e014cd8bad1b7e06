"""Hashtags on Instagram, of which an account may search for 30 different ones in seven days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from collectors.base import Collected, SaveState, SkippedItem, identity
from collectors.instagram.parse import HASHTAG_FIELDS
from collectors.meta.client import Absent, Generic, Graph, Misunderstood, Read, WeekSpent

_HOLDS = timedelta(days=1)  # what /recent_media reaches back
_OVERLAP = timedelta(hours=6)  # runs look back a little more than they need to
_KEPT = "hashtags"  # name=id&name=id of those that were read; ids never change
_MOST = 30  # of one page of the hashtags used


@dataclass(frozen=True, slots=True)
class Hashtags:
    """The hashtags of one run: those used in these seven days are free, new ones use up the week."""

    wanted: tuple[str, ...]
    a_week: int
    graph: Graph
    state: Mapping[str, str]

    def collect(self, since: datetime, read: Callable[[str], Read]) -> Iterator[Collected]:
        """What was posted under them in the last day. What the week has no room for is not asked."""
        if since < self.graph.at - _HOLDS - _OVERLAP:
            yield SkippedItem(
                "hashtags", "Instagram shows one day of a hashtag: what is older is not read"
            )
        ids = dict(parse_qsl(self.state.get(_KEPT, "")))
        names = tuple(dict.fromkeys(tag.lstrip("#").lower() for tag in self.wanted))
        admitted, refused = self._admitted(names, ids)
        if refused:
            yield SkippedItem(
                "hashtags",
                f"{refused} of {len(names)} would go over {self.a_week} different ones in seven days and "
                "are not asked for: take some out of `hashtags`",
            )
        for number, name in enumerate(admitted, 1):
            oldest = since if name in ids else min(since, self.graph.at - _HOLDS)  # not read before
            try:
                ids[name] = ids.get(name) or self._id(name)
                params = {"user_id": self.graph.account, "fields": HASHTAG_FIELDS}
                yield from self.graph.read(
                    f"{ids[name]}/recent_media", params, read(f"#{name}"),
                    where=f"hashtag {number}", oldest=oldest,
                )  # fmt: skip
            except (Absent, Generic, Misunderstood):  # with some hashtags it is always so
                ids.pop(name, None)
                yield SkippedItem(f"hashtag {number}", "Instagram does not answer for it")
            except WeekSpent as spent:  # those that were used before are still answered for
                ids.pop(name, None)
                yield SkippedItem(f"hashtag {number}", str(spent))
        yield SaveState(_KEPT, urlencode({name: ids[name] for name in names if name in ids}))

    def _admitted(self, names: tuple[str, ...], ids: Mapping[str, str]) -> tuple[list[str], int]:
        """The names that may be asked for, in their order, and how many may not."""
        used_names, used_ids, whole = self._used()
        room = self.a_week - len(used_ids) if whole else 0
        admitted = []
        for name in names:
            if name not in used_names and ids.get(name) not in used_ids:
                room -= 1
                if room < 0:
                    continue
            admitted.append(name)
        return admitted, len(names) - len(admitted)

    def _used(self) -> tuple[set[str], set[str], bool]:
        """Names and ids of what was searched for in these seven days, and whether that is all."""
        names: set[str] = set()
        ids: set[str] = set()
        for numbered_page in self.graph.walk(
            f"{self.graph.account}/recently_searched_hashtags", {"fields": "id,name"},
            where="hashtags used", most_at_once=_MOST,
        ):  # fmt: skip
            if isinstance(numbered_page, SkippedItem):
                return names, ids, False
            for item in numbered_page[1]:
                if isinstance(item, dict) and item.get("id"):
                    ids.add(str(item["id"]))
                    names.add(str(item.get("name", "")).lower())
        return names, ids, True

    def _id(self, name: str) -> str:
        params = {"user_id": self.graph.account, "q": name}
        hashtags = self.graph.get("ig_hashtag_search", params).get("data")
        try:
            return identity(hashtags[0]["id"])  # type: ignore[index]
        except (LookupError, TypeError, ValueError) as error:
            raise Absent("Instagram gave no id for a hashtag") from error
