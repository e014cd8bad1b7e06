"""Access that a person grants by OAuth 2: granting it, renewing it before it ends, and saying when it will.

`mentions connect SOURCE` prints the platform's own address of consent, waits for the browser to come
back to this machine, and keeps the token sealed in the store. Every cycle renews what ends soon.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import click
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response

from collectors import registry
from collectors.base import Http
from collectors.http import client as http_client
from collectors.http.egress import addresses_in
from collectors.oauth import Grant
from collectors.registry import Source
from core import clock
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from settings.schema import Config
from steps.context import RunContext
from store import Token

WARN_BEFORE = timedelta(days=7)
LONGEST_RENEWAL = 30.0  # seconds: nothing is read before access is renewed, so that one that hangs must not keep all
_OAUTH_ERRORS = (requests.RequestException, ValueError, KeyError, TypeError)


@dataclass(frozen=True, kw_only=True)
class Access:
    """A source's way to a token: its grant, the client's own credentials, and the addresses."""

    source: str
    grant: Grant
    http: Http = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    table: Mapping[str, Any] = field(repr=False)

    def ask(self, redirect: str) -> tuple[str, str, str]:
        """The address of consent, the state that must come back with it, and the proof key's secret."""
        verifier = secrets.token_urlsafe(48) if self.grant.pkce else ""
        more = {"code_verifier": verifier} if verifier else {}
        if self.grant.client_name:
            more[self.grant.client_name] = self.client_id
        url, state = self._session(redirect).create_authorization_url(
            self.authorize_url, **more, **self.grant.extra
        )
        return url, state, verifier

    def granted(self, back: str, redirect: str, state: str, verifier: str, at: datetime) -> Token:
        """The token for an address that the browser came back with. Raises CollectorError."""
        if self.grant.token_of:
            answer = self._told(
                lambda: self._by_its_own_way(_form_of(back, redirect, state)), patient=False
            )
            return self._token(answer, at)
        more = {"code_verifier": verifier} if verifier else {}
        session = self._session(redirect)
        answer = self._told(
            lambda: session.fetch_token(
                self.token_url, authorization_response=back, state=state, **more
            )
        )
        if self.grant.exchange:
            answer = self._exchanged(str(answer["access_token"]))
        return self._token(answer, at)

    def renewed(self, token: Token | None, at: datetime) -> Token:
        """A new token in place of one that ends. Raises CollectorError."""
        session = self._session("")
        if self.grant.alone:
            return self._token(
                self._told(
                    lambda: session.fetch_token(self.token_url, grant_type="client_credentials")
                ),
                at,
            )
        assert token is not None
        if self.grant.exchange:
            return self._token(self._exchanged(token.renewal), at)
        if self.grant.token_of:
            form = {"grant_type": "refresh_token", "refresh_token": token.renewal}
            answer = self._told(lambda: self._by_its_own_way(form), patient=False)
            new = self._token(answer, at)
            return new if new.renewal else _with_renewal(new, token)
        answer = self._told(
            lambda: session.refresh_token(self.token_url, refresh_token=token.renewal)
        )
        new = self._token(answer, at)
        return new if new.renewal else _with_renewal(new, token)

    def _by_its_own_way(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        """A token as the platform gives it; a refusal is named as every other is. Raises CollectorError."""
        assert self.grant.token_of is not None
        table = {**self.table, "client_id": self.client_id, "client_secret": self.client_secret,
                 "token_url": self.token_url}  # fmt: skip
        try:
            return self.grant.token_of(self.http, table, form)
        except PlatformRefused as error:
            raise PlatformRefused(
                f"{self.source}: access was not granted: {error}; check client_id, client_secret and the app's "
                f"settings, then `mentions connect {self.source}`"
            ) from error

    def _session(self, redirect: str) -> Any:
        session = OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=self.grant.between.join(self.grant.scopes),
            redirect_uri=redirect or None,
            code_challenge_method="S256" if self.grant.pkce else None,
            token_endpoint_auth_method="client_secret_basic"
            if self.grant.basic
            else "client_secret_post",
        )
        return self.http.dressed(session, judge=_may_pass)

    def _told(self, call: Callable[[], Any], *, patient: bool = True) -> Mapping[str, Any]:
        """The token endpoint's answer. Its own words stay out of ours: they can hold the code.

        `patient` is false for a call that is patient itself.
        """
        try:
            answer = self.http.patiently(call) if patient else call()
            if not isinstance(answer, Mapping) or not answer.get("access_token"):
                raise PlatformUnavailable(f"{self.source}: the token endpoint sent no token")
        except AuthlibBaseError as error:
            raise PlatformRefused(
                f"{self.source}: access was not granted ({_plain(error.error)}): check client_id, "
                f"client_secret and the app's settings, then `mentions connect {self.source}`"
            ) from None
        except _OAUTH_ERRORS as error:
            raise PlatformUnavailable(
                f"{self.source}: the token endpoint sent what can't be read ({type(error).__name__})"
            ) from None
        return answer

    def _exchanged(self, short: str) -> Mapping[str, Any]:
        """A long-lived token for a short one, as Meta gives it."""
        form = {
            "grant_type": self.grant.exchange, "client_id": self.client_id,
            "client_secret": self.client_secret, self.grant.exchange: short,
        }  # fmt: skip
        answer = self.http.send("POST", self.token_url, form=form)
        payload = http_client.read_json(answer.content, answer.headers, answer.url)
        if not isinstance(payload, dict) or not payload.get("access_token"):
            raise PlatformUnavailable(f"{self.source}: the token endpoint sent no token")
        return payload

    def _token(self, answer: Mapping[str, Any], at: datetime) -> Token:
        access = str(answer["access_token"])
        renews = (
            self.grant.exchange or self.grant.alone
        )  # with itself, or the app's own credentials
        renewal = str(answer.get("refresh_token") or (access if renews else ""))
        if self.grant.finish:
            access = self.grant.finish(self.http, self.table, access)
        return Token(
            source=self.source, access=access, renewal=renewal, at=at,
            expires_at=_in(answer.get("expires_in"), at),
            renewable_until=_in(answer.get("refresh_token_expires_in"), at),
        )  # fmt: skip


