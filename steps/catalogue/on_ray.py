"""Parts answered by actors of Ray Data, on this machine or a cluster (the extra `ray`).

Facts of Ray's interfaces are from its source, version 2.60.0, read 2026-11-29: `ray.data.Dataset.map`, `ActorPoolStrategy`, and that
a pool begins an actor anew, and its task with it, however often it ends.

A row of the dataset is a part's name and place, never its posts: each worker reads and writes its parts itself, so that nothing
passes through Ray's memory, and a part whose worker was killed is read anew. Reading can't starve so: a reading task of
Ray Data asks for a whole processor by itself, and beside two actors of 0.9 on two processors it would wait for ever. What an actor
leaves of its processor is Ray's own. That is little: what Ray would count and report of itself is switched off, where nobody switched it on.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ray
from ray.data import ActorPoolStrategy, DataContext
from ray.exceptions import RayError

from core.errors import InputError, MentionsError, ModelError
from steps.catalogue.answering import ENDED, TRIES, Answerer, Outcome
from steps.catalogue.manifest import Receipt, Settings
from steps.catalogue.parts import Part
from steps.catalogue.places import Place

SHARE = 0.9  # of a processor that an actor asks for
# Ray reports its use to its makers by itself, and has no other switch: ray/_common/usage/usage_lib.py
ENVIRONMENT = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
# Nobody looks at these figures of a Ray of our own. Ray gives its workers a niceness of 15 (ray-project/ray, pull request 24928), so
# that on a busy machine they would wait while all else of Ray runs: they are as the command is, and whoever wants it nicer says `nice`.
QUIET = {
    "RAY_enable_metrics_collection": "0", "RAY_task_events_report_interval_ms": "0", "RAY_event_stats": "0",
    "RAY_worker_niceness": "0",
}  # fmt: skip


class Tries:
    """Counts how often each part was begun, since a worker that ends can't."""

    def __init__(self) -> None:
        self._tries = Counter[str]()

    def begin(self, part: str) -> int:
        """One more; how many it is."""
        self._tries[part] += 1
        return self._tries[part]


class Actor:
    """A worker: it loads the model once. Where it can't, each of its rows says why, since Ray would begin it anew for ever."""

    def __init__(
        self, settings: Settings, model_sha256: str, posts: Place, answers: Place, tries: Any
    ) -> None:
        self._posts, self._answers, self._tries = posts, answers, tries
        self._answerer, self._why = None, ""
        try:
            self._answerer = Answerer(settings, model_sha256)
        except MentionsError as error:
            self._why = str(error)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """A part in, what became of it out."""
        part = Part.from_json(json.loads(row["part"]))
        outcome = Outcome(part, None)
        if ray.get(self._tries.begin.remote(part.name)) > TRIES:
            outcome = Outcome(part, None, ENDED)
        elif self._answerer is not None:
            outcome = self._answerer.answer(part, self._posts, self._answers)
        receipt = outcome.receipt.as_json() if outcome.receipt else None
        return {
            "part": row["part"],
            "receipt": json.dumps(receipt),
            "why": outcome.why,
            "cannot": self._why,
        }


def answered(
    settings: Settings, model_sha256: str, parts: Sequence[Part], posts: Place, answers: Place,
    workers: int, address: str = "",
) -> Iterator[Outcome]:  # fmt: skip
    """What becomes of each part, as it does. Raises InputError where there is no Ray or it ends, ModelError.

    `workers`: 0 for one a processor of the cluster. `address`: "" begins a Ray of its own on this machine, and ends it.
    """
    _connect(address, workers)
    try:
        processors = int(ray.cluster_resources().get("CPU", 1))
        count = max(1, min(workers or processors, processors, len(parts)))
        yield from _run(settings, model_sha256, parts, posts, answers, count)
    except RayError as error:
        raise InputError(
            f"Ray ended ({type(error).__name__}): run it again, what was answered stays"
        ) from error
    finally:
        ray.shutdown()


def environment(present: Mapping[str, str], address: str) -> dict[str, str]:
    """What Ray is told by variables: of a Ray of our own what nobody said otherwise, of every one that it reports to nobody."""
    return {**({} if address else QUIET), **present, **ENVIRONMENT}


def _connect(address: str, workers: int) -> None:
    os.environ.update(environment(os.environ, address))
    try:
        if address:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        else:
            ray.init(
                num_cpus=workers or None, include_dashboard=False, log_to_driver=False,
                logging_level=logging.ERROR,
            )  # fmt: skip
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise InputError(
            f"no Ray answers at {address}: begin one with `ray start --head`"
            if address
            else f"Ray does not begin on this machine ({type(error).__name__}): leave --engine ray out"
        ) from error


def _run(
    settings: Settings, model_sha256: str, parts: Sequence[Part], posts: Place, answers: Place, count: int
) -> Iterator[Outcome]:  # fmt: skip
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    DataContext.get_current().enable_progress_bars = False
    tries = ray.remote(num_cpus=0)(Tries).remote()
    rows = [{"part": json.dumps(part.as_json())} for part in parts]
    results = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
        Actor, fn_constructor_args=(settings, model_sha256, posts, answers, tries),
        compute=ActorPoolStrategy(size=count, max_tasks_in_flight_per_actor=1), num_cpus=SHARE,
    )  # fmt: skip
    waiting = {part.name for part in parts}
    # block by block and nothing fetched ahead: `iter_rows` has threads that look a hundred times a second
    blocks = results.iter_batches(batch_size=None, prefetch_batches=0, batch_format="pyarrow")
    for row in (row for block in blocks for row in block.to_pylist()):
        if row["cannot"]:
            raise ModelError(row["cannot"])
        part, receipt = Part.from_json(json.loads(row["part"])), json.loads(row["receipt"])
        if part.name in waiting:  # whatever Ray tries again is told once
            waiting.remove(part.name)
            yield Outcome(part, Receipt.from_json(receipt) if receipt else None, row["why"])
