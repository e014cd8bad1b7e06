"""Services of Windows by WinSW, which keeps a program running, restarts it and rolls its log.

WinSW is one file, which is not ours to ship: packaging/windows/README.md says where it comes from. The XML names no
account; packaging/windows/install.ps1 gives each service one of its own (NT SERVICE), without a password.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path, PureWindowsPath
from xml.sax.saxutils import escape

from cli.services.installation import Installation, filled
from core.errors import ConfigError
from core.progress import ReportProgress

SERVICES = {
    "mentions-serve": ("serve", "Mentions: the review page", "Shows what was flagged, for people to decide."),
    "mentions-schedule": ("schedule", "Mentions: the schedule", "Collects, reads and alerts at their times."),
}  # fmt: skip
FOLDER = "service"  # beside config.toml


def descriptions(installation: Installation) -> dict[str, str]:
    """The XML of each service by its name."""
    folder = PureWindowsPath(installation.folder)
    executable, *before = installation.program
    return {
        f"{number}.xml": filled(
            "mentions.xml",
            id=number,
            name=escape(name),
            description=escape(text),
            executable=escape(executable),
            arguments=escape(
                subprocess.list2cmdline([*before, command, "--config", str(installation.config)])
            ),
            folder=escape(str(folder)),
            logs=escape(str(folder / "data" / "logs")),
        )
        for number, (command, name, text) in SERVICES.items()
    }


def write(installation: Installation, report_progress: ReportProgress, winsw: Path | None) -> None:
    """Writes the XML and, beside it, WinSW under the service's name, as it wants. Raises ConfigError."""
    folder = installation.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (installation.folder / "data" / "logs").mkdir(parents=True, exist_ok=True)
    for name, content in descriptions(installation).items():
        (folder / name).write_text(content, "utf-8")
        report_progress(f"written: {folder / name}")
        if winsw is not None:
            if not winsw.is_file():
                raise ConfigError(f"{winsw} is not there: name WinSW's file by --winsw")
            shutil.copyfile(winsw, (folder / name).with_suffix(".exe"))
    report_progress(
        r"next, as an administrator: packaging\windows\install.ps1 gives them accounts and starts them"
    )
