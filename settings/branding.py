"""The table [branding] of config.toml: an organisation's own name and logo on its review page. Off as it ships.

A logo is a PNG and nothing else: a picture that can hold no script. No logo ships: that of the NHS is a trade mark,
and an organisation has its own.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from core.errors import ConfigError
from core.validation import STRICT

MOST_KILOBYTES = 200
MOST_PIXELS = (2000, 1000)
SHOWN_HEIGHT = 40  # pixels


class Branding(BaseModel):
    """What stands at the top of every page instead of a plain name."""

    model_config = STRICT
    service: Annotated[str, Field(max_length=40)] = ""
    logo: str = ""
    alt: Annotated[str, Field(max_length=120)] = ""

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.service.strip() or "Mentions"

    @model_validator(mode="after")
    def _says_what_the_logo_shows(self) -> Self:
        if self.logo and not self.alt.strip():
            raise ValueError(
                "a logo needs alt, its words for who can't see it: the organisation's name"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture that was looked at, and its size in pixels."""

    png: bytes = field(repr=False)
    width: int
    height: int

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height at the top of a page, in pixels: never larger than the picture is."""
        height = min(SHOWN_HEIGHT, self.height)
        return max(1, round(self.width * height / self.height)), height


def logo(settings: Branding, folder: Path) -> Logo | None:
    """The picture that config.toml names; None where it names none.

    Raises ConfigError where it is missing, elsewhere than beside config.toml, too large, or no still PNG.
    """
    if not settings.logo:
        return None
    path = (folder / settings.logo).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ConfigError("branding.logo: put the file into the folder of site.toml, or below it")
    try:
        with path.open("rb") as file:
            png = file.read(MOST_KILOBYTES * 1000 + 1)
    except OSError as error:
        raise ConfigError(f"branding.logo: {path.name} can't be read ({error.strerror})") from error
    if len(png) > MOST_KILOBYTES * 1000:
        raise ConfigError(
            f"branding.logo: {path.name} is larger than {MOST_KILOBYTES} kB: a logo is shown {SHOWN_HEIGHT} pixels high"
        )
    return _looked_at(png, path.name)


def _looked_at(png: bytes, name: str) -> Logo:
    # here, since every start would pay for it (10 ms, 2 MB) and few have a logo
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            width, height = picture.size
            moves = getattr(picture, "is_animated", False)
            picture.verify()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
    ) as error:
        raise ConfigError(
            f"branding.logo: {name} is no whole PNG: save the logo as PNG (an SVG can hold scripts)"
        ) from error
    if moves:
        raise ConfigError(f"branding.logo: {name} moves: save it as a still picture")
    if width > MOST_PIXELS[0] or height > MOST_PIXELS[1]:
        raise ConfigError(
            f"branding.logo: {name} is {width} by {height} pixels: "
            f"make it at most {MOST_PIXELS[0]} by {MOST_PIXELS[1]}"
        )
    return Logo(png=png, width=width, height=height)
