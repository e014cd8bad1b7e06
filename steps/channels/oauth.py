"""An application's sign-in by OAuth 2.0 client credentials (RFC 6749, 4.4): a token, kept until it runs out.

Exchange Online ends sign-in by password for SMTP (Microsoft's MC786329), and Graph never had it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import requests

from collectors.http import egress
from core import clock
from core.errors import DeliveryError
from settings.schema import MailOAuth

SMTP_SCOPE = "https://outlook.office365.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
EARLY = timedelta(
    minutes=5
)  # so long before it runs out a token is not used any more: one that runs out half-way costs a try
USUAL_SECONDS = 3600  # where the answer says nothing


@dataclass(eq=False)
class Tokens:
    """The tokens of a process, by who asked for what. They are never written down."""

    now: Callable[[], datetime] = clock.now
    _kept: dict[tuple[str, str, str], tuple[str, datetime]] = field(
        default_factory=dict, repr=False
    )
    _lock: Lock = field(default_factory=Lock, repr=False)

    def token(self, oauth: MailOAuth, secret: str, scope: str, timeout: float) -> str:
        """A token that holds for a while yet. Raises DeliveryError, an `outage`, where none is to be had."""
        key = (oauth.asked_at, oauth.client_id, scope)
        with self._lock:
            token, until = self._kept.get(key, ("", self.now()))
            if not token or until <= self.now():
                token, seconds = _asked(oauth, secret, scope, timeout)
                self._kept[key] = (token, self.now() + timedelta(seconds=seconds) - EARLY)
            return token

    def forget(self, oauth: MailOAuth, scope: str) -> None:
        """The token was refused: the next try asks for another."""
        with self._lock:
            self._kept.pop((oauth.asked_at, oauth.client_id, scope), None)


TOKENS = Tokens()


def _asked(oauth: MailOAuth, secret: str, scope: str, timeout: float) -> tuple[str, float]:
    """A new token and how many seconds it holds."""
    try:
        with egress.session(own=(oauth.asked_at,)) as http:
            response = http.post(
                oauth.asked_at, timeout=timeout, allow_redirects=False,
                data={"grant_type": "client_credentials", "client_id": oauth.client_id, "client_secret": secret, "scope": scope},
            )  # fmt: skip
        answer = response.json()
        if not isinstance(answer, dict):
            raise ValueError("no object")
    except requests.exceptions.SSLError as error:
        raise DeliveryError(
            "the sign-in service’s certificate isn’t trusted", outage=True
        ) from error
    except (
        requests.RequestException,  # JSONDecodeError is one too
        egress.LeadsInside,
    ) as error:
        raise DeliveryError(
            f"the sign-in service can’t be reached ({type(error).__name__})", outage=True
        ) from error  # fmt: skip
    except ValueError as error:
        raise DeliveryError("the sign-in service answered with no token", outage=True) from error
    token = answer.get("access_token")
    if response.status_code != 200 or not isinstance(token, str) or not token:
        raise DeliveryError(
            f"the sign-in service refused the application ({_code(answer, response.status_code)}): mend tenant, client_id "
            "and client_secret in [alerts.mail.oauth]; a secret runs out after a time",
            outage=True,
        )
    seconds = answer.get("expires_in")
    return token, float(seconds) if isinstance(seconds, int | float) else USUAL_SECONDS


def _code(answer: dict[str, object], status: int) -> str:
    """The error's name as RFC 6749 has it, which holds nothing of ours; else the status."""
    code = answer.get("error")
    named = isinstance(code, str) and code.replace("_", "").isalpha() and len(code) <= 40
    return f"{status}, {code}" if named else str(status)
