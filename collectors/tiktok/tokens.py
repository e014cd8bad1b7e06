"""How TikTok gives a token: a JSON body in place of a form, `auth_code` for a code, and the answer inside `data`.

POST /tt_user/oauth2/token/ and /tt_user/oauth2/refresh_token/, after the client of which collectors/tiktok/client.py
tells. A token lasts a day, what renews it a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.base import Http
from collectors.http.client import read_json
from collectors.tiktok.client import data_of
from core.errors import PlatformUnavailable


def token_of(http: Http, table: Mapping[str, Any], form: Mapping[str, str]) -> Mapping[str, Any]:
    """A token for what RFC 6749 would put in a form. Raises CollectorError."""
    body = {
        "client_id": table["client_id"], "client_secret": table["client_secret"],
        "grant_type": form["grant_type"],
    }  # fmt: skip
    url = str(table["token_url"])
    if form["grant_type"] == "refresh_token":
        body |= {"refresh_token": form["refresh_token"]}
        url = url.replace("/token/", "/refresh_token/")
    else:
        body |= {"auth_code": form["code"], "redirect_uri": form["redirect_uri"]}
    answer = http.send("POST", url, body=body)
    data = data_of(read_json(answer.content, answer.headers, answer.url))
    if not data.get("access_token"):
        raise PlatformUnavailable("tiktok: the token endpoint sent no token")
    return data
