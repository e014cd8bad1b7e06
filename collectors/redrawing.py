"""Draws a stranger's picture anew: what is shown or read is what we drew, without anything that came along."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 24_000_000
LONGEST_SIDE = 1_600  # pixels of what is shown
QUALITY = 85


def plain(picture: bytes) -> bytes:
    """A JPEG of its first frame, at most 1,600 pixels a side, without place, camera, comment or colour profile.

    Raises ValueError for what is no such picture, or too big a one.
    """
    try:
        written = io.BytesIO()
        redrawn(picture).save(written, "JPEG", quality=QUALITY)
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"not a picture ({type(error).__name__})") from None
    return written.getvalue()


def redrawn(picture: bytes) -> Image:
    """The same as pixels in RGB, upright, what is transparent on white; a picture of our own, which carries nothing over.

    Raises ValueError as `plain` does.
    """
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, which could name what is in it
            with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS or min(opened.size) < 1:
                    raise ValueError("a picture of a size that is not read")
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                opened.seek(0)
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                colours = upright.convert("RGBA")
        ground = Image.new("RGB", colours.size, "white")
        ground.paste(colours, mask=colours.getchannel("A"))
    except ValueError:
        raise
    except Exception as error:  # what a hostile file makes of a decoder
        raise ValueError(f"not a picture ({type(error).__name__})") from None
    return ground
