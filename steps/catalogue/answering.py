"""Answers one part: what every worker does, of whichever engine."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import IO

from classify.classifier import Classifier
from classify.model.checkpoint import opened
from core.errors import MentionsError, ModelError
from steps.bugs import log_bug, of_a_bug
from steps.catalogue import manifest
from steps.catalogue.manifest import MOST_NAMED, Receipt, Settings
from steps.catalogue.parts import Part, lines_of
from steps.catalogue.places import Place
from steps.classify_file import answer_lines

TRIES = 3  # at a part whose worker ends while it reads, after which that part is named as failed
ENDED = f"its worker ended {TRIES} times while it was read: it may take more memory than there is"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a part: its receipt, or why there is none."""

    part: Part
    receipt: Receipt | None
    why: str = ""


class Answerer:
    """A worker's own model with what it answers by. Raises ModelError where the model here is not the one that was asked for."""

    def __init__(self, settings: Settings, model_sha256: str) -> None:
        if manifest.model_sha256(settings.folder) != model_sha256:
            raise ModelError("the model of a worker's machine is another: install the same there")
        weights = opened(settings.folder, 1, settings.policy)  # one thread: a worker a processor
        self._reader = Classifier(settings.known, weights, rules=settings.policy)
        self._model_sha256 = model_sha256
        self._all_scopes = settings.all_scopes

    def answer(self, part: Part, posts: Place, answers: Place) -> Outcome:
        """Writes the answers of a part and its receipt; a part that can't be read is an outcome as well."""
        try:
            return Outcome(part, self._answer(part, posts, answers))
        except MentionsError as error:
            return Outcome(part, None, str(error))
        except OSError as error:
            return Outcome(
                part,
                None,
                f"{error.strerror or type(error).__name__}: the answers can't be written",
            )
        except Exception as bug:  # of one part, which must not cost the others
            log_bug(f"part {part.name}", bug)
            return Outcome(part, None, of_a_bug(bug))

    def _answer(self, part: Part, posts: Place, answers: Place) -> Receipt:
        began = time.process_time()
        with (
            manifest.writing(answers, manifest.masked_name(part.name)) as shown,
            manifest.writing(answers, manifest.answers_name(part.name)) as file,
        ):
            hashed, masked = _Hashed(file), _Hashed(shown)
            answered = answer_lines(
                self._reader, lines_of(posts, part), hashed, masked=masked,  # type: ignore[arg-type]
                all_scopes=self._all_scopes, report_progress=lambda _: None,
            )  # fmt: skip
        receipt = Receipt(
            part=part, model_sha256=self._model_sha256, answered=answered.count,
            left_out=answered.left_out[:MOST_NAMED], left_out_count=len(answered.left_out),
            sha256=hashed.digest, size=hashed.size, masked_sha256=masked.digest, masked_size=masked.size,
            cpu_seconds=round(time.process_time() - began, 2),
        )  # fmt: skip
        manifest.write_json(answers, manifest.receipt_name(part.name), receipt.as_json())
        return receipt


class _Hashed:
    """A file that is written, with the checksum and size of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sha256, self.size = file, hashlib.sha256(), 0

    def write(self, content: bytes) -> int:
        self._sha256.update(content)
        self.size += len(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()

    @property
    def digest(self) -> str:
        """SHA-256, in hex."""
        return self._sha256.hexdigest()
