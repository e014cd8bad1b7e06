"""The end of the record leaves each day by whatever email goes out each day, and by one of its own where none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports import chain
from tests.reports.factories import settings

WHO = ("record@example.org",)


@pytest.mark.parametrize(
    ("named", "listed", "heartbeat", "looks_after", "to", "how"),
    [
        (WHO, (), "off", (), WHO, "each day by an email of its own"),
        (WHO, ("team@example.org",), "daily", ("it@example.org",), WHO, "each day by an email of its own"),
        ((), ("team@example.org",), "off", (), (), "with the morning list"),
        ((), (), "daily", ("it@example.org",), (), "each day in the heartbeat"),
        ((), (), "weekly", ("it@example.org",), ("it@example.org",), "each day by an email of its own"),
        ((), (), "off", (), ("duty@example.org", "second@example.org"), "each day by an email of its own"),
    ],
)  # fmt: skip
def test_the_end_leaves_each_day_whatever_is_set_up(
    tmp_path: Path, named: tuple[str, ...], listed: tuple[str, ...], heartbeat: str, looks_after: tuple[str, ...], to: tuple[str, ...], how: str,
) -> None:  # fmt: skip
    config = settings(tmp_path)
    config = config.model_copy(update={
        "governance": config.governance.model_copy(update={"chain_end_to": named}),
        "reports": config.reports.model_copy(update={"daily_to": listed}),
        "health": config.health.model_copy(update={"heartbeat": heartbeat, "to": looks_after}),
    })  # fmt: skip
    assert (chain.told_to(config), chain.how_it_leaves(config)) == (to, how)
    assert chain.leaves(config)


def test_without_alerts_and_anybody_named_it_does_not_leave(tmp_path: Path) -> None:
    config = settings(tmp_path)
    config = config.model_copy(update={
        "alerts": config.alerts.model_copy(update={"on": False}),
        "reports": config.reports.model_copy(update={"daily_to": ()}),
    })  # fmt: skip
    assert (chain.told_to(config), chain.leaves(config)) == ((), False)
