from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.inbox.text import host_of, is_deep, links, unwrapped, without_wrappers

POST = "https://www.facebook.com/groups/999000111/posts/999000401/?ref=a&b=c_d-e"


def safe(link: str, host: str = "eur01.safelinks.protection.outlook.com") -> str:
    return f"https://{host}/?url={quote(link, safe='')}&data=05%7C02%7C&sdata=Zm9v%3D&reserved=0"


def defended(link: str) -> str:
    """URL Defense v2: its own escapes, with - for % and _ for /."""
    written = quote(link, safe=":/").replace("-", "-2D").replace("_", "-5F")
    written = written.replace("%", "-").replace(":", "-3A").replace("/", "_")
    return f"https://urldefense.proofpoint.com/v2/url?u={written}&d=DwMFaQ&c=x&r=y&m=z&s=w&e="


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"See {POST}.", [POST]),
        (f"({POST})", [POST]),
        (f"<{POST}>, \"{POST}\"", [POST, POST]),
        ("en.wikipedia: https://en.wikipedia.org/wiki/Flu_(disease), no?", ["https://en.wikipedia.org/wiki/Flu_(disease)"]),
        ("HTTPS://X.COM/a/status/1!", ["HTTPS://X.COM/a/status/1"]),
        ("www.instagram.com/nobody", ["https://www.instagram.com/nobody"]),
        ("nextdoor.co.uk/p/Zz9 and m.facebook.com/x", ["https://nextdoor.co.uk/p/Zz9", "https://m.facebook.com/x"]),
        ("en-gb.facebook.com/x", ["https://en-gb.facebook.com/x"]),
        ("[this post](https://x.com/a/1)", ["https://x.com/a/1"]),
        ("https://example.org/\u201d", ["https://example.org/"]),
        ("a@www.example.org, ana@facebook.com/x, notfacebook.com/x, and/or, example.org/x, ftp://x.org/", []),
        ("http://, https://localhost/x, https://[half, https://...", []),
        ("", []),
    ],
)  # fmt: skip
def test_links_are_found_as_people_write_them(text: str, found: list[str]) -> None:
    assert list(links(text)) == found


@pytest.mark.parametrize(
    "wrapped",
    [
        safe(POST),
        safe(POST, "gbr01.safelinks.protection.outlook.com/ap/t-59584e83").replace("/?", "?"),
        f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={quote(POST, safe='')}&locale=en-gb",
        f"https://urldefense.proofpoint.com/v1/url?u={quote(POST, safe='')}&k=a&r=b&m=c&s=d",
        defended(POST),
        f"https://urldefense.com/v3/__{POST}__;!!Abc!demo$",
        f"https://www.google.com/url?q={quote(POST, safe='')}&sa=D&usg=x",
        f"https://www.google.co.uk/url?sa=t&url={quote(POST, safe='')}",
        f"https://l.facebook.com/l.php?u={quote(POST, safe='')}&h=AT0",
        safe(defended(safe(POST))),
    ],
)
def test_the_address_behind_a_wrapper_is_found(wrapped: str) -> None:
    assert unwrapped(wrapped) == POST
    assert list(links(f"Look: {wrapped}")) == [POST]
    assert without_wrappers(f"Look: {wrapped}. Bad") == f"Look: {POST}. Bad"


def test_url_defense_puts_letters_aside_and_they_are_put_back() -> None:
    kept = base64.urlsafe_b64encode("é?&&&&%".encode()).decode().rstrip("=")
    wrapped = f"https://urldefense.us/v3/__https:/example.org/caf*/x*a**Cb*z__;{kept}!!Abc!demo$"
    assert unwrapped(wrapped) == "https://example.org/café/x?a&&&&b%z"


@pytest.mark.parametrize(
    "damaged",
    [
        "https://urldefense.com/v3/__https://example.org/*__;!!Abc!demo$",  # nothing to put back
        "https://urldefense.com/v3/__https://example.org/**é__;Kg!!Abc!demo$",
        "https://urldefense.com/v3/__https://example.org/*__;_w!!Abc!demo$",  # no UTF-8
        "https://urldefense.com/v4/x",
        "https://urldefense.proofpoint.com/v2/url?d=x",
        "https://eur01.safelinks.protection.outlook.com/?data=x",
        safe("javascript:alert(1)"),
        safe("https://[half"),
        "https://www.google.com/search?q=https://example.org/",
        "https://safelinks.protection.outlook.com.example.org/?url=https%3A%2F%2Fx.org%2F",
    ],
)
def test_what_is_no_wrapper_that_can_be_opened_stays_as_it_is(damaged: str) -> None:
    assert unwrapped(damaged) == damaged


@pytest.mark.parametrize(
    ("link", "host", "deep"),
    [
        ("https://www.facebook.com/x", "facebook.com", True),
        ("https://M.Facebook.com/", "facebook.com", False),
        ("http://old.reddit.com/?a=1", "old.reddit.com", True),
    ],
)
def test_a_host_is_named_as_people_say_it(link: str, host: str, deep: bool) -> None:
    assert (host_of(link), is_deep(link)) == (host, deep)


@given(st.text(alphabet="htps:/w.x com?url=%*_;!-&()[]\u00e9\n", max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    for link in links(text):
        assert link.startswith(("http://", "https://", "HTTP", "Http")) or link.lower().startswith(
            "http"
        )
        assert host_of(link)
    without_wrappers(text)
