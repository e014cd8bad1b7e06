"""Identity providers on loopback: one that signs whatever a test says, and npm's `oidc-provider`; a browser for both."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from filelock import FileLock
from joserfc import jws, jwt
from joserfc.jwk import Key, RSAKey

from core.models import Role
from demo.servers.http import stop
from review.auth.oidc import Provider
from review.middleware import RateLimiter
from tests.review.factories import NOW
from tests.waits import finish, line_of

if TYPE_CHECKING:
    from tests.review.conftest import House

TENANT = "1b0a7f2e-0000-4000-8000-00000000a0a0"
OTHER_TENANT = "1b0a7f2e-0000-4000-8000-00000000b0b0"
OBJECT = "a0000000-0000-4000-8000-000000000001"
HANDLE = f"{TENANT}/{OBJECT}"
MINUTE = timedelta(minutes=1)
CLIENT, SECRET = "6731de76-0000-4000-8000-00000000c0c0", "invented-secret+of/the=app%"
ROLES: dict[str, tuple[Role, ...]] = {
    "Mentions.Viewer": ("viewer",), "Mentions.Reviewer": ("reviewer",), "Mentions.Lead": ("reviewer", "lead"),
    "Mentions.Admin": ("admin",),
}  # fmt: skip
HERE = Path(__file__).parent / "provider"
CACHE = Path(__file__).parents[2] / "var" / "oidc-provider"  # beside what else is made here
FIRST_KEY = RSAKey.generate_key(2048, {"kid": "first"})  # takes long to make
LONGEST_INSTALL = 300  # seconds

Sign = Callable[[dict[str, Any], dict[str, Any]], str]  # header and claims to a token


def provider(house: House, issuer: str, **changes: Any) -> Provider:
    """A provider as config.toml would make it; the page of the house uses it from now on."""
    given: dict[str, Any] = {
        "issuer": issuer, "client_id": CLIENT, "secret": SECRET, "roles": ROLES,
        "redirect": f"{house.url}/sign-in/oidc/back", "ask": "the service desk, 01632 960123",
    }  # fmt: skip
    house.desk.oidc = made = Provider(**(given | changes))
    return made


@dataclass
class Browser:
    """Keeps the page's cookies as a browser does on loopback, where httpx would send no secure ones."""

    house: House
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: str) -> httpx.Response:
        """Asks as after a link, and follows nothing."""
        return self._asks("GET", path, query)

    def post(self, path: str) -> httpx.Response:
        """Sends a form of the page itself."""
        return self._asks("POST", path, {})

    def _asks(self, method: str, path: str, query: dict[str, str]) -> httpx.Response:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {
            "Cookie": kept,
            "Sec-Fetch-Site": "same-origin" if method == "POST" else "cross-site",
        }
        answer = httpx.request(
            method, self.house.url + path, params=query or None, headers=headers, timeout=30,
            verify=False,  # no TLS on loopback
        )  # fmt: skip
        for written in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(written).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    def leaves(self, **query: str) -> dict[str, str]:
        """Follows the link to the provider; what that is asked."""
        answer = self.get("/sign-in/oidc", **query)
        assert answer.status_code == 303, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def comes_back(self, asked: dict[str, str], **query: str) -> httpx.Response:
        """Comes back from the stand-in, whose codes are the nonce that it was asked to sign."""
        return self.get(
            "/sign-in/oidc/back", **({"state": asked["state"], "code": asked["nonce"]} | query)
        )

    def signs_in(self, **query: str) -> httpx.Response:
        """There and back."""
        return self.comes_back(self.leaves(**query))


