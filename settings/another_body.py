"""What of [organisation] nobody answered yet, where the settings name another body than the one that ships."""

from __future__ import annotations

from settings.files.layers import names_as_shipped, shipped_name, still_shipped
from settings.schema import Config
from settings.shipped import SITE


def unanswered(config: Config) -> list[str]:
    """The tables that are left out for it; one that somebody filled in the page is answered. `config` is what is in force."""
    return [key for key in still_shipped(config.layers) if not _of_its_own(config, key)]


def unanswered_line(config: Config) -> str:
    """The same as a sentence; "" where nothing is open."""
    left = unanswered(config)
    if not left:
        return ""
    *others, last = left
    listed = f"{', '.join(others)} and {last}" if others else last
    return (
        f"{listed} of [organisation] {'are' if others or last.endswith('s') else 'is'} still those of {shipped_name()}, so they are left out: "
        f"nothing is searched for by them. Write your own into {SITE}, or an empty list, or run `mentions init`"
    )


def unnamed_line(config: Config) -> str:
    """What is to be said of one of several organisations that nobody named, so that it watches the body that ships; "" where that is not so."""
    one_of_several = bool(config.installation.config)
    if (
        not one_of_several
        or not names_as_shipped(config.layers)
        or config.organisation.name != shipped_name()
    ):
        return ""
    return (
        f"its own settings don’t say what it is called, so it watches {shipped_name()} as the program ships it, names, places and all: "
        "`mentions init --organisation SHORT-NAME --body CODE` names it, and where it is that body says so"
    )


def _of_its_own(config: Config, key: str) -> bool:
    entries = getattr(config.organisation, key)
    if key == "contacts":
        return any(not contact.name.startswith("National") for contact in entries)
    return bool(entries)