def _form_of(back: str, redirect: str, state: str) -> dict[str, str]:
    """What a token is asked for with, by the address that the browser came back with. Raises as authlib does."""
    code = parse_authorization_code_response(back, state=state)["code"]
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}


def _may_pass(response: requests.Response) -> None:
    if response.status_code >= 500 or response.status_code in (408, 425, 429):
        http_client.raise_for_response(response)


def _with_renewal(new: Token, old: Token) -> Token:
    """A platform that sends no new refresh token goes on taking the old one."""
    return Token(
        source=new.source, access=new.access, renewal=old.renewal, at=new.at,
        expires_at=new.expires_at, renewable_until=old.renewable_until,
    )  # fmt: skip


def _in(seconds: object, at: datetime) -> datetime | None:
    try:
        return at + timedelta(seconds=float(str(seconds)))
    except (ValueError, OverflowError):
        return None


def _plain(code: object) -> str:
    return "".join(c for c in str(code)[:60] if c.isalnum() or c in "_-. ")


def access(context: RunContext, name: str) -> Access:
    """How a source is granted access. Raises ConfigError where it needs none or a key is missing."""
    source = context.sources.find(name)
    if source is None or registry.grant(name, source.table) is None:
        granted = (source.name for source in context.sources if registry.grant(source.name))
        able = ", ".join(sorted(granted)) or "none"
        raise ConfigError(
            f"{name}: no source that is granted access by a person; there are: {able}"
        )
    return access_of(source, context.config)


def access_of(source: Source, config: Config) -> Access:
    """The same for a source that needs access. Raises ConfigError where a key is missing."""
    name, grant = source.name, registry.grant(source.name, source.table)
    assert grant is not None, f"{name} needs no access"
    built = {**registry.defaults(name), **source.table}
    for key in ("client_id", "client_secret"):
        if not built.get(key):
            raise ConfigError(
                f"[collectors.{name}] {key}: write where the app's is, before access can be granted"
            )
    http = registry.client(config)
    http.egress.name(addresses_in(built))  # the installer's own
    return Access(
        source=name, grant=grant, http=http, table=built,
        **{key: str(built[key]) for key in ("client_id", "client_secret", "authorize_url", "token_url")},
    )  # fmt: skip


def connect(context: RunContext, name: str, ask: Consent, *, by: str, redirect: str) -> Token:
    """Walks a person through the grant and keeps the token. Raises CollectorError, ConfigError."""
    way = access(context, name)
    if way.grant.alone:
        token = way.renewed(None, clock.now())
    else:
        url, state, verifier = way.ask(redirect)
        back = ask(url, redirect)
        token = way.granted(back, redirect, state, verifier, clock.now())
    context.store.tokens.add(token, by=by)
    return token


def give_up(context: RunContext, name: str, *, by: str, at: datetime) -> None:
    """Removes the token that a source was granted. Raises ConfigError where it has none."""
    if not context.store.tokens.forget(name, by=by, at=at):
        raise ConfigError(f"{name}: no access is saved that could be given up")


def renew(context: RunContext) -> dict[str, str]:
    """Renews what ends soon, and names what can't be renewed a week before it ends.

    A source whose access was renewed goes on with it; the others stay as they are. Why nothing lets a source in meanwhile is told as its failure and handed back, by source.
    """
    without: dict[str, str] = {}
    at = context.at
    on = {source.name: source.table for source in context.sources if not source.turned_off}
    tokens = {token.source: token for token in context.store.tokens.all()}
    for name, table in sorted(on.items()):
        grant, token = registry.grant(name, table), tokens.get(name)
        if grant is None or not (token or registry.is_apps_own(name, table)):
            continue
        if token is None or (_ends_soon(token, at) and token.renewal):
            try:
                way = access(context, name)
                with way.http.budget.limit(LONGEST_RENEWAL):
                    renewed = way.renewed(token, at)
                context.store.tokens.renew(renewed, of=token)
                if granted := context.tokens().get(name):  # a person's, if one granted it meanwhile
                    context.sources.renew_access(name, granted)
            except (CollectorError, ConfigError) as error:
                later = isinstance(error, PlatformUnavailable)
                outcome = "could not be renewed yet" if later else "can't be renewed"
                why = f"access {outcome}: {error}"
                if shut := _is_shut_out(name, table, token, at):
                    without[name] = why
                (context.failed if shut or not later else context.report_progress)(f"{name}: {why}")
    for token in context.store.tokens.ending(at, WARN_BEFORE):
        if token.source in on:
            context.report_progress(f"! {ends(token)}")
    return without


