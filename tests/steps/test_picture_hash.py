"""Our perceptual hash is the library's, bit for bit, so that a distance means what it meant there."""

from __future__ import annotations

from collections.abc import Callable

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageFilter

from steps.picture_hash import phash
from tests.steps.test_logos import logo, other


def noise(seed: int, width: int, height: int) -> Image.Image:
    """Soft blotches of grey, as no drawing has them."""
    points = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    return Image.fromarray(points).filter(ImageFilter.GaussianBlur(3))


PICTURES = [
    *(noise(seed, 40 + 37 * seed, 300 - 23 * seed) for seed in range(10)),
    *(logo(side, words) for side in (64, 200, 401) for words in ("NHX", "A")),
    *(other(side) for side in (32, 250)),
    logo().rotate(7),
    logo().convert("P"),
    other().convert("RGBA"),
]


def bits(by_library: imagehash.ImageHash) -> int:
    return int(str(by_library), 16)


@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_it_is_the_hash_that_the_library_gives(number: int) -> None:
    assert phash(PICTURES[number]) == bits(imagehash.phash(PICTURES[number]))


@pytest.mark.parametrize("changed", [lambda image: image.resize((70, 70)), lambda image: image])
def test_the_bits_that_differ_are_the_librarys_distance(
    changed: Callable[[Image.Image], Image.Image],
) -> None:
    first, second = logo(), changed(other())
    assert (phash(first) ^ phash(second)).bit_count() == imagehash.phash(first) - imagehash.phash(
        second
    )


def test_a_plain_or_mirrored_picture_has_one_hash_whatever_its_size() -> None:
    """The library's bits are the last digits of sums there."""
    assert {phash(Image.new("L", (side, side), 200)) for side in (8, 33, 500)} == {1 << 63}
    cross = Image.new("L", (96, 96), 255)
    cross.paste(0, (40, 8, 56, 88))
    cross.paste(0, (8, 40, 88, 56))
    assert phash(cross) == phash(cross.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
