from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from demo.servers.http import Request
from demo.servers.oauth import Consent, Refused

BACK = "http://127.0.0.1:8765/back"


def code(consent: Consent, **more: str) -> str:
    query = {"client_id": consent.client_id, "redirect_uri": BACK, "response_type": "code", **more}
    answer = consent.authorize(Request(method="GET", path="/", query=query))
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def trade(consent: Consent, **form: str) -> Request:
    packed = base64.b64encode(f"{consent.client_id}:{consent.client_secret}".encode()).decode()
    headers = {"authorization": f"Basic {packed}"}
    return Request(method="POST", path="/", headers=headers, body=urlencode(form).encode())


def test_a_code_works_once_for_the_address_that_it_was_sent_to() -> None:
    consent = Consent("demo")
    first, second = code(consent, scope="read"), code(consent)
    granted = consent.granted(trade(consent, code=first, redirect_uri=BACK))
    assert granted.scope == "read"
    assert consent.given == [granted.access_token]
    for form in ({"code": first, "redirect_uri": BACK}, {"code": second, "redirect_uri": "x"}, {}):
        with pytest.raises(Refused) as refused:
            consent.granted(trade(consent, **form))
        assert refused.value.error == "invalid_grant"


def test_a_refresh_token_comes_where_the_platform_gives_one_or_it_was_asked_for() -> None:
    for offline, more, expected in ((True, {}, True), (False, {}, False),
                                    (False, {"access_type": "offline"}, True)):  # fmt: skip
        consent = Consent("demo", offline=offline)
        form = {"code": code(consent, **more), "redirect_uri": BACK}
        granted = consent.granted(trade(consent, **form))
        assert bool(granted.refresh_token) is expected


def test_the_client_must_be_known() -> None:
    consent = Consent("demo")
    form = {"code": code(consent), "redirect_uri": BACK, "client_id": "x", "client_secret": "y"}
    with pytest.raises(Refused) as refused:
        consent.granted(Request(method="POST", path="/", body=urlencode(form).encode()))
    assert refused.value.error == "invalid_client"
