"""Masked details, the original and pictures are opened by a form with a reason, which the record has before the eye."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from PIL import Image

from core.media import Attachment
from demo.servers.http import stop
from review.desk.opened import OpenDetails, PicturesOnce
from review.reasons import REASONS
from tests.review.conftest import House
from tests.review.factories import IN_DANGER, NAMED, NOW, QUESTION, case_of, configure, tell
from tests.review.pages import Tags, read, send

WHY = {"why": "check"}


def page(house: House, path: str, handle: str = "amina") -> str:
    with house.asks(handle) as client:
        return client.get(path, follow_redirects=True).text


def reasons(house: House) -> list[str]:
    found, _ = house.store.audit.reveals()
    return [reveal.reason or "" for reveal in found]


def sent_by(told: Tags, action: str) -> dict[str, str]:
    """What the first form with this address sends by itself."""
    start = told.tags.index(next(one for one in told.tags if one[1].get("action") == action))
    sent = {}
    for name, attributes in told.tags[start + 1 :]:
        if name == "form":
            break
        if name == "input" and attributes.get("type") == "hidden":
            sent[attributes["name"]] = attributes["value"]
    return sent


# ── masked details ───────────────────────────────────────────────────────────────────────────────


def test_details_are_shown_in_place_for_a_ready_reason_and_covered_again(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    assert "Pettigrew" not in page(anew, f"/cases/{case}")
    answer = send(anew, f"/cases/{case}/show", post=1, form="show", **WHY)
    assert answer.status_code == 303
    opened = page(anew, answer.headers["location"])
    assert '<span class="chip chip--open" data-kind="name 1">Rosalind Pettigrew</span>' in opened
    assert "Cover again" in opened
    assert reasons(anew) == ["To check it’s a real patient"]
    assert "Pettigrew" not in page(anew, f"/cases/{case}", "bea")
    send(anew, f"/cases/{case}/show", post=1, do="cover")
    assert "Pettigrew" not in page(anew, f"/cases/{case}")
    assert len(reasons(anew)) == 1


@pytest.mark.parametrize("path", ["leak", "danger", "threat"])
def test_on_a_guided_path_details_open_in_place_too(anew: House, path: str) -> None:
    case = case_of(anew.store, NAMED)
    way = f"/cases/{case}/{path}"
    forms = sent_by(read(anew, way), f"/cases/{case}/show")
    assert ("why_text" in forms) == (path != "leak")  # there a ready reason is pressed
    forms |= WHY if path == "leak" else {}
    assert "Pettigrew" not in page(anew, way)
    answer = send(anew, f"/cases/{case}/show", **forms)
    assert answer.headers["location"] == f"{way}?looked=1#mention-1"
    opened = page(anew, answer.headers["location"])
    assert '<span class="chip chip--open" data-kind="name 1">Rosalind Pettigrew</span>' in opened
    assert reasons(anew) == [forms.get("why_text", "To check it’s a real patient")]
    covered = send(anew, f"/cases/{case}/show", post=1, guide=path, came=1, do="cover")
    assert covered.headers["location"] == f"{way}?post=1&looked=1#mention-1"
    assert "Pettigrew" not in page(anew, way)


@pytest.mark.parametrize("path", ["leak", "danger", "threat"])
def test_on_a_guided_path_no_bare_link_leads_to_the_original(anew: House, path: str) -> None:
    case = case_of(anew.store, NAMED)
    stored = anew.store.mentions.get(1)
    assert stored is not None
    shown = page(anew, f"/cases/{case}/{path}")
    assert stored.mention.url not in shown
    if path != "leak":  # there it opens where its platform is told
        forms = sent_by(Tags(shown), f"/cases/{case}/original")
        assert send(anew, f"/cases/{case}/original", **forms).status_code == 200
        assert reasons(anew) == [f"Opened the original: {forms['why_text']}"]


def test_a_path_that_is_none_leads_to_the_case(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    answer = send(anew, f"/cases/{case}/show", post=1, guide="//example.org", **WHY)
    assert answer.headers["location"] == f"/cases/{case}?looked=1#mention-1"


def test_details_are_open_only_on_the_page_on_which_they_were_shown(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    shown = send(anew, f"/cases/{case}/show", post=1, **WHY).headers["location"]
    for path in (f"/cases/{case}", f"/cases/{case}/leak", "/mentions/1", "/today?lane=now"):
        assert "Pettigrew" not in page(anew, path), path
    assert "Pettigrew" in page(anew, shown)


def test_without_a_script_the_page_is_loaded_anew_when_its_time_is_over(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    assert "http-equiv" not in page(anew, f"/cases/{case}?looked=1")
    shown = page(anew, send(anew, f"/cases/{case}/show", post=1, **WHY).headers["location"])
    assert '<noscript><meta http-equiv="refresh" content="121"></noscript>' in shown
    assert "http-equiv" not in page(anew, f"/cases/{case}")


def test_details_are_covered_after_two_minutes(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    send(anew, f"/cases/{case}/show", post=1, **WHY)
    before = anew.desk.now
    try:
        anew.desk.now = lambda: NOW + timedelta(seconds=119)
        assert "Pettigrew" in page(anew, f"/cases/{case}?looked=1")
        anew.desk.now = lambda: NOW + timedelta(seconds=120)
        assert "Pettigrew" not in page(anew, f"/cases/{case}?looked=1")
    finally:
        anew.desk.now = before


@pytest.mark.parametrize(
    "form", [{}, {"why": "nosy"}, {"why": "other"}, {"why": "other", "why_text": "because"}]
)
def test_without_a_reason_nothing_is_shown_and_the_form_says_so(
    anew: House, form: dict[str, str]
) -> None:
    case = case_of(anew.store, NAMED)
    answer = send(anew, f"/cases/{case}/show", post=1, form="show", **form)
    assert answer.status_code == 422
    assert "Pettigrew" not in answer.text
    assert "Choose why you need to see it" in Tags(answer.text).text
    assert reasons(anew) == []


def test_a_reason_of_ones_own_is_kept_in_its_words(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    words = "The practice asks whose number it is"
    send(anew, f"/cases/{case}/show", post=1, why="ig", why_text=words)
    assert reasons(anew) == [f"{REASONS['ig']}: {words}"]


def test_a_post_of_another_case_is_not_opened(anew: House) -> None:
    case = case_of(anew.store, IN_DANGER)
    for post in ("1", "99999", "x", "", "1" * 30, "१"):
        assert send(anew, f"/cases/{case}/show", post=post, **WHY).status_code == 404
    assert reasons(anew) == []


def test_what_was_opened_is_for_one_person_one_post_and_its_words() -> None:
    opened = OpenDetails()
    opened.open(1, 7, 2, NOW)
    assert opened.until(1, 7, 2, NOW) is not None
    assert opened.until(2, 7, 2, NOW) is None
    assert opened.until(1, 8, 2, NOW) is None
    assert opened.until(1, 7, 3, NOW) is None
    opened.cover(1, 7)
    assert opened.until(1, 7, 2, NOW) is None


# ── the original ─────────────────────────────────────────────────────────────────────────────────


def test_the_original_is_in_the_record_before_it_is_opened(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    stored = anew.store.mentions.get(1)
    assert stored is not None
    assert stored.mention.url not in page(anew, f"/cases/{case}")
    answer = send(anew, f"/cases/{case}/original", post=1, form="original", **WHY)
    assert answer.status_code == 200
    assert answer.headers["refresh"] == f"0; url={stored.mention.url}"
    assert reasons(anew) == ["Opened the original: To check it’s a real patient"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "//example.org"]
)
def test_an_address_that_is_no_web_address_is_not_opened(anew: House, url: str) -> None:
    told = replace(QUESTION, text="Where is the clinic in Hounslow now?", flags=())
    told = replace(told, risk="medium", flags=(("assistance", "Where is the clinic"),))
    tell(anew.store, told, 501, url=url, alone=True)
    case = case_of(anew.store, told)
    number = anew.store.cases.mentions(case)[0].item.number
    answer = send(anew, f"/cases/{case}/original", post=number, why="check")
    assert answer.status_code == 404
    assert "refresh" not in answer.headers
    assert reasons(anew) == []


def test_an_address_can_not_add_to_the_headers(anew: House) -> None:
    told = replace(QUESTION, text="Which chemist is open in Brent on a Sunday?", flags=())
    told = replace(told, risk="medium", flags=(("assistance", "Which chemist"),))
    url = "https://example.org/ä b\r\nSet-Cookie: x=1"
    tell(anew.store, told, 502, url=url, alone=True)
    case = case_of(anew.store, told)
    number = anew.store.cases.mentions(case)[0].item.number
    answer = send(anew, f"/cases/{case}/original", post=number, why="check")
    assert "set-cookie" not in answer.headers
    assert answer.headers.get("refresh", "%0D%0A").count("%0D%0A") == 1


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────


def drawn(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, kind)
    return written.getvalue()


def with_metadata() -> bytes:
    written = io.BytesIO()
    picture = Image.new("RGB", (60, 40), "teal")
    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    picture.save(written, "JPEG", exif=exif, comment=b"SECRETPLACE")
    assert b"SECRETPLACE" in written.getvalue()
    return written.getvalue()


ANSWERS: dict[str, tuple[int, str, bytes]] = {
    "/good.png": (200, "image/png", drawn()),
    "/camera.jpg": (200, "image/jpeg", with_metadata()),
    "/gone.png": (404, "text/html", b"gone"),
    "/page.png": (200, "text/html", b"<script>alert(1)</script>"),
    "/drawing.svg": (200, "image/svg+xml", b"<svg onload='alert(1)'/>"),
    "/lie.png": (200, "image/png", b"<svg onload='alert(1)'/>"),
    "/wide.png": (200, "image/png", drawn(size=(30_000, 900))),
    "/long.png": (200, "image/png", b"\x89PNG" + b"0" * 9_000_000),
    "/elsewhere.png": (302, "https://example.org/other.png", b""),
}
SHOWN = ("/good.png", "/camera.jpg")


class Media(BaseHTTPRequestHandler):
    """A platform's media host that answers as each path says, and notes what it was asked with."""

    asked: list[dict[str, str]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        status, kind, body = ANSWERS[self.path]
        self.asked.append(
            {"path": self.path, **{name.lower(): value for name, value in self.headers.items()}}
        )
        self.send_response(status)
        self.send_header("Location" if status == 302 else "Content-Type", kind)
        self.send_header("Set-Cookie", "follow=me")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def media_host() -> Iterator[str]:
    Media.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Media)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        stop(server)
        server.server_close()
        thread.join(5)


