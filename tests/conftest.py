"""What tests of the whole way share: a calm world, the demo run once, and the program's commands."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

from cli import main
from core import clock, redaction
from demo.world import World
from store.cases import numbers
from tests.configs import quick_configs
from tests.cycles import ROOT, start
from tests.faults import HTTP, Whole, all_well, whole
from tests.fuzz.profiles import many_or
from tests.models import quick_models
from tests.retries import quick_retries
from tests.stores import quick_stores

Command = Callable[..., Result]
STAMP = re.compile(rb"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:debug|info|warning|error) +")

# Tests name cases by the numbers that they would have without gaps; `tests/store/cases/test_numbers.py` has them.
numbers.skipped = lambda: 0

# How long an example takes says how busy the machine is: what bounds a test is its own time limit.
# A property is tried by few examples, others in each run, and by `make fuzz` by many.
settings.register_profile(
    "tests", max_examples=many_or(25), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")


# What takes longest, a file a worker: begun first, so that at the end all workers are busy (`--no-loadscope-reorder`).
SLOW = (
    "injected/", "test_platforms_faults.py", "review/browser/", "cli/test_demo.py", "test_interrupted.py", "real/", "store/test_every_way.py",
    "review/insights/test_trends.py", "test_pipeline.py", "test_platforms", "cli/", "tuning/", "review/auth/",
    "steps/", "store/test_", "review/moderation/", "bench/", "reports/",
)  # fmt: skip


def pytest_sessionstart(session: pytest.Session) -> None:
    """A site's own settings beside config.toml would lie over it in every test that reads the one that ships."""
    if (ROOT / "site.toml").exists():
        pytest.exit("tests read config.toml as it ships: move site.toml out of this clone first", 4)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Nothing that is collected goes before the end: the garbage collector need not look for it meanwhile."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts files by `SLOW`; within one nothing changes place."""

    def place(path: str) -> int:
        file = path.removeprefix("tests/")
        return next((at for at, begin in enumerate(SLOW) if file.startswith(begin)), len(SLOW))

    paths = {item: item.nodeid.partition("::")[0] for item in items}
    places = {path: place(path) for path in set(paths.values())}
    items.sort(key=lambda item: places[paths[item]])


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look at it again, nor come so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _nothing_outlives_its_test() -> Iterator[None]:
    """What one test kept as a secret is taken out of no line of the next, and the model that a command over several organisations
    shares from then on in its process is not that of the tests after it."""
    kept = dict(redaction._secrets)
    yield
    redaction._secrets.clear()
    redaction._secrets.update(kept)
    if "steps.classifier" in sys.modules:
        sys.modules["steps.classifier"]._SHARED = None  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _quick_stores() -> Iterator[None]:
    """A new database takes no migrations but the first of a process, and no commit waits for the disk."""
    with quick_stores():
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_models() -> Iterator[None]:
    """The model that ships is read by the first test of a process that needs it, and by no other."""
    with quick_models():
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_configs() -> Iterator[None]:
    """A configuration is checked once a process, however often it is read."""
    with quick_configs():
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_retries() -> Iterator[None]:
    """A call that a platform does not answer is tried again soon."""
    with quick_retries():
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one worker compiled of the templates of pages and mails the others read: all of them take seconds."""
    folder = common(tmp_path_factory) / "templates"
    folder.mkdir(exist_ok=True)
    for module in ("review.rendering", "reports.rendering"):
        if module in sys.modules:  # what no test imports need not be loaded for this
            environment = sys.modules[module]._environment
            environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def common(factory: pytest.TempPathFactory) -> Path:
    """A folder of all workers of this run."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def calm(tmp_path: Path) -> Iterator[World]:
    """Every platform and a mail server on loopback, where nothing goes wrong unless a test orders it."""
    with World(at=clock.now(), folder=tmp_path / "world", calm=True) as world:
        yield world


@pytest.fixture(scope="module")
def one_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A calm world for all tests of a module, in which nothing changes."""
    folder = tmp_path_factory.mktemp("world")
    with World(at=clock.now(), folder=folder, calm=True) as world:
        yield world


@pytest.fixture
def world(one_world: World) -> World:
    """The same, without the faults that an earlier test ordered."""
    all_well(one_world)
    return one_world


@pytest.fixture(scope="module")
def wholes(one_world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Whole]:
    """What every platform that is read by HTTP has, where nothing goes wrong."""
    all_well(one_world)
    return {name: whole(one_world, name, tmp_path_factory.mktemp(name)) for name in HTTP}


@pytest.fixture
def mentions() -> Command:
    """`mentions("check", "--config", path)`: the program in this process."""

    def run(*args: str | Path, given: bytes | str | None = None) -> Result:
        result = CliRunner().invoke(main.cli, [str(arg) for arg in args], input=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception  # a bug, which prints its traceback
        for stream in ("stderr_bytes", "output_bytes"):  # what is said, without when and how grave
            setattr(result, stream, STAMP.sub(b"", getattr(result, stream)))
        return result

    return run


@dataclass(frozen=True)
class Shown:
    """What a run of the demo left."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def config(self) -> Path:
        """Its config.toml."""
        return self.folder / "config.toml"


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo command, run once for all workers in a folder that isn't there yet. Only for reading."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return run_demo(tmp_path_factory.mktemp("demo") / "here")
    folder = common(tmp_path_factory)
    with FileLock(folder / "demo.lock"):
        said = folder / "demo.json"
        if not said.exists():
            ran = run_demo(folder / "demo" / "here")
            said.write_text(json.dumps([ran.code, ran.out, ran.err, str(ran.folder)]), "utf-8")
        code, out, err, shown_in = json.loads(said.read_text("utf-8"))
    return Shown(code, out, err, Path(shown_in))


@pytest.fixture
def aftermath(shown: Shown, tmp_path: Path) -> Path:
    """config.toml of a copy of what the demo left, to be changed at will; its servers have stopped."""
    folder = tmp_path / "aftermath"
    shutil.copytree(shown.folder, folder)
    return folder / "config.toml"


def run_demo(folder: Path) -> Shown:
    """`python pipeline.py demo --folder …`, from the folder of the repository."""
    process = start("demo", "--folder", folder)
    out, err = process.communicate(timeout=180)
    return Shown(process.returncode, out, err, folder)
