"""An organisation's own name and logo at the top of every page, where config.toml has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

if TYPE_CHECKING:
    from review.desk import Visit

HEIGHT = 40  # pixels of the logo, as it is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What the page is called, and the logo: a PNG with its words and its size in pixels. Without one, plain text."""

    service: str = "Mentions"
    logo: bytes = field(default=b"", repr=False)
    alt: str = ""
    width: int = 0
    height: int = 1

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as it is shown, never larger than it is."""
        height = min(HEIGHT, self.height)
        return max(1, round(self.width * height / self.height)), height


def logo(visit: Visit) -> Response:
    """The picture; who is not signed in gets it too, since the sign-in page shows it."""
    if not visit.desk.brand.logo:
        raise HTTPException(404)
    return Response(visit.desk.brand.logo, media_type="image/png")
