"""Mentions in, readings out: the transformer's scores and the rules' findings, brought together.

The model reads what words mean; recognisers find identifiers; rules hold what the codebook states as a
rule. `judge` says how they decide together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from classify import decision, inputs, pid
from classify.inputs import Known, Progress, Readable, Scorer
from classify.model.onnx_model import Model, Text
from classify.pid.base import Contacts
from classify.policy import schema
from classify.policy.schema import Policy
from classify.text import language
from core.errors import ModelError
from core.models import LOOKS_LIKE, SHOWS_LOGO, Flag, Reading


class Classifier:
    """One model under one policy. Raises ModelError where they name different flags."""

    def __init__(
        self, known: Known, model: Scorer | None = None, *, rules: schema.Policy | None = None
    ) -> None:
        self.policy = rules or schema.load()
        self._model = model or Model()  # the one that ships
        own = known.official or {}
        handles = tuple(f"@{handle}" for handles in own.values() for handle in sorted(handles))
        self._known = replace(known, names=(*known.names, *handles))
        self._contacts = Contacts(
            phones=known.phones, emails=known.emails, postcodes=known.postcodes
        )
        self._must_fit(self.policy)

    @property
    def version(self) -> str:
        """The model's version, part of an assessment's key."""
        return self._model.version

    def read(
        self,
        posts: Sequence[Readable],
        *,
        all_scopes: bool = False,
        progress: Progress | None = None,
    ) -> list[Reading]:
        """One Reading a post, in order. `all_scopes` flags content even where it is out of scope."""
        return [
            decision.decide(evidence, self.policy, self._known, all_scopes=all_scopes)
            for evidence in self._evidence(posts, progress)
        ]

    def read_under(
        self, posts: Sequence[Readable], policies: Sequence[schema.Policy]
    ) -> list[tuple[Reading, ...]]:
        """What each policy makes of each post, in order: the model reads once, the rules decide again.

        Raises ModelError where a policy names other flags than the model.
        """
        for rules in policies:
            self._must_fit(rules)
        return [
            tuple(
                decision.decide(evidence, rules, self._known, all_scopes=False)
                for rules in policies
            )
            for evidence in self._evidence(posts)
        ]

    def weigh(
        self, posts: Sequence[Readable], *, all_scopes: bool = False
    ) -> list[tuple[Reading, Mapping[str, float]]]:
        """Each post's Reading with every flag's score, held or not, as thresholds meet it.

        A flag that can't hold of a post (a grievance by the public, most flags out of scope) is left out.
        """
        scored_readings = []
        for evidence in self._evidence(posts):
            weighed = decision.score_flags(
                evidence, self.policy, self._known, all_scopes=all_scopes
            )
            scored_readings.append(
                (
                    decision.apply_thresholds(evidence, weighed, self.policy, self._known),
                    weighed.scores,
                )
            )
        return scored_readings

    def task_scores(self, task: str, texts: Sequence[str]) -> list[float]:
        """What an auxiliary head says of texts, from 0 to 1. Raises ModelError for an unknown one."""
        scores = self._model.scores([Text(text) for text in texts])
        try:
            return [text_scores.outputs[f"task.{task}"] for text_scores in scores]
        except KeyError as error:
            heads = sorted(
                name.removeprefix("task.")
                for name in self._model.outputs
                if name.startswith("task.")
            )
            raise ModelError(
                f"the model has no head {task!r}; it has {', '.join(heads)}"
            ) from error

    def task_threshold(self, task: str) -> float:
        """From which score on an auxiliary head says yes."""
        return self._model.task_threshold(task)

    def shown(
        self, evidence: str, texts: Sequence[str], least: float
    ) -> list[tuple[tuple[int, int], ...]]:
        """Where each text's tokens show `evidence` from the probability `least` on. Half open."""
        scores = self._model.scores([Text(text) for text in texts])
        return [text_scores.spans(evidence, least) for text_scores in scores]

    def _must_fit(self, rules: schema.Policy) -> None:
        unlike = set(self._model.flags) ^ set(rules.flags)
        if unlike:
            raise ModelError(
                f"policy.toml and the model name different flags ({', '.join(sorted(unlike))}): "
                "use the policy that came with the model, or train one"
            )

    def _evidence(
        self, posts: Sequence[Readable], progress: Progress | None = None
    ) -> Iterator[inputs.Evidence]:
        texts = [Text(post.text, post.platform, post.author.bio) for post in posts]
        for post, scores in zip(posts, self._model.scores(texts, progress), strict=True):
            own = bool(getattr(post, "own", False))  # a line of a file does not say
            official = own or _stands(post, self._known.official)
            public = official or _stands(post, self._known.register)
            yield inputs.Evidence(
                post=post,
                scores=scores,
                hits=pid.find(
                    post.text, contacts=self._contacts, bio=post.author.bio, official=public
                ),
                written=language.detect(post.text),
                official=official,
                public=public,
                contacts=self._contacts,
            )


def _stands(post: Readable, register: Mapping[str, frozenset[str]] | None) -> bool:
    handle = post.author.handle.lower().lstrip("@")
    return bool(handle and register and handle in register.get(post.platform, frozenset()))


# ── What was found out about a mention before it is read: a profile like ours, a picture like a logo of ours.
#
# These are no readings of words, so that they hold whatever the model thinks: the flags of codebook
# clauses 4, 5 and 6.12 are put on, for a person to look at.

_FLAGS = {LOOKS_LIKE: "impersonation", SHOWS_LOGO: "brand"}
_SCORE = 0.9  # no probability: what was compared was alike


def add_impersonation_flags(reading: Reading, matched: Sequence[str], policy: Policy) -> Reading:
    """The reading with the flags that marks put on it, in scope where there is one."""
    there = {flag.name for flag in reading.flags}
    names = [
        name
        for start, name in _FLAGS.items()
        if name not in there and any(mark.startswith(start) for mark in matched)
    ]
    if not names:
        return reading
    added = (Flag(name=name, score=_SCORE, clauses=policy.clauses_of(name)) for name in names)
    flags = sorted((*reading.flags, *added), key=lambda flag: -flag.score)
    return dataclasses.replace(reading, in_scope=True, flags=tuple(flags))
