"""Answers a catalogue part by part, by processes here or by Ray: what is done stays done, and a resume goes on with the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from classify.model.windows import cores
from core import clock
from core.errors import ConfigError, InputError
from core.progress import Line, ReportProgress
from settings.policy import load_policy
from settings.schema import Config
from steps.catalogue import manifest, processes
from steps.catalogue.answering import Outcome
from steps.catalogue.manifest import MANIFEST, Manifest, Receipt, Settings
from steps.catalogue.parts import PART_MB, Part, plan
from steps.catalogue.places import Folder, Place, folder_of, place_of
from steps.classifier import known
from steps.model_files import model_folder

Engine = Literal["processes", "ray"]
INSTALL = "pip install 'nwl-mentions[ray]'"
Run = Callable[[Settings, str, Sequence[Part], Place, Place], Iterator[Outcome]]
NAMED = 20  # lines that are named of a part
TELL_EACH = 2.0  # seconds between lines of progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is asked for. `workers`: 0 for one a processor; `address`: of a cluster of Ray, "" for this machine."""

    posts: str
    answers: str
    engine: Engine = "processes"
    address: str = ""
    workers: int = 0
    all_scopes: bool = False
    part_mb: float = PART_MB


@dataclass
class Sum:
    """What has come of a catalogue: parts, posts, lines that were left out, seconds of the processor."""

    parts: int = 0
    posts: int = 0
    left_out: int = 0
    cpu_seconds: float = 0.0
    failed: list[str] = field(default_factory=list)

    def add(self, receipt: Receipt) -> None:
        """Counts a part that is whole."""
        self.parts += 1
        self.posts += receipt.answered
        self.left_out += receipt.left_out_count
        self.cpu_seconds += receipt.cpu_seconds


def classify_parts(
    config: Config,
    folder: Path,
    job: Job,
    report_progress: ReportProgress,
    *,
    run: Run | None = None,
) -> Sum:
    """Answers what of a catalogue is not answered yet, and says what came of all of it.

    `run` answers parts instead of what the job names.

    Raises InputError where the answers there were given by anything else, ConfigError, ModelError.
    """
    engine = run or _engine(job, report_progress)
    (posts, pattern), answers = place_of(job.posts), folder_of(job.answers)
    if answers.address == posts.address:
        raise InputError(
            "--input and --output are the same folder: give one of their own for the answers"
        )
    if isinstance(answers, Folder):
        answers.sweep()
    settings, written = _settled(config, folder, job, answers)
    parts = plan(posts, pattern, written.part_bytes, without=below(posts, answers))
    if manifest.read(answers) is None:
        manifest.write_json(answers, MANIFEST, asdict(written))
    total = Sum()
    whole = {receipt.part.name: receipt for receipt in manifest.receipts(answers)}
    for part in parts:
        if part.name in whole:
            _check_same(part, whole[part.name].part)
            total.add(whole[part.name])
    waiting = [part for part in parts if part.name not in whole]
    if total.parts:
        report_progress(f"{total.parts:,} of {len(parts):,} parts are answered already")
    progress = _Progress(report_progress, total, Sum(), len(parts))
    for outcome in (
        engine(settings, written.model_sha256, waiting, posts, answers) if waiting else ()
    ):
        progress.hear(outcome)
    progress.end()
    return total


def _engine(job: Job, report_progress: ReportProgress) -> Run:
    """What answers parts. Without Ray the same is done by processes of this machine, which is said."""
    if job.address and job.engine != "ray":
        raise ConfigError("--address is for --engine ray")
    if job.engine == "ray" and find_spec("ray") is not None:
        from steps.catalogue import on_ray

        return partial(on_ray.answered, workers=job.workers, address=job.address)
    if job.address:
        raise ConfigError(f"--address needs Ray here too: {INSTALL}")
    if job.engine == "ray":
        report_progress(
            f"! Ray is not installed ({INSTALL}): processes of this machine give the same answers"
        )
    workers = job.workers or cores()
    return partial(processes.answered, workers=workers)


