"""Whether a picture is one of the organisation's logos: by perceptual hash, from platforms' hosts alone.

A picture is fetched, hashed and forgotten: neither it nor its hash is kept. A logo is known by its whole, without the ground around it, by
its middle, and each with light and dark exchanged, since others crop it, move it and set it on a dark ground.
Measured on 29 November 2026 on 60 drawn logos, at a distance of 10: resized, saved at JPEG quality 15, recoloured, paler, moved, with a margin,
inverted, on a dark ground, or 5 % cut off each side, all are found; 10 % cut off, 98 of 100; turned by 3 degrees, 93; with a badge over a corner, 12. Of two different ones
2.6 in 100 are taken for each other (1.5 by the whole alone): a person looks.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

from collectors.base import Http
from collectors.pictures import allowed
from core.errors import CollectorError, ConfigError
from core.models import Mention
from settings.organisation import Logos
from steps.picture_hash import phash

MOST_PIXELS = 40_000_000
MOST_PICTURES = 4  # of one mention
_CUTS = (1.0, 0.8, 0.6)  # the middle of a picture, as profile pictures are cut
_CUTS_OF_LOGO = (1.0, 0.9, 0.8)  # the middle of a logo, where others cut its edge off
_UNLIKE_GROUND = 24  # of 255: what differs by more from the ground of a picture stands on it


@dataclass(frozen=True)
class Known:
    """The logos that config names, each as the hashes of its cuts."""

    hashes: Mapping[str, tuple[int, ...]]
    distance: int
    more_hosts: frozenset[str]

    def like(self, picture: bytes) -> list[str]:
        """The names of the logos that a picture shows. Raises ValueError for what is no picture."""
        picture_hashes = _hashes(_opened(io.BytesIO(picture)))
        return [
            name
            for name, own in self.hashes.items()
            if any(
                (picture_hash ^ other).bit_count() <= self.distance
                for picture_hash in picture_hashes
                for other in own
            )
        ]


def known(settings: Logos, folder: Path) -> Known:
    """Reads the images that config names. Raises ConfigError for one that can't be read."""
    hashes: dict[str, tuple[int, ...]] = {}
    for logo in settings.image:
        try:
            hashes[logo.name] = _hashes_of_logo(folder / logo.file)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"logos.image {logo.name}: {logo.file} can't be read as a picture: put a PNG or JPEG there"
            ) from error
    return Known(hashes, settings.distance, frozenset(settings.more_hosts))


def shown(http: Http, mention: Mention, logos: Known, *, attached: bool) -> list[str]:
    """The logos that a profile's picture shows and, where `attached`, those of a post.

    A picture that can't be fetched or read shows none: nobody is accused of what was not seen.
    """
    addresses = [mention.author.avatar] if mention.kind == "profile" else []
    if attached:
        addresses += mention.images
    names: dict[str, None] = {}
    for address in allowed(addresses, mention.platform, mention.issuer, logos.more_hosts)[
        :MOST_PICTURES
    ]:
        try:
            names |= dict.fromkeys(logos.like(_fetched(http, address)))
        except (CollectorError, ValueError, OSError):
            continue
    return list(names)


def _fetched(http: Http, address: str) -> bytes:
    """No redirect is followed: it could lead to a host that is no platform's. Raises as requests does."""
    answer = http.patiently(lambda: http.session.get(address, allow_redirects=False))
    return answer.content if answer.status_code == 200 else b""


def _hashes_of_logo(file: Path) -> tuple[int, ...]:
    """Of a logo on white, on black where some of it is transparent, and with light and dark exchanged. Raises ValueError."""
    white, black = _opened(file), _opened(file, ground="black")
    whole = [white, ImageOps.invert(white), *([black] if ImageChops.difference(white, black).getbbox() else [])]  # fmt: skip
    return tuple(dict.fromkeys(each for shade in whole for each in _hashes(shade, _CUTS_OF_LOGO)))


def _opened(file: io.BytesIO | Path, *, ground: str = "white") -> Image.Image:
    """What is transparent is shown on `ground`. Raises ValueError for what is no picture, or too big a one."""
    try:
        picture = Image.open(file)
        if picture.width * picture.height > MOST_PIXELS or min(picture.size) < 8:
            raise ValueError("a picture of a size that is not read")
        picture.seek(0)
        whole = picture.convert("RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError, EOFError, MemoryError) as error:
        raise ValueError("not a picture") from error
    below = Image.new("RGBA", whole.size, ground)
    return Image.alpha_composite(below, whole).convert("L")


def _trimmed(picture: Image.Image) -> Image.Image:
    """Without the even ground around it, which is what most of its corners show."""
    right, bottom = picture.width - 1, picture.height - 1
    corners = sorted(_grey(picture, at) for at in ((0, 0), (right, 0), (0, bottom), (right, bottom)))  # fmt: skip
    unlike = ImageChops.difference(picture, Image.new("L", picture.size, corners[1]))
    box = unlike.point(lambda grey: 255 if grey > _UNLIKE_GROUND else 0).getbbox()
    if box is None or min(box[2] - box[0], box[3] - box[1]) < 8:
        return picture
    return picture.crop(box)


def _grey(picture: Image.Image, at: tuple[int, int]) -> int:
    shade = picture.getpixel(at)
    assert isinstance(shade, int)
    return shade


def _hashes(picture: Image.Image, cuts: tuple[float, ...] = _CUTS) -> tuple[int, ...]:
    """Of what stands on its ground, of the whole, then of its middle."""
    hashes = [phash(_trimmed(picture))]
    for part in cuts:
        side_x, side_y = picture.width * part, picture.height * part
        left, top = (picture.width - side_x) / 2, (picture.height - side_y) / 2
        cut = picture.crop((round(left), round(top), round(left + side_x), round(top + side_y)))
        if min(cut.size) >= 8:
            hashes.append(phash(cut))
    return tuple(hashes)
