"""Other organisations for a demo of several: the same invented week, with the names and places of another county in every post.

The counties and places are real; the posts about them are invented, as all of demo/week is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demo.posts_loader import WEEK

# What stands in the week and in config.toml as it ships, each with its place in a county's list below.
_PLACES = (
    "Northwick Park", "Central Middlesex", "West Middlesex", "West Mid", "Charing Cross", "St Mary's", "Hammersmith", "Hillingdon",
    "Hounslow", "Kensington", "Westminster", "Ealing", "Harrow", "Brent", "Uxbridge", "Southall", "Wembley", "Hayes",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBody:
    """One of them: its short name, the word that its posts alone hold, and what is called otherwise in it."""

    slug: str
    word: str
    names: Mapping[str, str] = field(default_factory=dict)

    def renamed(self, text: str) -> str:
        """A text of the week, or a config.toml, with this organisation's names; the longest names first."""
        if not self.names:
            return text
        order = sorted(self.names, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, order)))
        return pattern.sub(lambda match: self.names[match[0]], text)

    def posts(self, folder: Path) -> Path:
        """The week in its names, in a folder that is made; demo/week itself where nothing is called otherwise."""
        if not self.names:
            return WEEK
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(WEEK.iterdir()):
            if file.is_file():
                (folder / file.name).write_text(
                    self.renamed(file.read_text("utf-8")), "utf-8", newline="\n"
                )
        return folder


def _county(slug: str, county: str, places: tuple[str, ...]) -> DemoBody:
    names = {  # handles and tags stay: the stand-ins know their accounts by them
        "NHS North West London": f"NHS {county}", "North West London": county, "North-West London": county,
        "NHS NW London": f"NHS {county}", "NW London": county, "West and North London": f"Greater {county}",
        "Central London": f"Central {county}",
    }  # fmt: skip
    return DemoBody(slug=slug, word=county, names=names | dict(zip(_PLACES, places, strict=True)))


BODIES: tuple[DemoBody, ...] = (
    DemoBody(slug="nw-london", word="North West London"),
    _county("sussex", "Sussex", (
        "Arundel Park", "Central Downs", "West Downland", "West Downs", "Seaford Cross", "St Wilfrid's", "Worthing", "Horsham", "Hastings",
        "Crawley", "Chichester", "Eastbourne", "Lewes", "Brighton", "Uckfield", "Shoreham", "Burgess Hill", "Hove",
    )),
    _county("norfolk", "Norfolk", (
        "Holkham Park", "Central Broads", "West Broadland", "West Broads", "Swaffham Cross", "St Julian's", "Thetford", "Fakenham", "Wymondham",
        "Cromer", "Norwich", "Sheringham", "Dereham", "Diss", "Attleborough", "Aylsham", "Blakeney", "Watton",
    )),
    _county("surrey", "Surrey", (
        "Box Hill Park", "Central Heath", "West Heathland", "West Heath", "Dorking Cross", "St Martha's", "Godalming", "Haslemere", "Woking",
        "Epsom", "Guildford", "Reigate", "Redhill", "Leatherhead", "Camberley", "Farnham", "Esher", "Oxted",
    )),
)  # fmt: skip
