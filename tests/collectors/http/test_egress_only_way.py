"""Nothing in the program opens an outside address but through the guard, or for a reason that stands here."""

from __future__ import annotations

import ast

import pytest

from tests.test_architecture import FILES, ROOT, name, parsed

GUARD = "collectors/http/egress.py"
# module -> why it opens a connection by itself
OPENS = {
    GUARD: "it is the guard",
    "collectors/http/client.py": "mounts the guard on the session that it makes",
    "collectors/reddit/client.py": "hands its session to Http.dressed, which mounts the guard",
    "steps/access_tokens.py": "hands its session to Http.dressed, which mounts the guard",
    "review/auth/oidc.py": "hands its session to egress.guarded",
    "steps/channels/smtp.py": "the mail server of config.toml, which nobody else names",
    "steps/ask_world.py": "the page's own public_url, whose certificate is looked at, which nobody else names",
    "steps/certificates.py": "the page's own public_url and the mail server of config.toml, which nobody else names",
    "cli/port.py": "listens on this machine",
    "collectors/inbox/client.py": "the mailbox of config.toml, which nobody else names",
}
WAYS = {
    "requests": ("get", "post", "put", "patch", "delete", "head", "options", "request", "Session", "session"),
    "urllib3": ("PoolManager", "ProxyManager", "HTTPConnectionPool", "HTTPSConnectionPool", "request"),
    "urllib.request": ("urlopen", "urlretrieve", "build_opener", "Request"),
    "http.client": ("HTTPConnection", "HTTPSConnection"),
    "socket": ("socket", "create_connection"),
    "smtplib": ("SMTP", "SMTP_SSL"),
    "imaplib": ("IMAP4", "IMAP4_SSL"),
    "asyncio": ("open_connection",),
}  # fmt: skip
SESSIONS = ("OAuth2Session", "MailBox", "MailBoxUnencrypted", "PoolManager", "HTTPAdapter")
OPENING = {*SESSIONS, *(way for ways in WAYS.values() for way in ways)}
LIBRARIES = (
    "httpx",
    "aiohttp",
    "urllib.request",
    "pycurl",
    "websockets",
    "ftplib",
    "telnetlib",
    "nntplib",
    "xmlrpc",
)
PROGRAM = [path for path in FILES if name(path).split("/")[0] not in ("demo", "bench")]


def opened_in(path_name: str) -> list[str]:
    """What in a module opens a connection, or makes what does."""
    found = []
    for node in parsed(ROOT / path_name):
        if isinstance(node, ast.Call):
            last = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if last not in OPENING:
                continue
            written = ast.unparse(node.func)
            library, _, way = written.rpartition(".")
            if way in WAYS.get(library, ()) or written.rpartition(".")[2] in SESSIONS:
                found.append(written)
        elif isinstance(node, ast.ImportFrom) and node.module in WAYS:
            found += [each.name for each in node.names if each.name in WAYS[node.module]]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [each.name for each in node.names] + [getattr(node, "module", "") or ""]
            found += [each for each in names if each.startswith(LIBRARIES)]
    return found


def test_a_module_asks_through_the_guard() -> None:
    modules = [name(path) for path in PROGRAM if name(path) not in OPENS]
    assert len(modules) > 700
    opening = {module: opens for module in modules if (opens := opened_in(module))}
    assert opening == {}, f"use collectors.http.egress, or {GUARD}'s session"


@pytest.mark.parametrize("module", OPENS)
def test_what_opens_by_itself_still_does(module: str) -> None:
    assert (
        opened_in(module)
        or module == GUARD
        or "mailbox" in OPENS[module]
        or "mail server" in OPENS[module]
    )


@pytest.mark.parametrize(
    "module", [each for each, why in OPENS.items() if "guard" in why and each != GUARD]
)
def test_who_makes_a_session_of_its_own_hands_it_to_the_guard(module: str) -> None:
    text = (ROOT / module).read_text("utf-8")
    assert "egress.guarded(" in text or ".dressed(" in text
