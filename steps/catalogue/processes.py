"""Parts answered by processes of this machine: one that ends is replaced, and its part is tried once more."""

from __future__ import annotations

import multiprocessing
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from core.errors import MentionsError, ModelError
from steps.catalogue.answering import ENDED, TRIES, Answerer, Outcome
from steps.catalogue.manifest import Settings
from steps.catalogue.parts import Part
from steps.catalogue.places import Place

_NEW = multiprocessing.get_context("spawn")  # forked, it would have threads of the model half
READY = "ready"


@dataclass(slots=True)
class _Worker:
    """A process, what it is asked and answers by, and the part that it reads."""

    process: SpawnProcess
    channel: Connection
    part: Part | None = None
    ready: bool = False


@dataclass
class _Crew:
    """The workers of a run, each replaced where it ends."""

    settings: Settings
    model_sha256: str
    posts: Place
    answers: Place
    workers: list[_Worker] = field(default_factory=list)

    def begin(self) -> None:
        """Starts one more."""
        ours, theirs = _NEW.Pipe()
        process = _NEW.Process(
            target=_work, args=(theirs, self.settings, self.model_sha256, self.posts, self.answers),
            daemon=True,
        )  # fmt: skip
        process.start()
        theirs.close()  # so that its end is heard
        self.workers.append(_Worker(process, ours))

    def heard(self) -> Iterator[tuple[_Worker, Outcome | str | None]]:
        """What workers say, once any does: that it is ready, why it can't be, an outcome, or None of one that ended."""
        some = wait([worker.channel for worker in self.workers])
        for worker in [worker for worker in self.workers if worker.channel in some]:
            try:
                yield worker, worker.channel.recv()
            except (EOFError, OSError):
                self.workers.remove(worker)
                _end(worker)
                yield worker, None


def answered(
    settings: Settings, model_sha256: str, parts: Sequence[Part], posts: Place, answers: Place, workers: int
) -> Iterator[Outcome]:  # fmt: skip
    """What becomes of each part, as it does. Raises ModelError where no worker can begin."""
    crew = _Crew(settings, model_sha256, posts, answers)
    waiting, tries, left = deque(parts), Counter[str](), len(parts)
    try:
        for _ in range(min(workers, left)):
            crew.begin()
        while left:
            for worker, words in crew.heard():
                part, worker.part = worker.part, None
                outcome = words if isinstance(words, Outcome) else None
                if words == READY:
                    worker.ready = True
                elif isinstance(words, str) or (words is None and not worker.ready):
                    raise ModelError(words or "a worker ended before it had read its model")
                elif words is None:
                    crew.begin()
                    if part is not None:
                        tries[part.name] += 1
                        if tries[part.name] < TRIES:
                            waiting.append(part)
                        else:
                            outcome = Outcome(part, None, ENDED)
                if outcome is not None:
                    left -= 1
                    yield outcome
            _hand_out(crew.workers, waiting)
    finally:
        for worker in crew.workers:
            _end(worker)


def _hand_out(workers: Sequence[_Worker], waiting: deque[Part]) -> None:
    for worker in workers:
        if worker.ready and worker.part is None and waiting:
            part = waiting.popleft()
            try:
                worker.channel.send(part)
            except OSError:  # it has just ended, which is heard next
                waiting.appendleft(part)
            else:
                worker.part = part


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.channel.close()


def _work(
    channel: Connection, settings: Settings, model_sha256: str, posts: Place, answers: Place
) -> None:
    """What a worker does until nobody asks it any more."""
    try:
        answerer = Answerer(settings, model_sha256)
    except MentionsError as error:
        channel.send(str(error))
        return
    channel.send(READY)
    while True:
        try:
            part = channel.recv()
        except (EOFError, KeyboardInterrupt):
            return
        channel.send(answerer.answer(part, posts, answers))