def _settled(config: Config, folder: Path, job: Job, answers: Place) -> tuple[Settings, Manifest]:
    """By what is answered, as the manifest says that is there, or a new one. Raises InputError where they differ."""
    before = manifest.read(answers)
    at = before.at if before else clock.now()
    model = model_folder(config, folder)
    settings = Settings(
        known=known(config, at), policy=load_policy(config, folder),
        model=model.absolute() if config.classifier.model else None, all_scopes=job.all_scopes,
    )  # fmt: skip
    now = Manifest(
        input=_full(job.posts), part_bytes=max(1, round(job.part_mb * (1 << 20))), all_scopes=job.all_scopes,
        model_sha256=manifest.model_sha256(settings.folder),
        policy=settings.policy.version, policy_sha256=manifest.checksum(settings.policy),
        settings_sha256=manifest.checksum(settings.known), begun=clock.text(at),
    )  # fmt: skip
    if before is not None and (others := manifest.difference(before, now)):
        raise InputError(
            f"{answers.address} was begun under something else ({others}): go on as it was begun, or give another --output"
        )
    return settings, now


def _full(address: str) -> str:
    """The address of the posts whatever the folder that a command is run in."""
    return address if "://" in address else str(Path(address).absolute())


def below(posts: Place, answers: Place) -> str:
    """The folder of answers as seen from that of posts; "" where it is not below."""
    if isinstance(posts, Folder) and isinstance(answers, Folder):
        if answers.path.is_relative_to(posts.path):
            return answers.path.relative_to(posts.path).as_posix()
        return ""
    bare, under = posts.address.partition("?")[0], answers.address.partition("?")[0]
    return under.removeprefix(f"{bare}/") if under.startswith(f"{bare}/") else ""


def _check_same(part: Part, before: Part) -> None:
    if part != before:
        raise InputError(
            f"{part.file} is another since it was answered: give another --output, or put it back"
        )


@dataclass
class _Progress:
    """Says how far it is: parts, posts, their pace and how long the rest takes at it."""

    report_progress: ReportProgress
    total: Sum
    run: Sum  # of this run alone
    parts: int
    began: float = field(default_factory=time.monotonic)
    told_at: float = 0.0

    def hear(self, outcome: Outcome) -> None:
        """Counts what became of a part, and names what is not right."""
        name = outcome.part.name
        if outcome.receipt is None:
            self.total.failed.append(name)
            self.report_progress(
                f"! part {name}: {outcome.why}; run it again to try this part once more"
            )
        else:
            self.total.add(outcome.receipt)
            self.run.add(outcome.receipt)
            self._name_lines(name, outcome.receipt)
        if time.monotonic() - self.told_at >= TELL_EACH:
            self._tell()

    def _name_lines(self, name: str, receipt: Receipt) -> None:
        for why in receipt.left_out[:NAMED]:
            self.report_progress(f"! part {name}, {why}; left out")
        if (more := receipt.left_out_count - NAMED) > 0:
            self.report_progress(f"! part {name}: {more:,} more lines were left out")

    def _tell(self) -> None:
        self.told_at = time.monotonic()
        done = self.total.parts + len(self.total.failed)
        seconds, run = time.monotonic() - self.began, self.run.parts
        left = (self.parts - done) * seconds / run if run else 0
        rest = f", about {how_long(left)} left" if left else ""
        if done >= self.parts:
            return  # the last line says it
        self.report_progress(Line(
            f"parts {done:,} of {self.parts:,}, {self.total.posts:,} posts{rest}", "catalogue",
            parts=done, of=self.parts, posts=self.total.posts,
        ))  # fmt: skip

    def end(self) -> None:
        """Says what came of all of it."""
        total, run = self.total, self.run
        pace = f", {run.posts / run.cpu_seconds:,.0f} a CPU-second" if run.cpu_seconds > 1 else ""
        words = f"answered: {total.posts:,} posts in {total.parts:,} of {self.parts:,} parts{pace}"
        words += (
            f"; {total.left_out:,} line{'s' * (total.left_out != 1)} left out"
            if total.left_out
            else ""
        )
        words += (
            f"; {len(total.failed):,} part{'s' * (len(total.failed) != 1)} failed"
            if total.failed
            else ""
        )
        self.report_progress(Line(
            words, "catalogue answered", posts=total.posts, parts=total.parts, of=self.parts,
            left_out=total.left_out, failed=len(total.failed),
        ))  # fmt: skip


def how_long(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
