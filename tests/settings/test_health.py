"""[health] of config.toml: as it ships nobody outside is told, and what it names is held to its form."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from demo.world import World
from settings import schema
from settings.health import HealthSettings
from settings.shipped import shipped_config
from tests.cycles import changed, settled


def test_the_file_that_ships_says_what_holds_without_it() -> None:
    assert schema.load(shipped_config()).health == HealthSettings()


def test_what_runs_out_is_named_with_its_day(tmp_path: Path, calm: World) -> None:
    path = settled(tmp_path, calm)
    changed(path, health={"ends": [{"name": "Secret of the Entra application", "on": date(2027, 10, 1)}]})  # fmt: skip
    (ending,) = schema.load(path).health.ends
    assert (ending.name, ending.on) == ("Secret of the Entra application", date(2027, 10, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ping": "https://hc.example.org/5a9f0c1e"}, {"token": "abcdef"}, {"heartbeat": "hourly"}, {"heartbeat_at": "7 am"},
        {"to": ["nobody"]}, {"backup_days": -1}, {"disk": 5},
    ],
)  # fmt: skip
def test_a_secret_in_clear_or_a_wrong_form_is_refused_by_its_key(
    tmp_path: Path, calm: World, wrong: dict[str, Any]
) -> None:
    path = settled(tmp_path, calm)
    changed(path, health=wrong)
    with pytest.raises(ConfigError, match=f"health.{next(iter(wrong))}"):
        schema.load(path)
