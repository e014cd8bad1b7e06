"""Stand-ins that are passed in: a model whose scores a test says, and whoever is told of progress."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.onnx_model import Scores, Text
from classify.policy import schema
from core.models import PROTECTED

FLAGS = schema.load().names(source="model")
_OTHERS = (
    "in_scope", "staff.icb", "staff.nhs", "staff.no", "sentiment.negative", "sentiment.neutral",
    "sentiment.positive", "target.patient", "target.colleague", "target.person", "target.group",
    "target.organisation", "target.none", "harm.serious", "task.toxic", *(f"protected.{value}" for value in PROTECTED),
)  # fmt: skip
_QUIET = {
    "in_scope": 0.9, "staff.no": 0.9, "sentiment.neutral": 0.9, "target.none": 0.9, "protected.none": 0.9,
}  # fmt: skip


@dataclass(kw_only=True)
class FakeModel:
    """Says of a text what `says` holds for each word that stands in it; else that it is quiet.

    `shown` are the words that show a flag: flag -> word. Every word is a token.
    """

    says: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    version: str = "fake-1"
    flags: Sequence[str] = FLAGS
    read: list[str] = field(default_factory=list)  # every text that it was given
    contexts: list[str] = field(default_factory=list)  # the context of each

    @property
    def outputs(self) -> Sequence[str]:
        """Every output by name."""
        return (*self.flags, *_OTHERS)

    def scores(
        self, texts: Sequence[Text], progress: Callable[[int], None] | None = None
    ) -> list[Scores]:
        """One a text, in order."""
        self.read.extend(text.text for text in texts)
        self.contexts.extend(text.context for text in texts)
        return [self._score(text.text) for text in texts]

    def task_threshold(self, name: str) -> float:
        """From which score on an auxiliary head says yes: the same of all."""
        return 0.5

    def _score(self, text: str) -> Scores:
        outputs = {name: _QUIET.get(name, 0.0) for name in self.outputs}
        for word, said in self.says.items():
            if word in text:
                outputs |= said
        places = [match.span() for match in re.finditer(r"\S+", text)]
        evidence = {name: column for column, name in enumerate((*self.flags, "toxic", "name"))}
        tokens = np.zeros((len(places), len(evidence)), dtype=np.float32)
        for flag, word in self.shown.items():
            for number, (start, end) in enumerate(places):
                tokens[number, evidence[flag]] = 0.9 if word in text[start:end] else 0.0
        return Scores(outputs, tokens, places, evidence)


class Told(list[str]):
    """Whoever is told: remembers every line."""

    def __call__(self, line: str) -> None:
        self.append(line)

    @property
    def failures(self) -> list[str]:
        """The lines that name something that failed or was odd."""
        return [line for line in self if line.startswith("!")]


def reader(model: FakeModel | None = None, **known: object) -> Classifier:
    """A classifier that stands on a fake model."""
    return Classifier(Known(**known), model or FakeModel())  # type: ignore[arg-type]
