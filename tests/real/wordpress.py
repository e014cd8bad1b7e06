"""A real WordPress on loopback, made anew in a folder: Debian's files, a database and a server of its own.

By hand: `python -m tests.real.wordpress FOLDER`. Needs Debian's packages wordpress,
wordpress-theme-twentytwentyfour, php-cli, php-mysql and mariadb-server, no root and no network.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from urllib.request import urlopen

from tests.waits import listens, until

SITE = Path("/usr/share/wordpress")
NEEDED = ("php", "mariadbd", "mariadb-install-db", "mariadb")
ZONE = "America/New_York"  # not UTC, so that a site's own time and GMT are told apart
CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%(socket)s'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '%(url)s'); define('WP_SITEURL', '%(url)s');
define('WP_ENVIRONMENT_TYPE', 'local');  // application passwords without https
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file(__DIR__ . $path)) return false;
if (getenv('PLAIN') && $path !== '/') { http_response_code(404); echo '<html>Not Found</html>'; return true; }
$_SERVER['SCRIPT_NAME'] = '/index.php';
require __DIR__ . '/index.php';
"""
INSTALL = """
define('WP_INSTALLING', true); require 'wp-load.php'; require 'wp-admin/includes/upgrade.php';
wp_install('Ward Nine Diary', 'ana', 'ana@example.org', true, '', 'a-password-of-nobody');
update_option('permalink_structure', '/%Y%/%M%/%D%/%N%/'); update_option('timezone_string', 'ZONE');
switch_theme('twentytwentyfour'); flush_rewrite_rules();
"""


def missing() -> str:
    """What is not installed here; "" where all of it is."""
    lacking = [
        name for name in NEEDED if shutil.which(name, path="/usr/bin:/usr/sbin:/bin:/sbin") is None
    ]
    return ", ".join([*lacking, *([] if SITE.is_dir() else ["wordpress"])])


class WordPress:
    """`with WordPress(folder) as site:` is up and empty but for WordPress's own first post.

    `plain` serves it as a host without rewritten addresses does: all but files and / are 404.
    """

    def __init__(self, folder: Path, *, plain: bool = False) -> None:
        self.root, self.data, self.plain = folder / "site", folder / "database", plain
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            # a socket's path may have 107 characters, which a test's folder can be over
            self.socket = Path(opened.enter_context(tempfile.TemporaryDirectory())) / "db"
            self._database(opened)
            shutil.copytree(SITE, self.root, ignore_dangling_symlinks=True)
            told = {"socket": self.socket, "url": self.url}
            (self.root / "wp-config.php").write_text(CONFIG % told)
            (self.root / "router.php").write_text(ROUTER)
            marks = {
                "%Y%": "%year%",
                "%M%": "%monthnum%",
                "%D%": "%day%",
                "%N%": "%postname%",
                "ZONE": ZONE,
            }
            install = INSTALL
            for mark, real in marks.items():
                install = install.replace(mark, real)
            self._php(install)
            self._serve(opened)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, code: str, **given: Any) -> Any:
        """Runs PHP inside WordPress; `$given` is what it is given, and what it returns comes back."""
        wrapped = (
            "require 'wp-load.php'; require_once 'wp-admin/includes/post.php'; "
            f"$given = json_decode(stream_get_contents(STDIN), true); wp_set_current_user(1);\n"
            f'$told = (function () use ($given) {{ {code} }})(); echo "\\n", json_encode($told);'
        )
        return json.loads(self._php(wrapped, json.dumps(given)).splitlines()[-1])

    def post(self, title: str, content: str, **more: Any) -> int:
        """Writes a post, published now unless `more` says otherwise; its number."""
        fields = {
            "post_title": title,
            "post_content": content,
            "post_status": "publish",
            "post_author": 1,
        }
        return int(self.run("return wp_insert_post($given['post'], true);", post=fields | more))

    def comment(
        self, post: int, content: str, *, parent: int = 0, approved: int = 1, **more: Any
    ) -> int:
        """Writes a comment; its number."""
        fields = {"comment_post_ID": post, "comment_content": content, "comment_parent": parent,
                  "comment_approved": approved, "comment_author": "Bo Example",
                  "comment_author_email": "bo@example.org"}  # fmt: skip
        return int(self.run("return wp_insert_comment($given['comment']);", comment=fields | more))

    def application_password(self, login: str = "ana") -> str:
        """A new one for this user."""
        code = (
            "$user = get_user_by('login', $given['login']); "
            "return WP_Application_Passwords::create_new_application_password("
            "$user->ID, ['name' => wp_generate_uuid4()])[0];"
        )
        return str(self.run(code, login=login))

    def user(self, login: str, role: str) -> None:
        """Adds a user."""
        self.run(
            "return wp_insert_user(['user_login' => $given['login'], 'user_pass' => wp_generate_password(), "
            "'role' => $given['role'], 'user_email' => $given['login'] . '@example.org']);",
            login=login, role=role,
        )  # fmt: skip

    def _php(self, code: str, given: str = "") -> str:
        host = f"$_SERVER['HTTP_HOST'] = '127.0.0.1:{self.port}'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';"
        done = subprocess.run(
            ["php", "-d", "display_errors=stderr", "-r", f"{host} {code}"],
            input=given, cwd=self.root, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"PHP ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def _database(self, opened: ExitStack) -> None:
        user = ["--user=root"] if os.geteuid() == 0 else []
        made = ["mariadb-install-db", "--no-defaults", *user, f"--datadir={self.data}",
                "--auth-root-authentication-method=normal", "--skip-test-db"]  # fmt: skip
        subprocess.run(made, check=True, capture_output=True, timeout=120)
        log = opened.enter_context((self.data / "log").open("w"))
        server = ["mariadbd", "--no-defaults", *user, f"--datadir={self.data}", "--skip-networking",
                  f"--socket={self.socket}", "--innodb-buffer-pool-size=64M"]  # fmt: skip
        _started(opened, server, log)
        ask = ["mariadb", "--no-defaults", f"--socket={self.socket}", "-u", "root", "-e"]
        until(lambda: _answers([*ask, "SELECT 1"]), "MariaDB", every=0.1)
        create = [*ask, "CREATE DATABASE wordpress"]
        subprocess.run(create, check=True, capture_output=True, timeout=60)

    def _serve(self, opened: ExitStack) -> None:
        log = opened.enter_context((self.root / "server.log").open("w"))
        server = [
            "php",
            "-S",
            f"127.0.0.1:{self.port}",
            "-t",
            str(self.root),
            str(self.root / "router.php"),
        ]
        env = {"PATH": "/usr/bin:/bin", "PHP_CLI_SERVER_WORKERS": "2"} | (
            {"PLAIN": "1"} if self.plain else {}
        )
        _started(opened, server, log, env)
        until(lambda: listens(self.port), "PHP's server")
        urlopen(f"{self.url}/", timeout=30).close()


def _answers(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    return done.returncode == 0


def _started(
    opened: ExitStack, command: list[str], log: Any, env: Mapping[str, str] | None = None
) -> None:
    process = subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True)

    def end() -> None:
        os.killpg(process.pid, signal.SIGTERM)  # the server's workers are processes of their own
        process.wait(30)

    opened.callback(end)


if __name__ == "__main__":
    with WordPress(Path(sys.argv[1])) as site:
        password = site.application_password()
        print(f"{site.url}/  user ana, application password {password}; Enter ends it")
        input()
