"""Services as systemd and Windows want them: real systemd-analyze reads the units where it is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cli.main import COMMANDS
from cli.services import installation, systemd, windows
from cli.services.installation import Installation
from core.errors import ConfigError
from settings import schema
from tests.conftest import Command
from tests.cycles import SHIPPED, changed
from tests.fakes import Told

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here"
)
ACCOUNT = "daemon"  # one that every system has
EXPOSURE = 2.5  # of 10: what `systemd-analyze security` calls OK ends at 4.9


def described(folder: Path, *, program: tuple[str, ...] = (sys.executable,)) -> Installation:
    path = folder / "config.toml"
    if not path.exists():
        shutil.copy(SHIPPED, path)
    return installation.of(schema.load(path), path, program=program, user=ACCOUNT)


def written(folder: Path, units: dict[str, str]) -> list[Path]:
    for name, content in units.items():
        (folder / name).write_text(content, "utf-8")
    return [folder / name for name in units]


@needs_systemd
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    paths = written(tmp_path, systemd.units(described(tmp_path)))
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, paths)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    about_ours = [line for line in ran.stderr.splitlines() if "mentions" in line]
    assert (ran.returncode, about_ours) == (0, [])


@needs_systemd
@pytest.mark.parametrize("name", [*systemd.SERVICES, "mentions-verify.service"])
def test_a_service_is_confined_as_systemd_rates_it(name: str, tmp_path: Path) -> None:
    written(tmp_path, systemd.units(described(tmp_path)))
    ran = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(tmp_path / name)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    overall = re.search(r"Overall exposure level for \S+: ([\d.]+)", ran.stdout)
    assert overall is not None, ran.stderr
    assert float(overall[1]) <= EXPOSURE


def test_units_call_commands_that_are_there_and_write_only_what_config_names(
    tmp_path: Path,
) -> None:
    shutil.copy(SHIPPED, tmp_path / "config.toml")
    changed(
        tmp_path / "config.toml",
        store={"path": "here/mentions.db"}, reports={"folder": "told"},
        alerts={"mail": {"password": "credential:smtp"}},
    )  # fmt: skip
    units = systemd.units(described(tmp_path, program=("/opt/a b/mentions",)))
    for name in (*systemd.SERVICES, "mentions-verify.service"):
        command = re.search(
            r'^ExecStart="/opt/a b/mentions" (\S+) --config (\S+)$', units[name], re.M
        )
        assert command is not None
        assert command[1] in COMMANDS
        assert Path(command[2]) == tmp_path / "config.toml"
        assert (
            f"ReadWritePaths={tmp_path / 'data'} {tmp_path / 'here'} {tmp_path / 'told'}\n"
            in units[name]
        )
        assert "LoadCredential=smtp:/etc/mentions/credentials/smtp\n" in units[name]
        assert "ProtectHome=yes\n" in units[name]
    assert set(re.findall(r"^Persistent=(\w+)", units["mentions-verify.timer"], re.M)) == {"true"}


def test_what_lies_in_a_home_can_be_read_there_and_a_percent_sign_is_no_specifier() -> None:
    home = Installation(
        program=("/home/amina/.venv/bin/mentions",), config=Path("/home/amina/100%/config.toml"),
        user="amina", writable=(Path("/home/amina/100%/data"),),
    )  # fmt: skip
    unit = systemd.units(home)["mentions-serve.service"]
    assert "ProtectHome=read-only\n" in unit
    assert "WorkingDirectory=/home/amina/100%%\n" in unit
    assert "--config /home/amina/100%%/config.toml\n" in unit


def test_installing_writes_the_units_then_starts_them_and_again_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systemd, "RUNNING", tmp_path)
    commands: list[Sequence[str]] = []
    folder, told = tmp_path / "units", Told()
    folder.mkdir()

    def run(command: Sequence[str]) -> int:
        commands.append(command)
        return 0

    systemd.install(described(tmp_path), told, folder=folder, run=run)
    assert {path.name for path in folder.iterdir()} == set(systemd.NAMES)
    assert [command[0] for command in commands] == ["chown", *["systemctl"] * 3]
    assert commands[-1] == ("systemctl", "restart", *systemd.SERVICES, *systemd.TIMERS)
    again = Told()
    systemd.install(described(tmp_path), again, folder=folder, run=run)
    assert [line.partition(":")[0] for line in again] == ["as it was"] * len(systemd.NAMES)
    systemd.uninstall(Told(), folder=folder, run=run)
    assert list(folder.iterdir()) == []
    assert commands[-2] == ("systemctl", "disable", "--now", *systemd.NAMES)
    assert (tmp_path / "config.toml").exists()


def test_where_systemd_refuses_it_is_said_which_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systemd, "RUNNING", tmp_path)
    with pytest.raises(ConfigError, match=r"chown -R daemon: .* failed.*root"):
        systemd.install(described(tmp_path), Told(), folder=tmp_path, run=lambda command: 1)


def test_a_machine_without_systemd_is_told_what_there_is_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systemd, "RUNNING", tmp_path / "nowhere")
    with pytest.raises(ConfigError, match=r"--dry-run.*packaging/container/compose\.yaml"):
        systemd.install(described(tmp_path), Told(), folder=tmp_path)


def test_an_account_that_is_missing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    shutil.copy(SHIPPED, path)
    new = installation.of(schema.load(path), path, program=("x",), user="nobody-of-this-name")
    ((program, _, line),) = systemd.preparing(new)
    assert program == "systemd-sysusers"
    assert line == f'u nobody-of-this-name - "Mentions" {tmp_path}'
    assert systemd.preparing(described(tmp_path)) == []


def test_a_command_runs_as_the_service_would(tmp_path: Path) -> None:
    line = systemd.as_service(described(tmp_path), ["user", "link", "admin"])
    assert line[:6] == ["systemd-run", "--quiet", "--pty", "--wait", "--collect", "--uid=daemon"]
    assert line[-5:] == ["user", "link", "admin", "--config", str(tmp_path / "config.toml")]


def test_a_dry_run_shows_everything_and_does_nothing(tmp_path: Path, mentions: Command) -> None:
    shutil.copy(SHIPPED, tmp_path / "config.toml")
    shown = mentions("service", "install", "--dry-run", "--config", tmp_path / "config.toml")
    assert shown.exit_code == 0
    for name in systemd.NAMES:
        assert f"# /etc/systemd/system/{name}\n" in shown.output
    assert "$ systemctl daemon-reload\n" in shown.output
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_on_windows_each_service_is_described_for_winsw(tmp_path: Path) -> None:
    here = described(tmp_path, program=(r"C:\Program Files\Mentions & Co\mentions.exe",))
    for name, content in windows.descriptions(here).items():
        root = ElementTree.fromstring(content)
        fields = {child.tag: child.text or "" for child in root}
        assert fields["id"] == name.removesuffix(".xml")
        assert fields["executable"] == r"C:\Program Files\Mentions & Co\mentions.exe"
        command, option, config = fields["arguments"].split()
        assert (command in COMMANDS, option, config) == (True, "--config", str(here.config))
        (log,) = root.findall("log")
        assert log.get("mode") == "roll-by-size"
        assert "serviceaccount" not in fields  # install.ps1 gives each its own


def test_winsw_lies_beside_each_description_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "WinSW.exe").write_bytes(b"MZ")
    windows.write(described(tmp_path), Told(), tmp_path / "WinSW.exe")
    assert {path.name for path in (tmp_path / "service").iterdir()} == {
        f"mentions-{what}.{kind}" for what in ("serve", "schedule") for kind in ("xml", "exe")
    }
    with pytest.raises(ConfigError, match="--winsw"):
        windows.write(described(tmp_path), Told(), tmp_path / "missing.exe")
