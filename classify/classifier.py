"""Mentions in, readings out: the transformer's scores and the rules' findings, brought together.

The model reads what words mean; recognisers find identifiers; rules hold what the codebook states as a
rule. `decision` says how they decide together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from classify import decision, inputs, pid
from classify.inputs import Known, Progress, Readable, Scorer
from classify.model.onnx_model import Model, Scores, Text
from classify.pid import Hit
from classify.pid.base import Contacts
from classify.policy import schema
from classify.policy.schema import FlagPolicy, Policy
from classify.rules import scope
from classify.rules.flag_rules import FLAG_RULES, FlagRule
from classify.text.names import names_for
from core.errors import ModelError
from core.explanation import FlagExplanation, RuleStep
from core.models import LOOKS_LIKE, SHOWS_LOGO, Flag, Reading


class Classifier:
    """One model under one policy, with the rules that decide what no model scores.

    Raises ModelError where policy and model, or policy and `flag_rules`, name different flags.
    """

    def __init__(
        self,
        known: Known,
        model: Scorer | None = None,
        *,
        rules: schema.Policy | None = None,
        flag_rules: Mapping[str, FlagRule] = FLAG_RULES,
    ) -> None:
        self.policy = rules or schema.load()
        self._flag_rules = flag_rules
        self._model = model or Model()  # the one that ships
        own = known.official or {}
        handles = tuple(f"@{handle}" for handles in own.values() for handle in sorted(handles))
        self._known = replace(known, names=(*known.names, *handles))
        self._names = names_for(self._known.names, known.places, known.providers)
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
            self._decide(evidence, self.policy, all_scopes=all_scopes)
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
            tuple(self._decide(evidence, rules) for rules in policies)
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
            scored = decision.score_flags(
                evidence, self.policy, self._known, all_scopes=all_scopes,
                flag_rules=self._flag_rules,
            )  # fmt: skip
            reading = decision.apply_thresholds(evidence, scored, self.policy, self._known)
            scored_readings.append((reading, scored.scores))
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

    def _decide(
        self, evidence: inputs.Evidence, policy: schema.Policy, *, all_scopes: bool = False
    ) -> Reading:
        return decision.decide(
            evidence, policy, self._known, all_scopes=all_scopes, flag_rules=self._flag_rules
        )

    def _must_fit(self, rules: schema.Policy) -> None:
        unlike = set(self._model.flags) ^ set(rules.names(source="model"))
        if unlike:
            raise ModelError(
                f"policy.toml and the model name different flags ({', '.join(sorted(unlike))}): "
                "use the policy that came with the model, or train one"
            )
        lacking = set(rules.names(source="rule")) - set(self._flag_rules)
        if lacking:
            raise ModelError(
                f"policy.toml has a rule decide what no rule knows ({', '.join(sorted(lacking))}): "
                "add it to classify/rules/flag_rules.py, or take the flag out"
            )

    def _evidence(
        self, posts: Sequence[Readable], progress: Progress | None = None
    ) -> Iterator[inputs.Evidence]:
        words = [inputs.own_words_of(post) for post in posts]
        texts = [
            inputs.encoder_text(post, own, self._known)
            for post, own in zip(posts, words, strict=True)
        ]
        quoting = [inputs.quoting_text(own, text) for own, text in zip(words, texts, strict=True)]
        pictured = [inputs.pictured_text(post) for post in posts]
        extra = [*filter(None, quoting), *(text for text, _ in filter(None, pictured))]
        scored = self._scores([*texts, *extra], progress)
        count = sum(text is not None for text in quoting)
        scored_quoting = iter(scored[len(texts) : len(texts) + count])
        scored_pictured = iter(scored[len(texts) + count :])
        alone = self._alone(posts, texts, scored[: len(texts)])
        for at, (post, own_words, scores, quoted, in_pictures) in enumerate(
            zip(posts, words, scored[: len(texts)], quoting, pictured, strict=True)
        ):
            own = bool(getattr(post, "own", False))  # a line of a file does not say
            may_be_staff = self._may_be_staff(post, own_words.text)
            official = own or (_stands(post, self._known.official) and not may_be_staff)
            public = official or (_stands(post, self._known.register) and not may_be_staff)
            yield inputs.Evidence(
                post=post,
                scores=scores,
                hits=pid.find(
                    post.text, contacts=self._contacts, bio=post.author.bio, official=public
                ),
                alt_hits=self._in_pictures(post),
                read_hits=self._read_in_pictures(post),
                written=inputs.language_of(post, own_words),
                official=official,
                public=public,
                contacts=self._contacts,
                own_text=own_words.text,
                quoting=inputs.Quoting(quoted.text, next(scored_quoting)) if quoted else None,
                pictured=_pictured(in_pictures, scored_pictured),
                alone=alone.get(at),
            )

    def _alone(
        self, posts: Sequence[Readable], texts: Sequence[Text], scored: Sequence[Scores]
    ) -> dict[int, Mapping[str, float]]:
        """Place of a reply -> its scores without its context, where a flag that its own words have to show is neither sure nor out of reach."""
        doubtful = [
            at
            for at, (post, scores) in enumerate(zip(posts, scored, strict=True))
            if post.context.answered
            and any(
                decision.UNSAID_ALONE <= scores.outputs.get(name, 0.0) < decision.SURE_IN_REPLY
                for name in decision.OWN_WORDS
            )
        ]
        bare = self._scores([replace(texts[at], context="") for at in doubtful], None)
        return {at: scores.outputs for at, scores in zip(doubtful, bare, strict=True)}

    def _may_be_staff(self, post: Readable, words: str) -> bool:
        """Whether the writer of an account of the register works here, by their words, or may: then they are read as anybody is, whatever the register says.

        One person could register whoever speaks up. Of a body's own account the plain words alone count, since the model takes its *we* for staff.
        """
        if not _stands(post, self._known.register) and not _stands(post, self._known.official):
            return False
        if self._known.settled is not None and not _stands(post, self._known.settled):
            return True  # one person may have registered it: it is read as anybody's
        cues = scope.staff_cues(words, post.author.bio, self._known.names)
        return cues.suggests in ("icb", "nhs")

    def _scores(self, texts: Sequence[Text], progress: Progress | None) -> list[Scores]:
        """What the model says of texts, read under names that it knows; places are those in the text as given."""
        if self._names.pattern is None:
            return self._model.scores(texts, progress)
        named = [self._names.read(text.text) for text in texts]
        known_texts = [
            replace(
                text,
                text=normal.text,
                bio=self._names.read(text.bio).text,
                context=self._names.read(text.context).text,
            )
            for text, normal in zip(texts, named, strict=True)
        ]
        return [
            replace(
                scores,
                places=[normal.map_to_original(*place) for place in scores.places],
                matter=scores.matter and normal.map_to_original(*scores.matter),
            )
            for scores, normal in zip(self._model.scores(known_texts, progress), named, strict=True)
        ]

    def _in_pictures(self, post: Readable) -> tuple[Hit, ...]:
        """Identifiers in what the post's pictures are described by, which counts as its own words (codebook, section 5)."""
        described = "\n".join(post.context.pictures)
        return pid.find(described, contacts=self._contacts) if described else ()

    def _read_in_pictures(self, post: Readable) -> tuple[tuple[int, Hit], ...]:
        """Identifiers in what was read in the post's pictures, as a photographed letter has them."""
        return tuple(
            (picture.place, hit)
            for picture in post.context.picture_texts
            for hit in pid.find(picture.text, contacts=self._contacts)
        )