@dataclass
class StandIn:
    """Answers as an identity provider does. What it signs, with which key and how, is a test's to change."""

    issuer: str = ""
    keys: list[Key] = field(default_factory=lambda: [FIRST_KEY])
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)  # of the claims
    sign: Sign | None = None
    published: dict[str, Any] = field(default_factory=dict)  # what discovery says otherwise
    jwks: list[dict[str, Any]] | None = None
    token_answer: tuple[int, dict[str, Any]] | None = None  # instead of a token
    broken: set[str] = field(default_factory=set)  # parts that answer with nonsense
    asked: Counter[str] = field(default_factory=Counter)
    forms: list[dict[str, str]] = field(default_factory=list)

    def told(self, part: str, form: dict[str, str]) -> tuple[int, Any]:
        """Status and JSON of one answer."""
        self.asked[part] += 1
        if part in self.broken:
            return 500, "<b>trouble</b>"
        if part == "openid-configuration":
            return 200, self._discovery()
        if part == "keys":
            return 200, {
                "keys": self.jwks if self.jwks is not None else [key.as_dict() for key in self.keys]
            }
        self.forms.append(form)
        if self.token_answer is not None:
            return self.token_answer
        return 200, {
            "access_token": "opaque",
            "token_type": "Bearer",
            "id_token": self._token(form["code"]),
        }

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", "token_endpoint": f"{self.issuer}/token",
            "authorization_endpoint": f"{self.issuer}/authorize?fixed=1",
            "end_session_endpoint": f"{self.issuer}/logout", "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        } | self.published  # fmt: skip

    def _token(self, nonce: str) -> str:
        now = int(NOW.timestamp())
        usual = {
            "iss": self.issuer, "sub": "pairwise-1", "aud": CLIENT, "iat": now, "nbf": now, "exp": now + 3600,
            "nonce": nonce, "tid": TENANT, "oid": OBJECT, "name": "Amina Yusuf", "ver": "2.0",
            "preferred_username": "amina.yusuf@example.org", "roles": ["Mentions.Reviewer"],
        }  # fmt: skip
        claims = {
            name: value
            for name, value in (usual | self.claims).items()
            if name not in self.left_out
        }
        header = {"alg": "RS256", "typ": "JWT", "kid": self.keys[0].kid} | self.header
        header = {name: value for name, value in header.items() if value is not None}
        if self.sign is not None:
            return self.sign(header, claims)
        lax = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        return jwt.encode(header, claims, self.keys[0], registry=lax, default_type=None)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """A stand-in that listens on loopback."""
    stand_in = StandIn()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            self._answer(form | {"authorization": self.headers.get("authorization", "")})

        def _answer(self, form: dict[str, str]) -> None:
            status, told = stand_in.told(urlsplit(self.path).path.rsplit("/", 1)[1], form)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        stand_in.issuer = f"http://127.0.0.1:{server.server_address[1]}/{TENANT}/v2.0"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield stand_in
        stop(server)
        finish([thread])


def often() -> RateLimiter:
    """For a page that many tests share: they come as often as they like."""
    return RateLimiter(most=10_000, each=100)


def later(house: House, at: datetime) -> None:
    """The page's clock stands there from now on."""
    house.desk.now = lambda: at


def installed() -> Path:
    """The folder in which npm's provider lies ready. Skips where it can't be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not here: the real OpenID Connect provider was not asked")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = CACHE / hashlib.sha256(lock).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=LONGEST_INSTALL):  # one worker installs it for all
        if not (folder / ".ready").exists():
            _install(folder)
        shutil.copy(HERE / "server.mjs", folder)
    return folder


def _install(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    npm = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        npm, cwd=folder, capture_output=True, text=True, timeout=LONGEST_INSTALL, check=False
    )
    if done.returncode:
        pytest.skip(f"npm could not install the real OpenID Connect provider: {done.stderr[-300:]}")
    (folder / ".ready").touch()


@contextmanager
def running(redirect: str, accounts: dict[str, dict[str, Any]]) -> Iterator[str]:
    """npm's provider with these people; its issuer."""
    told = {
        "tenant": TENANT, "accounts": accounts,
        "client": {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [redirect]},
    }  # fmt: skip
    node = ["node", "--no-deprecation", "server.mjs", json.dumps(told)]
    with subprocess.Popen(
        node, cwd=installed(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:  # fmt: skip
        try:
            yield line_of(process.stdout, what="the issuer of npm's provider").strip()
        finally:
            process.kill()
