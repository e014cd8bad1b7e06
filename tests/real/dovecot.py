"""A real Dovecot on loopback, made anew in a folder: one user with a password and tokens, TLS and STARTTLS.

Needs Debian's dovecot-imapd (2.4) and openssl; root or not, no network.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

from tests.waits import finish, listens, until

USER, PASSWORD, TOKEN = "reports@example.org", 's3cr3t of "nobody" \\ £5', "a-good-token"
NEEDED = {"dovecot": "/usr/sbin", "doveadm": "/usr/bin", "openssl": "/usr/bin"}
CONFIG = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {run}
log_path = {folder}/log
auth_verbose = yes
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
ssl = required
ssl_server_cert_file = {folder}/cert.pem
ssl_server_key_file = {folder}/key.pem
mail_driver = maildir
mail_home = {home}
mail_path = {home}/Maildir
mail_uid = {owner}
mail_gid = {owner_group}
first_valid_uid = 1
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
passdb passwd-file {{
  passwd_file_path = {folder}/users
}}
userdb static {{
}}
oauth2 {{
  introspection_url = http://127.0.0.1:{introspection}/?token=
  introspection_mode = get
  username_attribute = username
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
"""


def missing() -> str:
    """What is not installed here; "" where all of it is."""
    lacking = [name for name, path in NEEDED.items() if shutil.which(name, path=path) is None]
    if not lacking:
        said = subprocess.run(
            ["/usr/sbin/dovecot", "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        lacking = [] if said.stdout.startswith("2.4") else ["dovecot 2.4"]
    return ", ".join(lacking)


class Dovecot:
    """`with Dovecot() as server:` is up, with an empty INBOX. `ca` is what a client must trust."""

    def __init__(self) -> None:
        self.tls, self.starttls = _free(), _free()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            # short, for the sockets in it, and for the mailbox's owner to enter
            self.folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="dc")))
            self.folder.chmod(0o755)
            self.ca, self._config = self.folder / "cert.pem", self.folder / "dovecot.conf"
            self.home = self.folder / "home"
            self._introspection = opened.enter_context(_Introspection())
            self._prepare()
            self._serve(opened)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def deliver(self, raw: bytes, came: str = "", folder: str = "INBOX") -> None:
        """Puts a mail into a folder, as it is; `came` is its internal date as doveadm writes one."""
        date = ["-r", came] if came else []
        self._doveadm("save", "-u", USER, "-m", folder, *date, given=raw)

    def make(self, folder: str) -> None:
        """Makes a folder."""
        self._doveadm("mailbox", "create", "-u", USER, folder)

    def empty(self, folder: str = "INBOX") -> None:
        """Removes all mails of a folder."""
        self._doveadm("expunge", "-u", USER, "mailbox", folder, "all")

    def flags(self) -> list[str]:
        """The flags of each mail in INBOX."""
        told = self._doveadm("-f", "tab", "fetch", "-u", USER, "flags", "mailbox", "INBOX", "all")
        return told.splitlines()[1:]

    def renumber(self) -> None:
        """Gives INBOX a new UIDVALIDITY."""
        self._doveadm(
            "mailbox", "update", "-u", USER, "--uid-validity", str(int(time.time())), "INBOX"
        )

    def _prepare(self) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", self.folder / "key.pem", "-out", self.ca, "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        root, me = os.geteuid() == 0, getpass.getuser()
        self.home.mkdir()
        if root:
            shutil.chown(self.home, "mail", "mail")
        told = {
            "folder": self.folder, "run": self.folder / "run", "home": self.home, "tls": self.tls,
            "starttls": self.starttls, "introspection": self._introspection.port,
            "internal": "dovecot" if root else me, "login": "dovenull" if root else me,
            "group": "dovecot" if root else me, "owner": "mail" if root else me,
            "owner_group": "mail" if root else me,
        }  # fmt: skip
        self._config.write_text(CONFIG.format(**told))
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")

    def _serve(self, opened: ExitStack) -> None:
        process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", self._config], start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

        def end() -> None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

        opened.callback(end)
        try:
            until(lambda: listens(self.tls), "Dovecot")
        except TimeoutError as error:
            error.add_note((self.folder / "log").read_text()[-2000:])
            raise

    def _doveadm(self, *command: str, given: bytes = b"") -> str:
        done = subprocess.run(
            ["doveadm", "-c", self._config, *command], input=given, capture_output=True, timeout=60,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"doveadm {command[0]}: {done.stderr.decode()[-2000:]}")
        return done.stdout.decode()


class _Introspection(ThreadingHTTPServer):
    """Says of a token whose it is, to Dovecot (RFC 7662)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Introspecting)
        self.port = int(self.server_address[1])
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        finish([self._thread])


class _Introspecting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        good = self.path.endswith(f"token={TOKEN}")
        body = f'{{"active": true, "username": "{USER}"}}' if good else '{"active": false}'
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        return


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