def _pictured(
    read: tuple[Text, tuple[tuple[int, int], ...]] | None, scored: Iterator[Scores]
) -> inputs.Pictured | None:
    return inputs.Pictured(read[0].text, read[1], next(scored)) if read else None


def _stands(post: Readable, register: Mapping[str, frozenset[str]] | None) -> bool:
    handle = post.author.handle.lower().lstrip("@")
    return bool(handle and register and handle in register.get(post.platform, frozenset()))


# ── What was found out before a mention is read: a profile like ours, a picture like our logo.
#
# These are no readings of words, so that they hold whatever the model thinks: the flags of codebook
# clauses 4, 5 and 6.12 are put on, for a person to look at.

_FLAGS = {LOOKS_LIKE: "impersonation", SHOWS_LOGO: "brand"}
_RULES = {
    LOOKS_LIKE: "its name or picture is like one of our accounts",
    SHOWS_LOGO: "a picture in it is like a logo of ours",
}
_SCORE = 0.9  # no probability: what was compared was alike


def add_impersonation_flags(reading: Reading, matched: Sequence[str], policy: Policy) -> Reading:
    """The reading with the flags that marks put on it, in scope where there is one."""
    there = {flag.name for flag in reading.flags}
    marks = [
        mark
        for mark, name in _FLAGS.items()
        if name not in there and any(match.startswith(mark) for match in matched)
    ]
    if not marks:
        return reading
    added = [_put_on(mark, reading, policy.flags[_FLAGS[mark]]) for mark in marks]
    explanation = reading.explanation
    if explanation is not None:
        left = tuple(
            flag
            for flag in explanation.suppressed
            if flag.name not in {put_on.name for put_on in added}
        )
        explanation = dataclasses.replace(explanation, suppressed=left)
    flags = tuple(sorted((*reading.flags, *added), key=lambda flag: -flag.score))
    return dataclasses.replace(reading, in_scope=True, flags=flags, explanation=explanation)


def _put_on(mark: str, reading: Reading, flag: FlagPolicy) -> Flag:
    """The flag of a mark. Where the model would have put it on too and a rule did not, both are told."""
    name = _FLAGS[mark]
    suppressed = reading.explanation.suppressed if reading.explanation else ()
    before = next((entry.explanation for entry in suppressed if entry.name == name), None)
    steps = before.rules if before else ()
    step = RuleStep(rule=_RULES[mark], before=steps[-1].after if steps else None, after=_SCORE)
    explanation = FlagExplanation(
        model=before.model if before else None, threshold=flag.threshold, rules=(*steps, step)
    )
    return Flag(name=name, score=_SCORE, clauses=flag.clause, explanation=explanation)
