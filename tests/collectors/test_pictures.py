"""Pictures are fetched from their platforms' own hosts, in public networks, and from nowhere else."""

from __future__ import annotations

import pytest
import responses

from collectors.http.egress import Egress, LeadsInside
from collectors.pictures import MOST_BYTES, allowed, fetch
from core.errors import CollectorError
from tests.collectors.http.test_egress import entry

PICTURE = "https://pbs.twimg.com/media/1.jpg"
PUBLIC = ["104.244.43.131"]


@pytest.mark.parametrize(
    "address",
    [
        "http://pbs.twimg.com/media/1.jpg", "https://pbs.twimg.com.example.org/1.jpg", "https://example.org/1.jpg",
        "https://name:word@pbs.twimg.com/1.jpg", "https://127.0.0.1/1.jpg", "https://[::1]/1.jpg", "file:///etc/passwd",
        "https://localhost/1.jpg", "https://[pbs.twimg.com/1.jpg", "", "javascript:alert(1)", "data:image/png;base64,xx",
    ],
)  # fmt: skip
def test_other_addresses_are_left_alone(address: str) -> None:
    assert allowed([address], "x", "x") == []


def test_a_platforms_own_hosts_are_asked_and_those_that_config_names() -> None:
    assert allowed([PICTURE], "x", "x") == [PICTURE]
    assert allowed([PICTURE], "facebook", "facebook") == []
    assert allowed(["https://scontent.xx.fbcdn.net/1.jpg"], "facebook", "facebook")
    assert allowed(["https://files.social.example.org/1.jpg"], "mastodon", "social.example.org")
    assert allowed(["http://127.0.0.1:9/1.jpg"], "x", "x", ("127.0.0.1:9",))


def leading_to(*numbers: str) -> Egress:
    """The way out where every name has these numbers."""
    return Egress(resolve=lambda host, port, family: [entry(number, port) for number in numbers])


@pytest.mark.parametrize("number", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "fe80::1%eth0", "192.168.1.1"])  # fmt: skip
def test_a_host_in_a_private_network_is_not_asked(number: str) -> None:
    with pytest.raises(LeadsInside):
        fetch(PICTURE, user_agent="test", egress=leading_to(*PUBLIC, number))


def got(**answer: object) -> bytes:
    with responses.RequestsMock() as web:
        web.get(PICTURE, **answer)
        came = fetch(PICTURE, user_agent="test")
        assert "Cookie" not in web.calls[0].request.headers
        return came


def test_a_picture_comes_as_it_is() -> None:
    assert got(body=b"jpeg", content_type="image/jpeg; charset=x") == b"jpeg"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, {"status": 404},
        {"status": 500}, {"body": b"<svg/>", "content_type": "image/svg+xml"}, {"body": b"x", "content_type": "text/html"},
        {"body": b"0" * (MOST_BYTES + 1), "content_type": "image/png"},
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_its_address_not_named(answer: dict[str, object]) -> None:
    with pytest.raises(CollectorError) as refused:
        got(**answer)
    assert "media/1" not in str(refused.value)
    assert "169.254" not in str(refused.value)
