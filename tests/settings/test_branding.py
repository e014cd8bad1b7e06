"""An organisation's own logo is shown where it is a still PNG beside config.toml; anything else is named."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import pytest
import tomli_w
from PIL import Image
from pydantic import ValidationError

from cli import check
from core.errors import ConfigError
from review.app import build_app_context
from settings import branding, schema
from settings.branding import Branding
from tests.conftest import Command
from tests.decisions import settled


def png(width: int = 300, height: int = 80, *, moves: bool = False) -> bytes:
    written = io.BytesIO()
    picture = Image.new("RGB", (width, height), "white")
    more = [Image.new("RGB", (width, height), "red")] if moves else []
    picture.save(written, "PNG", save_all=moves, append_images=more)
    return written.getvalue()


def told(**changes: str) -> Branding:
    return Branding(**({"logo": "logo.png", "alt": "NHS North West London"} | changes))


def branded(made: Path, **changes: str) -> schema.Config:
    table = tomllib.loads(made.read_text("utf-8"))
    table["branding"] = changes
    made.write_text(tomli_w.dumps(table), "utf-8")
    return schema.load(made)


def test_no_logo_and_no_name_of_its_own_as_it_ships(tmp_path: Path) -> None:
    made = settled(tmp_path)
    desk = build_app_context(schema.load(made), made.parent)
    assert (desk.file.branding.title, desk.logo) == ("Mentions", None)


def test_a_logo_is_shown_with_its_words_at_a_size_that_keeps_its_shape(tmp_path: Path) -> None:
    made = settled(tmp_path)
    (made.parent / "logo.png").write_bytes(png(300, 80))
    cfg = branded(made, logo="logo.png", alt="NHS North West London", service="Listening")
    desk = build_app_context(cfg, made.parent)
    assert desk.logo is not None
    assert (cfg.branding.title, cfg.branding.alt) == ("Listening", "NHS North West London")
    assert desk.logo.shown == (150, 40)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is no whole PNG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG can hold scripts"),
        (png()[:60], "is no whole PNG"),
        (png() + b"\0" * 200_000, "larger than 200 kB"),
        (png(2001, 10), "2001 by 10 pixels"),
        (png(20, 20, moves=True), "moves"),
    ],
)  # fmt: skip
def test_what_is_no_small_still_png_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(ConfigError, match=why):
        branding.logo(told(), tmp_path)


@pytest.mark.parametrize(
    ("where", "why"),
    [("gone.png", "can't be read"), ("../logo.png", "into the folder of site.toml"), ("/etc/hostname", "into the folder"), (".", "can't be read")],
)  # fmt: skip
def test_a_file_that_is_missing_or_elsewhere_is_named(tmp_path: Path, where: str, why: str) -> None:
    (tmp_path / "logo.png").write_bytes(png())
    (tmp_path / "here").mkdir()
    with pytest.raises(ConfigError, match=why):
        branding.logo(told(logo=where), tmp_path / "here")


def test_a_logo_without_words_is_refused() -> None:
    with pytest.raises(ValidationError, match="a logo needs alt"):
        told(alt=" ")


def test_check_names_a_logo_that_is_missing_and_one_that_is_there(
    tmp_path: Path, mentions: Command
) -> None:
    made = settled(tmp_path)
    cfg = branded(made, logo="logo.png", alt="NHS North West London")
    (missing,) = (one for one in check.checks(cfg, made.parent) if one.what == "logo")
    assert (missing.state, "logo.png can't be read" in missing.says) == ("missing", True)
    (made.parent / "logo.png").write_bytes(png())
    (there,) = (one for one in check.checks(cfg, made.parent) if one.what == "logo")
    assert (there.state, there.says) == ("ok", "logo.png, 300 by 80 pixels")
    (made.parent / "logo.png").unlink()
    assert "branding.logo: logo.png can't be read" in mentions("serve", "--config", made).output
