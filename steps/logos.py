"""Whether a picture is one of the organisation's logos: by perceptual hash, from platforms' hosts alone.

A picture is fetched, hashed and forgotten: neither it nor its hash is kept.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from collectors.base import Http
from collectors.pictures import allowed
from core.errors import CollectorError, ConfigError
from core.models import Mention
from settings.organisation import Logos
from steps.picture_hash import phash

MOST_PIXELS = 40_000_000
MOST_PICTURES = 4  # of one mention
_CUTS = (1.0, 0.8, 0.6)  # the middle of a picture, as profile pictures are cut


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
            hashes[logo.name] = _hashes(_opened(folder / logo.file))[:1]
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


def _opened(file: io.BytesIO | Path) -> Image.Image:
    """Raises ValueError for what is no picture, or too big a one."""
    try:
        picture = Image.open(file)
        if picture.width * picture.height > MOST_PIXELS or min(picture.size) < 8:
            raise ValueError("a picture of a size that is not read")
        picture.seek(0)
        whole = picture.convert("RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError, EOFError, MemoryError) as error:
        raise ValueError("not a picture") from error
    ground = Image.new("RGBA", whole.size, "white")  # what is transparent is shown on white
    return Image.alpha_composite(ground, whole).convert("L")


def _hashes(picture: Image.Image) -> tuple[int, ...]:
    """Of the whole first, then of its middle."""
    hashes = []
    for part in _CUTS:
        side_x, side_y = picture.width * part, picture.height * part
        left, top = (picture.width - side_x) / 2, (picture.height - side_y) / 2
        cut = picture.crop((round(left), round(top), round(left + side_x), round(top + side_y)))
        if min(cut.size) >= 8:
            hashes.append(phash(cut))
    return tuple(hashes)
