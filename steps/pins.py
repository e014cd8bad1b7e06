"""What may be shown and not kept: our own pins on Pinterest as they are now, which its terms forbid to store."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.base import SkippedItem
from collectors.pinterest.collector import Pinterest, pins
from collectors.pinterest.parse import Pin
from core.errors import ConfigError
from core.text import visible
from steps.context import RunContext

WIDTH = 60  # characters of a title


def our_pins(context: RunContext) -> Iterator[str]:
    """Each pin as a line: comments first, since a rise is for a person to look at. Raises CollectorError."""
    source = context.sources.find("pinterest")
    if source is None or source.off:
        why = source.off if source else "it is not in the settings"
        raise ConfigError(f"[collectors.pinterest] is off: {why}")
    built = context.collector(source)
    assert isinstance(built, Pinterest)
    our_own: list[Pin] = []
    for thing in pins(built):
        if isinstance(thing, SkippedItem):
            context.skip_item(f"pinterest: {thing.item}: {thing.why}")
        else:
            our_own.append(thing)
    for pin in sorted(our_own, key=lambda pin: -pin.counts.get("comment", 0)):
        title = visible(" ".join(pin.title.split()))[:WIDTH] or "(without a title)"
        counts = ", ".join(
            f"{count:,} {name.replace('_', ' ')}" for name, count in pin.counts.items()
        )
        yield f"{title}: {counts or 'no figures'}  {pin.url}"
    if not our_own:
        yield "There is no pin of ours."