@pytest.fixture
def pictured(anew: House) -> Iterator[tuple[House, int, int, str]]:
    """A post with pictures on a host of loopback, which config.toml allows: the page, case, post and host."""
    with media_host() as host:
        before = anew.desk.file
        configure(anew.desk, logos=before.logos.model_copy(update={"more_hosts": (host,)}))
        told = replace(
            QUESTION,
            text="Look at the queue at the clinic in Harrow",
            risk="medium",
            flags=(("assistance", "Look at the queue"),),
        )
        attached = tuple(Attachment(url=f"http://{host}{path}") for path in ANSWERS)
        tell(
            anew.store,
            told,
            700,
            alone=True,
            media=(*attached, Attachment(kind="video", seconds=42)),
        )
        case = case_of(anew.store, told)
        yield anew, case, anew.store.cases.mentions(case)[0].item.number, host
        anew.desk.file, anew.desk._effective = before, None


def place(path: str) -> int:
    return list(ANSWERS).index(path)


def test_a_picture_is_a_plate_until_it_is_asked_for_and_then_shown_once(
    pictured: tuple[House, int, int, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house, case, post, host = pictured
    plain = page(house, f"/cases/{case}")
    assert "<img" not in plain
    assert host not in plain
    assert "Video 0:42" in Tags(plain).text
    assert Media.asked == []
    answer = send(house, f"/mentions/{post}/picture", place=place("/good.png"), **WHY)
    assert answer.status_code == 303
    assert reasons(house) == ["Looked at picture 1: To check what was said, and of whom"]
    with house.asks() as client, house.asks("bea") as other:
        shown = client.get(answer.headers["location"]).text
        match = re.search(rf'src="(/mentions/{post}/picture/[\w-]+)"', shown)
        assert match is not None
        assert other.get(match[1]).status_code == 404
        look = client.get(match[1])
        assert (look.status_code, look.headers["content-type"]) == (200, "image/jpeg")
        assert look.headers["cache-control"] == "no-store"
        assert Image.open(io.BytesIO(look.content)).size == (60, 40)
        assert client.get(match[1]).status_code == 404
        assert "<img" not in client.get(answer.headers["location"]).text
    assert "cookie" not in Media.asked[0]
    assert "referer" not in Media.asked[0]
    assert host not in caplog.text
    assert "good.png" not in caplog.text


def test_what_a_camera_wrote_into_a_picture_is_not_handed_on(
    pictured: tuple[House, int, int, str],
) -> None:
    house, _, post, _ = pictured
    answer = send(house, f"/mentions/{post}/picture", place=place("/camera.jpg"), **WHY)
    with house.asks() as client:
        match = re.search(r'src="(/mentions/[^"]+)"', client.get(answer.headers["location"]).text)
        assert match is not None
        assert b"SECRETPLACE" not in client.get(match[1]).content


@pytest.mark.parametrize("path", [path for path in ANSWERS if path not in SHOWN])
def test_what_is_no_safe_picture_is_told_in_words(
    pictured: tuple[House, int, int, str], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house, _, post, host = pictured
    answer = send(house, f"/mentions/{post}/picture", place=place(path), **WHY)
    shown = page(house, answer.headers["location"])
    assert "<img" not in shown
    assert "pen the original" in Tags(shown).text
    assert host not in caplog.text
    assert len(reasons(house)) == 1  # that somebody tried is in the record


def test_a_picture_elsewhere_is_not_fetched(anew: House) -> None:
    told = replace(
        QUESTION,
        text="A picture that lies anywhere, of Ealing",
        risk="medium",
        flags=(("assistance", "A picture"),),
    )
    with media_host() as host:
        tell(anew.store, told, 800, alone=True, media=(Attachment(url=f"http://{host}/good.png"),))
        case = case_of(anew.store, told)
        post = anew.store.cases.mentions(case)[0].item.number
        answer = send(anew, f"/mentions/{post}/picture", place=0, **WHY)
        assert "picture=elsewhere" in answer.headers["location"]
        assert Media.asked == []


def test_a_picture_wants_a_reason_and_a_place_that_is_there(
    pictured: tuple[House, int, int, str],
) -> None:
    house, _, post, _ = pictured
    assert send(house, f"/mentions/{post}/picture", place=0).status_code == 422
    for where in ("99", "-1", "x", ""):
        assert send(house, f"/mentions/{post}/picture", place=where, **WHY).status_code == 404
    assert Media.asked == []


def test_a_film_without_a_still_is_not_fetched(pictured: tuple[House, int, int, str]) -> None:
    house, _, post, _ = pictured
    answer = send(house, f"/mentions/{post}/picture", place=len(ANSWERS), **WHY)
    assert answer.status_code in (303, 404)
    assert Media.asked == []


def test_pictures_wait_for_one_look_of_one_person_and_few_wait() -> None:
    shelf = PicturesOnce()
    token = shelf.put(1, 7, 0, b"jpeg", NOW)
    assert shelf.take(token, 2, 7, NOW) is None
    assert shelf.take(token, 1, 8, NOW) is None
    assert shelf.take(token, 1, 7, NOW + timedelta(minutes=3)) is None
    assert shelf.take(token, 1, 7, NOW) == b"jpeg"
    assert shelf.take(token, 1, 7, NOW) is None
    tokens = [shelf.put(1, 7, 0, b"jpeg", NOW) for _ in range(100)]
    assert sum(shelf.place(token, 1, 7, NOW) is not None for token in tokens) == 40


def test_a_film_whose_platform_gives_no_still_says_so(anew: House) -> None:
    told = replace(
        QUESTION, text="A film of the queue at Ealing", flags=(("assistance", "A film"),)
    )
    tell(anew.store, told, 801, alone=True, media=(Attachment(kind="video", seconds=42),))
    words = read(anew, f"/cases/{case_of(anew.store, told)}").text
    assert "Video 0:42" in words
    assert "gives us no still of it: open the original to see it." in words