def _is_shut_out(name: str, table: Mapping[str, Any], token: Token | None, at: datetime) -> bool:
    """Whether an app has neither a token whose time is not over nor a key that does as well."""
    over = token.access if token and token.expires_at and token.expires_at <= at else ""
    return (
        registry.is_apps_own(name, table)
        and not registry.has_instead(name, table)
        and table.get(registry.TOKEN, "") in ("", over)
    )


def ends(token: Token) -> str:
    """When access ends that can't be renewed, and what to do."""
    until = token.renewable_until or token.expires_at
    assert until is not None
    day = f"{until.astimezone(clock.READERS_ZONE):%-d %B %Y}"
    return (
        f"{token.source}: access ends on {day} and can't be renewed by itself: "
        f"run `mentions connect {token.source}` before then"
    )


def for_how_long(token: Token) -> str:
    """Until when a token is good, as a person is told."""
    until = (
        f" until {token.expires_at.astimezone(clock.READERS_ZONE):%-d %B %Y}"
        if token.expires_at
        else ""
    )
    return until + (", and renews itself" if token.renewal else "")


def _ends_soon(token: Token, at: datetime) -> bool:
    """In the last quarter of its time, or its last week."""
    if token.expires_at is None:
        return False
    margin = min((token.expires_at - token.at) / 4, timedelta(days=7))
    return token.expires_at - at <= margin


# ── How a person's consent comes back: by a browser to this machine, or pasted by hand. ───────────

Consent = Callable[[str, str], str]  # the address of consent and the redirect; gives where it ended
PATIENCE = 600.0  # seconds for a person to sign in and agree
_SILENCE = 2.0  # seconds for a browser's request: some open a connection beforehand and say nothing
_PAGE = (
    b"<!DOCTYPE html><html lang=en><title>Access</title><p>Thank you. You can close this page and go "
    b"back to the terminal."
)


def pasted(say: Callable[[str], None]) -> Consent:
    """Asks for the address at which the browser ended."""

    def ask(url: str, redirect: str) -> str:
        _tell(url, say)
        say(f"The browser then ends at an address that starts with {redirect}")
        address: str = click.prompt("Paste that whole address here", hide_input=True)
        return checked(address.strip())

    return ask


def listening(say: Callable[[str], None]) -> Consent:
    """Waits on this machine for the browser to come back.

    Asking raises ConfigError where the redirect does not lead here, PlatformRefused where nobody
    agreed in time.
    """

    def ask(url: str, redirect: str) -> str:
        came: list[str] = []
        with _opened(redirect, came) as server:
            _tell(url, say)
            while not came:
                server.handle_request()
        return checked(came[0])

    return ask


def _opened(redirect: str, came: list[str]) -> HTTPServer:
    parts = urlsplit(redirect)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost") or not parts.port:
        raise ConfigError("--redirect does not lead to this machine: use --paste with it")

    class Waiting(BaseHTTPRequestHandler):
        timeout = _SILENCE

        def do_GET(self) -> None:
            there = urlsplit(self.path)
            wanted = there.path == (parts.path or "/") and bool(there.query)
            self.send_response(200 if wanted else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("cache-control", "no-store")
            self.send_header("referrer-policy", "no-referrer")
            self.end_headers()
            if wanted:
                self.wfile.write(_PAGE)
                came.append(f"{redirect}?{there.query}")

        def log_message(self, *_: object) -> None:
            return  # the address holds the code

    try:
        return _Server(("127.0.0.1", parts.port), Waiting)
    except OSError as error:
        raise ConfigError(
            f"port {parts.port} of this machine is taken ({error.strerror}): use --redirect with another "
            "that the app's settings name, or --paste"
        ) from error


class _Server(HTTPServer):
    timeout = PATIENCE

    def handle_timeout(self) -> None:
        raise PlatformRefused("nobody agreed within ten minutes: run it again")


def _tell(url: str, say: Callable[[str], None]) -> None:
    say("Open this address in a browser, signed in as an administrator of the account:\n")
    say(f"  {url}\n")


def checked(back: str) -> str:
    """The address that the browser ended at. Raises PlatformRefused where nobody agreed."""
    if "error=" in urlsplit(back).query:
        raise PlatformRefused("the platform says that access was not granted: run it again")
    return back
