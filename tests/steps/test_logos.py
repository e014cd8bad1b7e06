from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import responses
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from collectors.base import Http
from core.errors import ConfigError
from core.models import Author, Kind, Mention, Platform
from settings.organisation import Logo, Logos
from steps import logos

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ADDRESS = "https://pbs.twimg.com/profile_images/1/logo.png"


def logo(side: int = 200, words: str = "NHX") -> Image.Image:
    """A lozenge and letters of nobody's brand."""
    image = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((side * 0.1, side * 0.35, side * 0.9, side * 0.65), fill="#224488")
    for number, left in enumerate((0.2, 0.42, 0.64)):
        draw.rectangle(
            (side * left, side * 0.42, side * (left + 0.1 + number * 0.02), side * 0.58),
            fill="white",
        )
    draw.line(
        (side * 0.1, side * 0.8, side * (0.3 + len(words) / 10), side * 0.8),
        fill="#224488",
        width=side // 20,
    )
    return image


def other(side: int = 200) -> Image.Image:
    image = Image.new("RGB", (side, side), "#337733")
    draw = ImageDraw.Draw(image)
    draw.ellipse((side * 0.2, side * 0.1, side * 0.7, side * 0.9), fill="#ffdd55")
    draw.polygon([(0, side), (side // 2, side // 3), (side, side)], fill="#552211")
    return image


def png(image: Image.Image, form: str = "PNG", **how: int) -> bytes:
    kept = io.BytesIO()
    image.save(kept, form, **how)
    return kept.getvalue()


def widened(image: Image.Image) -> Image.Image:
    """With a margin of a tenth around it."""
    side = image.width
    whole = Image.new("RGB", (side * 12 // 10, side * 12 // 10), "white")
    whole.paste(image, (side // 10, side // 10))
    return whole


def moved(image: Image.Image) -> Image.Image:
    """Smaller, into a corner of a ground of its own."""
    whole = Image.new("RGB", image.size, "#f4f4f0")
    whole.paste(image.resize((120, 120)), (70, 60))
    return whole


@pytest.fixture
def known(tmp_path: Path) -> logos.Known:
    (tmp_path / "logo.png").write_bytes(png(logo()))
    return logos.known(Logos(image=(Logo(name="ours", file="logo.png"),)), tmp_path)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize(
    "changed",
    [
        lambda image: image,
        lambda image: image.resize((64, 64)),
        lambda image: image.resize((400, 400)),
        lambda image: ImageEnhance.Brightness(image).enhance(0.8),
        lambda image: ImageEnhance.Contrast(image).enhance(1.4),
        lambda image: image.convert("L"),
        widened,
        lambda image: ImageOps.invert(image),
        lambda image: image.crop((20, 20, 180, 180)),
        moved,
    ],
)
def test_a_logo_is_known_again_as_people_change_it(
    known: logos.Known, changed: Callable[[Image.Image], Image.Image]
) -> None:
    assert known.like(png(changed(logo()))) == ["ours"]
    assert known.like(png(changed(logo()).convert("RGB"), "JPEG", quality=40)) == ["ours"]


def test_a_logo_that_is_transparent_is_known_on_a_dark_ground_too(tmp_path: Path) -> None:
    alone = logo().convert("RGBA")
    alone.putalpha(ImageOps.invert(logo().convert("L")).point(lambda shade: 255 if shade else 0))
    (tmp_path / "logo.png").write_bytes(png(alone))
    ours = logos.known(Logos(image=(Logo(name="ours", file="logo.png"),)), tmp_path)
    for ground in ("white", "#14141f", "black"):
        on = Image.alpha_composite(Image.new("RGBA", alone.size, ground), alone).convert("RGB")
        assert ours.like(png(on)) == ["ours"]
    assert ours.like(png(other())) == []


def test_another_picture_is_none_of_ours(known: logos.Known) -> None:
    assert known.like(png(other())) == []
    assert known.like(png(Image.new("RGB", (50, 50), "white"))) == []


@pytest.mark.parametrize("broken", [b"", b"<html>", b"\x89PNG\r\n\x1a\n", png(logo())[:200]])
def test_what_is_no_picture_is_an_error_and_no_match(known: logos.Known, broken: bytes) -> None:
    with pytest.raises(ValueError, match="picture"):
        known.like(broken)


def test_a_picture_of_a_monstrous_size_is_not_opened(known: logos.Known) -> None:
    with pytest.raises(ValueError, match="picture"):
        known.like(png(Image.new("1", (9000, 9000))))


def mention(
    address: str = ADDRESS, *, kind: Kind = "profile", platform: Platform = "x", issuer: str = "x",
    images: tuple[str, ...] = (),
) -> Mention:  # fmt: skip
    return Mention(
        issuer=issuer, issued_id="1", platform=platform, kind=kind, url="https://example.org",
        text="", posted_at=AT, fetched_at=AT, author=Author(avatar=address), images=images,
    )  # fmt: skip


def shown(one: Mention, known: logos.Known, *, attached: bool = False) -> list[str]:
    return logos.shown(Http(attempts=1, longest_wait=0.0), one, known, attached=attached)


def test_a_profiles_picture_is_compared(known: logos.Known, web: responses.RequestsMock) -> None:
    web.get(ADDRESS, body=png(logo()), content_type="image/png")
    assert shown(mention(), known) == ["ours"]


def test_pictures_of_posts_are_looked_at_by_choice_alone(
    known: logos.Known, web: responses.RequestsMock
) -> None:
    web.get(ADDRESS, body=png(logo()), content_type="image/png")
    post = mention("", kind="post", images=(ADDRESS,))
    assert shown(post, known) == []
    assert not web.calls
    assert shown(post, known, attached=True) == ["ours"]


@pytest.mark.parametrize(
    ("address", "platform", "issuer"),
    [
        ("https://tracker.example.org/logo.png", "x", "x"),
        ("http://pbs.twimg.com/logo.png", "x", "x"),  # not in clear
        ("https://pbs.twimg.com.example.org/logo.png", "x", "x"),
        ("https://example.org/pbs.twimg.com", "x", "x"),
        ("https://user@example.org:80/logo.png", "x", "x"),
        ("https://cdn.bsky.app/logo.png", "x", "x"),  # another platform's
        ("https://elsewhere.example/logo.png", "mastodon", "example.social"),
        ("https://10.0.0.7/logo.png", "mastodon", "10.0.0.7"),  # a server may call itself anything
        ("https://localhost/logo.png", "mastodon", "localhost"),
        ("https://[broken", "x", "x"),
        ("file:///etc/passwd", "x", "x"),
        ("", "x", "x"),
    ],
)
def test_nothing_is_fetched_but_from_the_platforms_own_hosts(
    known: logos.Known,
    web: responses.RequestsMock,
    address: str,
    platform: Platform,
    issuer: str,
) -> None:
    assert shown(mention(address, platform=platform, issuer=issuer), known) == []
    assert not web.calls


@pytest.mark.parametrize(
    ("address", "platform", "issuer"),
    [
        ("https://cdn.bsky.app/img/avatar/plain/a", "bluesky", "bluesky"),
        ("https://scontent-lhr8-1.xx.fbcdn.net/a.jpg", "facebook", "facebook"),
        ("https://files.example.social/a.png", "mastodon", "example.social"),
        ("https://yt3.ggpht.com/a", "youtube", "youtube"),
    ],
)
def test_each_platforms_own_hosts_are_known(
    known: logos.Known,
    web: responses.RequestsMock,
    address: str,
    platform: Platform,
    issuer: str,
) -> None:
    web.get(address, body=png(logo()))
    assert shown(mention(address, platform=platform, issuer=issuer), known) == ["ours"]


def test_a_picture_that_cannot_be_had_shows_nothing(
    known: logos.Known, web: responses.RequestsMock
) -> None:
    web.get(ADDRESS, status=404)
    assert shown(mention(), known) == []
    web.replace(responses.GET, ADDRESS, body=b"<html>")
    assert shown(mention(), known) == []


def test_no_redirect_leads_to_a_host_that_is_no_platforms(
    known: logos.Known, web: responses.RequestsMock
) -> None:
    there = "https://tracker.example.org/logo.png"
    web.get(ADDRESS, status=302, headers={"Location": there})
    web.get(there, body=png(logo()))
    assert shown(mention(), known) == []
    assert [call.request.url for call in web.calls] == [ADDRESS]


def test_an_image_of_config_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_text("no picture")
    for file in ("missing.png", "broken.png"):
        with pytest.raises(ConfigError, match=r"logos\.image ours"):
            logos.known(Logos(image=(Logo(name="ours", file=file),)), tmp_path)
