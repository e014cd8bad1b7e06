"""Units of systemd: the page and the schedule as services, and the weekly reading of the database by a timer.

They are confined as far as the program allows: it writes its folders and nothing else, has no rights of root, sees no
devices, and can't make memory executable (`systemd-analyze security` rates them).
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cli.services.installation import Installation, filled
from core.errors import ConfigError
from core.progress import ReportProgress
from settings.secrets import CREDENTIALS

UNITS = Path("/etc/systemd/system")
RUNNING = Path("/run/systemd/system")  # there where systemd runs the machine: sd_booted(3)
SERVICES = ("mentions-serve.service", "mentions-schedule.service")
TIMERS = ("mentions-verify.timer",)
NAMES = (*SERVICES, "mentions-verify.service", *TIMERS)
HOMES = (Path("/home"), Path("/root"), Path("/run/user"))

Run = Callable[[Sequence[str]], int]


def run_command(command: Sequence[str]) -> int:
    """Runs it here, its words on this terminal; its exit status."""
    return subprocess.run(command, check=False).returncode


def units(installation: Installation, folder: Path = UNITS) -> dict[str, str]:
    """Each unit's file by its name."""
    values = {
        "program": " ".join(_argument(part) for part in installation.program),
        "config": _argument(str(installation.config)),
        "units": str(folder),
        "confined": _confined(installation),
    }
    return {name: filled(name, **values) for name in NAMES}


def _confined(installation: Installation) -> str:
    at_home = any(
        Path(path).is_relative_to(home)
        for path in (installation.program[0], installation.folder)
        for home in HOMES
    )
    return filled(
        "confined.conf",
        user=installation.user,
        folder=_specifiers(str(installation.folder)),
        writable=" ".join(_quoted(str(path)) for path in installation.writable),
        home="read-only" if at_home else "yes",
        credentials="\n".join(
            f"LoadCredential={name}:{CREDENTIALS / name}" for name in installation.credentials
        ),
    ).strip().replace("\n\n", "\n")  # fmt: skip


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """As systemd.syntax(7) has it."""
    escaped = _specifiers(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if set(escaped) & set(" '\t\"\\") else escaped


def _argument(text: str) -> str:
    """Of a command, where a $ begins a variable."""
    return _quoted(text).replace("$", "$$")


def install(
    installation: Installation, report_progress: ReportProgress, *, folder: Path = UNITS, run: Run = run_command
) -> None:  # fmt: skip
    """Writes the units and starts them; run again after an update. Raises ConfigError where systemd refuses."""
    must_run()
    for command in preparing(installation):
        _must(run, command)
    for path in installation.writable:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _must(run, ("chown", "-R", f"{installation.user}:", *map(str, installation.writable)))
    for name, content in units(installation, folder).items():
        path = folder / name
        same = path.exists() and path.read_text("utf-8") == content
        path.write_text(content, "utf-8")
        report_progress(f"{'as it was' if same else 'written'}: {path}")
    for command in starting():
        _must(run, command)


def preparing(installation: Installation) -> list[tuple[str, ...]]:
    """What makes the account that it runs as, unless it is there."""
    if not subprocess.run(
        ["id", "-u", installation.user], capture_output=True, check=False
    ).returncode:
        return []
    line = f'u {installation.user} - "Mentions" {installation.folder}'
    return [("systemd-sysusers", "--inline", line)]


def starting() -> list[tuple[str, ...]]:
    """What makes systemd read the units, start them now and with the machine."""
    return [
        ("systemctl", "daemon-reload"),
        ("systemctl", "enable", *SERVICES, *TIMERS),
        ("systemctl", "restart", *SERVICES, *TIMERS),
    ]


def uninstall(
    report_progress: ReportProgress, *, folder: Path = UNITS, run: Run = run_command
) -> None:
    """Stops the units and removes their files; config.toml, data and the account stay. Raises ConfigError."""
    must_run()
    there = [name for name in NAMES if (folder / name).exists()]
    if not there:
        report_progress("no service of this program is installed")
        return
    _must(run, ("systemctl", "disable", "--now", *there))
    for name in there:
        (folder / name).unlink()
        report_progress(f"removed: {folder / name}")
    _must(run, ("systemctl", "daemon-reload"))


def states() -> Mapping[str, str]:
    """What systemd says of each that should run: active, inactive, failed, activating. Raises ConfigError."""
    must_run()
    answer = subprocess.run(
        ["systemctl", "is-active", *SERVICES, *TIMERS], capture_output=True, text=True, check=False
    )
    return dict(zip((*SERVICES, *TIMERS), answer.stdout.split(), strict=False))


def as_service(installation: Installation, arguments: Sequence[str]) -> list[str]:
    """A command that runs this program at the terminal as the service does: as its account, with its secrets."""
    properties = [
        "EnvironmentFile=-/etc/mentions/mentions.env",
        f"WorkingDirectory={_specifiers(str(installation.folder))}",
        "UMask=0077",
        *(f"LoadCredential={name}:{CREDENTIALS / name}" for name in installation.credentials),
    ]
    return [
        "systemd-run", "--quiet", "--pty", "--wait", "--collect", f"--uid={installation.user}",
        *(f"--property={line}" for line in properties),
        *installation.program, *arguments, "--config", str(installation.config),
    ]  # fmt: skip


def must_run() -> None:
    """Raises ConfigError where systemd does not run this machine, as in a container."""
    if not RUNNING.is_dir():
        raise ConfigError(
            "systemd does not run this machine: `mentions service install --dry-run` shows the units; in a container use "
            "packaging/container/compose.yaml"
        )


def _must(run: Run, command: Sequence[str]) -> None:
    if run(command):
        raise ConfigError(f"`{' '.join(command)}` failed: see above, and run this as root")
