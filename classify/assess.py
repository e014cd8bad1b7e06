"""Mentions in, readings out: the transformer's scores and the rules' findings, brought together.

The model reads what words mean; recognisers find identifiers; rules hold what the codebook states as a
rule. `judge` says how they decide together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from classify import judge, language, pid, policy
from classify.contacts import Contacts
from classify.model import Model, Scores, Text
from errors import ModelError
from mention import Author, Reading

Progress = Callable[[int], None]


class Scorer(Protocol):
    """What reads texts: `classify.model.Model`."""

    @property
    def version(self) -> str: ...
    @property
    def flags(self) -> Sequence[str]: ...
    @property
    def outputs(self) -> Sequence[str]: ...
    def scores(self, texts: Sequence[Text], progress: Progress | None = None) -> list[Scores]: ...


class Readable(Protocol):
    """What is read of a post: a Mention, or a line of a file."""

    @property
    def text(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def author(self) -> Author: ...
    @property
    def posted_at(self) -> datetime | None: ...


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the classifier is told of the organisation. Handles are in lower case without @."""

    names: Sequence[str] = ()
    places: Sequence[str] = ()
    providers: Sequence[str] = ()
    register: Mapping[str, frozenset[str]] | None = None  # platform -> every public body's handles
    official: Mapping[str, frozenset[str]] | None = None  # platform -> the organisation's own
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    postcodes: Sequence[str] = ()


class Classifier:
    """One model under one policy. Raises ModelError where they name different flags."""

    def __init__(
        self, known: Known, model: Scorer | None = None, *, rules: policy.Policy | None = None
    ) -> None:
        self.policy = rules or policy.load()
        self._model = model or Model()  # the one that ships
        own = known.official or {}
        handles = tuple(f"@{handle}" for handles in own.values() for handle in sorted(handles))
        self._known = replace(known, names=(*known.names, *handles))
        self._contacts = Contacts(
            phones=known.phones, emails=known.emails, postcodes=known.postcodes
        )
        unlike = set(self._model.flags) ^ set(self.policy.flags)
        if unlike:
            raise ModelError(
                f"policy.toml and the model name different flags ({', '.join(sorted(unlike))}): "
                "use the policy that came with the model, or train one"
            )

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
        texts = [Text(post.text, post.platform, post.author.bio) for post in posts]
        scores = self._model.scores(texts, progress)
        return [
            self._reading(post, told, all_scopes) for post, told in zip(posts, scores, strict=True)
        ]

    def task_scores(self, task: str, texts: Sequence[str]) -> list[float]:
        """What an auxiliary head says of texts, from 0 to 1. Raises ModelError for an unknown one."""
        scores = self._model.scores([Text(text) for text in texts])
        try:
            return [told.outputs[f"task.{task}"] for told in scores]
        except KeyError as error:
            heads = sorted(
                name.removeprefix("task.")
                for name in self._model.outputs
                if name.startswith("task.")
            )
            raise ModelError(
                f"the model has no head {task!r}; it has {', '.join(heads)}"
            ) from error

    def _reading(self, post: Readable, scores: Scores, all_scopes: bool) -> Reading:
        own = bool(getattr(post, "own", False))  # a line of a file does not say
        official = own or _stands(post, self._known.official)
        public = official or _stands(post, self._known.register)
        found = judge.Evidence(
            post=post,
            scores=scores,
            hits=pid.find(post.text, contacts=self._contacts, bio=post.author.bio, official=public),
            written=language.detect(post.text),
            official=official,
            public=public,
        )
        return judge.judge(found, self.policy, self._known, all_scopes=all_scopes)


def _stands(post: Readable, register: Mapping[str, frozenset[str]] | None) -> bool:
    handle = post.author.handle.lower().lstrip("@")
    return bool(handle and register and handle in register.get(post.platform, frozenset()))
