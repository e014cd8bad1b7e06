"""Pictures as people post them, drawn when a test runs: a letter, a chat, an appointment card, a meme. All in them is invented."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

NAME, NUMBER = "Orla Pennywhistle", "999 123 4560"
LETTER = (
    "Northwick Park Hospital", "Watford Road, Harrow", "12 November 2026", f"Mrs {NAME}", "14 Marigold Terrace",
    f"NHS number: {NUMBER}", "Date of birth: 03/04/1961", "Dear Mrs Pennywhistle,",
    "Thank you for coming to the diabetes clinic.", "We would like to see you again on 4 December.",
)  # fmt: skip
CARD = ("Appointment card", "Name: Wilfred Ashgrove", "NHS number 999 765 4328", "Clinic: Fracture clinic, Ealing Hospital")  # fmt: skip
CHAT = ("Did you hear about the man in", "bed 12 on Kestrel ward?", "Mr Tobias Quillfeather? Yes,", "he is back with his liver again")  # fmt: skip
MEME = ("WAITING FOR THE GP", "TO PICK UP SINCE 2019")
LEAFLET = (
    "NHS North West London", "Feeling unwell?", "Call 111 or see your pharmacist.", "Ealing walk-in centre",
    "Uxbridge Road, Southall", "Telephone 020 7946 0155", "Open 8am to 8pm",
)  # fmt: skip


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The one that Pillow brings, so that a test needs none of the machine."""
    return ImageFont.load_default(size)


def page(lines: Sequence[str], *, ground: str = "#fdfdfb", ink: str = "#111", size: int = 26) -> Image.Image:  # fmt: skip
    """Lines one under another, as on a sheet."""
    picture = Image.new("RGB", (760, 60 + 46 * len(lines)), ground)
    drawn = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        drawn.text((40, 30 + 46 * row), line, font=font(size), fill=ink)
    return picture


def letter() -> Image.Image:
    """A patient's letter, upright and clean."""
    return page(LETTER)


def photographed(picture: Image.Image) -> Image.Image:
    """The same held up to a telephone: aslant, on a table, a little out of focus."""
    aslant = picture.rotate(3, expand=True, fillcolor="#8a8172", resample=Image.Resampling.BICUBIC)
    return aslant.filter(ImageFilter.GaussianBlur(0.6))


def chat() -> Image.Image:
    """Bubbles of a messenger in its dark colours."""
    picture = Image.new("RGB", (620, 60 + 80 * len(CHAT)), "#0b141a")
    drawn = ImageDraw.Draw(picture)
    for row, line in enumerate(CHAT):
        top = 30 + 80 * row
        drawn.rounded_rectangle((30, top, 590, top + 60), 16, fill="#005c4b" if row > 1 else "#202c33")  # fmt: skip
        drawn.text((50, top + 14), line, font=font(26), fill="#e9edef")
    return picture


def meme() -> Image.Image:
    """Capitals with an outline over something colourful."""
    picture = scribble()
    drawn = ImageDraw.Draw(picture)
    for line, top in zip(MEME, (20, 380), strict=True):
        drawn.text(
            (60, top), line, font=font(48), fill="white", stroke_width=4, stroke_fill="black"
        )
    return picture


def scribble() -> Image.Image:
    """Something colourful in which no word stands."""
    picture = Image.new("RGB", (720, 460), "#4a7a3c")
    drawn, chance = ImageDraw.Draw(picture), random.Random(7)
    for _ in range(60):
        left, top, size = chance.randrange(720), chance.randrange(460), chance.randrange(40, 160)
        colour = (chance.randrange(40, 210), chance.randrange(40, 210), chance.randrange(40, 210))
        drawn.ellipse((left, top, left + size, top + size), fill=colour)
    return picture


def png(picture: Image.Image) -> bytes:
    """As a file."""
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
