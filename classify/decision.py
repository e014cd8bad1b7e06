"""How the model's scores, the recognisers' hits and the codebook's rules decide together.

What the codebook states as a rule is a rule here: who can air a grievance, who needs a disclaimer, which
flags are judged out of scope. policy.toml says of which flags each holds. What words mean is the model's
to say, from the threshold of policy.toml on; but for danger and threats in the plainest words, harm that is
put down to care and a named person called useless, which hold whatever it says. Every rule that moves a score leaves its name, so that an answer can say why. A mention
that can't be read is never passed as clean: `read` says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar, get_args

from classify import pid
from classify.inputs import Evidence, Known, Readable
from classify.pid import Hit, redaction
from classify.pid.base import NOBODY, Post
from classify.pid.context import cares_for_patients, context_steps
from classify.pid.public_names import public_names
from classify.pid.public_office import without_holders
from classify.policy.schema import FlagPolicy, Policy
from classify.rules import (
    agreement,
    asked_of,
    blamed_harm,
    children,
    everyday,
    faults,
    plain_words,
    public_record,
    scope,
    speaking_up,
)
from classify.rules.detriment import claims_detriment
from classify.rules.elsewhere import elsewhere_of
from classify.rules.flag_rules import FLAG_RULES, FlagRule, RulePost
from classify.rules.harm_words import harms_in
from classify.rules.named_judgement import judged_persons, tells_of_pests
from classify.rules.plain_words import PlainWords
from classify.rules.public_record import RecordKind
from classify.rules.slurs import own_hate_in
from classify.rules.wished_carer import wishes_for_own_kind
from classify.text.clean import joined, plain
from classify.text.whole_words import whole
from core.context import Context
from core.explanation import (
    DIGITS,
    NO_DISCLAIMER_NEEDED,
    NOT_ICB,
    NOT_STAFF,
    FlagExplanation,
    ReadingExplanation,
    RuleStep,
    SuppressedFlag,
)
from core.models import (
    PROTECTED,
    SPEAKING_UP,
    TARGETS,
    Flag,
    Harm,
    Protected,
    Reading,
    Sentiment,
    Staff,
    Target,
)

Value = TypeVar("Value", bound=str)

SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
STAFFS: tuple[Staff, ...] = get_args(Staff)
SURE_OF_US = 0.9  # the score from which anything holds for what was cleared before it was said
LOOKS_CLEAN = 0.25  # below it `flagged` overrules a flag, since two doubts are one too many
# the model's own `no_disclaimer` from which staff speak of work: F1 of three writers held out .88, without the rule .83
ABOUT_WORK = 0.25
# from which its word on staff beats the cues': of three writers held out 40 of 1,619 are wrong so, 57 by cues first, 48 without
SURE_OF_STAFF = 0.97
UNDER_OURS = 0.1  # the score from which a comment on our page or an answer to our post is in scope
SCOPE = 0.5  # the score from which a mention is in scope
NAMED_SCOPE = 0.25  # the same where what is named speaks for it
UNNAMED_SCOPE = 0.7  # and where nothing local is named
NEAR_SCOPE = 0.2  # from here on what is out of scope can still be local health care
# What is judged in any post, and the score from which it holds where nothing speaks for local health care. Of what five
# writers held out wrote there 20 of 21 dangers are found so and 12 of 16 threats; of 13,248 real harmless texts
# 167 are high instead of 241 by the thresholds of posts about us.
FAR_AWAY: Mapping[str, float] = {"threat": 0.5, "safeguarding": 0.3}
SURE = 0.5  # a recogniser's hit from here on is PID of itself
SHOWN_ELSEWHERE = 0.65  # the same of public data's toxic words, in posts that are not about us
SHOWN = 0.5  # a token from here on shows a flag
# The score from which the harm of an allegation is serious where its words tell one, and where they do not. Before it was .5 in either
# case: of half of the fixed sets and of seven writers held out 36 of 243 told harm that was none, and 13 serious ones were missed.
HARM_IN_WORDS = 0.2
HARM_UNSAID = 0.6
# The same of words in what speaks up, where who tells of a danger names the wards, records and offices of a hospital: of twelve writers whom
# the encoder never read and half of the fixed sets two of 13 harms that are `other` lie above, and one of 45 serious ones below.
HARM_SPOKEN_UP = 0.35
# The score from which a post abuses somebody, so that a claim of detriment makes no disclosure of it
ABUSES: Mapping[str, float] = {
    "harassment": 0.5, "threat": 0.5, "hate": 0.5, "sexual": 0.5, "derogatory": 0.6,
}  # fmt: skip
GIVES_AWAY = 0.7  # the same score of `confidential`
# The score of a complaint from which words that find fault with care make the tone negative, and from which they make a complaint of what is
# read as no protected speech. Of half of the fixed sets and of seven writers held out 22 tones of 30 become right so, and 19 of 29 complaints.
FAULT = 0.02
COMPLAINT = 0.1
# The score from which what a union tells, or a disclosure that charges nothing, is negative: of twelve
# writers whom the encoder never read and half of the fixed sets, where no flag holds, 11 of 19 that are not lie below, and 3 of 25 that are.
BLAMES = 0.82
# The score of a negative tone from which what is told as a complaint has one: a complaint charges something, however kindly. Of half of the fixed
# sets and of five writers held out 9 of 19 tones become right so, and three complaints of 18 are no longer passed as clean.
CHARGED = 0.1
# Flags that the mention's own words have to show (codebook, section 1). Where they stand in a reply of which the words alone say next to
# nothing of it, it needs to be surer: of half of the fixed sets and of five writers held out six false ones go so, and no true one.
OWN_WORDS = ("threat", "sexual", "harassment", "hate", "derogatory", "allegation", "misinformation", "confidential")  # fmt: skip
UNSAID_ALONE = 0.1
SURE_IN_REPLY = 0.7
# Flags that a few words are taken for most easily, by a model that knows alarming posts, and the score from which they hold in a post of six
# words of its own at most of which none is plain or alarms (everyday.toml). Of 21 true ones that are found without plain words, by writers whom
# the encoder never read and in the fixed sets, none lies below it; the lowest are .44 and .45.
IN_FEW_WORDS = ("safeguarding", "threat", "security")
SURE_IN_FEW = 0.42
SURE_OF_HOME = 0.99  # the same for danger in a post that is nothing but everyday talk of home
REPRISAL = 0.6  # what staff's claim of detriment earns as a `grievance`: codebook, section 5
ALLEGED = 0.32  # the score from which a charge tells a disclosure from a complaint
OWN_HATE = 0.6  # what a slur earns as `hate` where a claim of unequal treatment stands around it
CLAIMS = 0.2  # the score of speaking up from which such a claim stands around it
HATES = "a slur, or a group called vermin, is said by its author; what is claimed around it changes nothing"
OBJECTED = "what is claimed is that hate was objected to"
OFFICER = "a person who names an office that they hold, or speaks up; nothing in it asks for a login, and its account bears no name of ours"
UNLIKELY = 0.1  # below it a post is no impersonation anyway
DETAILS_AMID_TALK = (
    0.05  # the score of `pid` from which all of a long post is asked whose detail it tells
)
EVERYDAY_REPLY = "it is a few everyday words, and answers nothing grave"
TALK_OF_HOME = "it is nothing but everyday talk of home"
TOO_FEW = "so few words, none of which alarms, need a surer score"
SAID_BY_OTHERS = "its own words say nothing of it, only what it answers does"
WANTS = 0.5  # the score of `security` from which a post asks for a login or the like
HOLDS_OFFICE = "who holds public office did or told it before the public"
FARED_WORSE = "says that they fared worse at work since they spoke up"
CHILD_IN_HARM = "tells an age under 18 or a school year of their own, and of self-harm, bullying or violence to themselves"
ANSWERS_IN_DANGER = "answers a question of danger so that there is some"
ALL_IS_WELL = "answers a question of danger so that there is none"
AS_FAR = "says of themselves what they answer, where that tells of danger"
HARM_BLAMED = "a death or a lasting injury is put down to care, in so many words"
# What a harm that is put down to care earns as an `allegation`, unless the model sees an outlet's story
BLAMED = 0.6
STORY = 0.5
WISHES = "a wish for a doctor or nurse of one's own sex, language or faith attacks nobody"
JUDGES = "one person who can be told is called useless, rude or the like"
JUDGED = 0.6  # what that earns as `derogatory`
PESTS = "it tells where vermin were seen, and calls nobody so"
ASKS_NEIGHBOURS = "it asks whoever reads it, and no service"
PLAINLY = 0.85  # what plain words of danger or a threat earn at least; below SURE_OF_US
ASKS_FOR_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|password|pass ?code|username|bank details|card (?:number|details)|sort code|account number|national insurance|date of birth|claim your|click (?:the|this|here|below)|dm us|message us|inbox us|gift card)\b",
    re.IGNORECASE,
)
HERE_IN = re.compile(
    r"\b(?:(?:up|down|over|out|back)? ?here in|(?:up|down|round|over|out) (?:here|this way|our way|by us)|where i (?:live|am)|i(?:'m| am)? (?:live |am |based |living )?(?:up |down |over )?in)\b",
    re.IGNORECASE,
)
# What somebody discloses who publishes a picture of it, whoever wrote it.
DISCLOSED = frozenset({"pid", "confidential"})
IN_PICTURE = "the words in its picture say it"
# These say little of themselves where nothing else speaks of health care.
EVERYDAY = frozenset({"PHONE", "EMAIL", "POSTCODE", "ADDRESS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagScore:
    """One flag's score, from 0 to 1 on the scale of its threshold, and how it came about.

    `model` is the model's before any rule; None where no model scores the flag, or it could not read the
    post. `can_hold` is False once a rule said that it can't hold of this post, whatever its score. `spans`
    are what a rule says shows it; None leaves that to the model.
    """

    model: float | None
    score: float
    steps: tuple[RuleStep, ...] = ()
    can_hold: bool = True
    spans: tuple[tuple[int, int], ...] | None = None

    def moved(self, rule: str, score: float) -> FlagScore:
        """The same after a rule said its own; one that moves nothing leaves no trace."""
        if score == self.score:
            return self
        known = bool(self.steps) or self.model is not None
        step = RuleStep(rule=rule, before=self.score if known else None, after=score)
        # not by `replace`, which takes three times as long: it is done some twenty times a post
        return FlagScore(
            model=self.model, score=score, steps=(*self.steps, step), can_hold=self.can_hold,
            spans=self.spans,
        )  # fmt: skip

    def at_least(self, rule: str, score: float) -> FlagScore:
        """The same with no lower a score; the rule leaves its name though it moved nothing."""
        before = self.score if self.steps or self.model is not None else None
        step = RuleStep(rule=rule, before=before, after=max(self.score, score))
        return replace(self, score=step.after, steps=(*self.steps, step))

    def ruled_out(self, rule: str) -> FlagScore:
        """The same where it can't hold. The first rule that says so is named."""
        if not self.can_hold:
            return self
        zero = self.moved(rule, 0.0)
        return FlagScore(
            model=zero.model, score=zero.score, steps=zero.steps, can_hold=False, spans=zero.spans
        )

    def explanation(self, threshold: float) -> FlagExplanation:
        """What is kept of it."""
        return FlagExplanation(
            model=_rounded(self.model), threshold=threshold,
            rules=tuple(
                RuleStep(rule=step.rule, before=_rounded(step.before), after=round(step.after, DIGITS))
                for step in self.steps
            ),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFlags:
    """What is known of a post before thresholds. `flags` holds every flag that is on.

    `staff_basis` says in our own words what `staff` rests on.
    """

    staff: Staff
    staff_basis: str
    in_scope: bool
    sentiment: Sentiment
    protected: Protected
    flags: Mapping[str, FlagScore]

    @property
    def scores(self) -> Mapping[str, float]:
        """Flag -> score, of the flags that may hold of it."""
        return {name: flag.score for name, flag in self.flags.items() if flag.can_hold}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """One post with what holds of it as a whole, as its flags are decided one by one.

    `judged`: every flag is, since it is about us or all scopes are asked for. `near`: it can be local
    health care at least. `plain`: flag -> words so plain that no model has to read them. `record`: which public record it
    is, "" for what is none. `names` are ours; `own_hate`: where slurs stand that a claim of unequal treatment is put around.
    """

    evidence: Evidence
    policy: Policy
    cues: scope.ScopeCues
    staff: Staff
    in_scope: bool
    judged: bool
    near: bool
    sentiment: Sentiment
    protected: Protected
    plain: Mapping[str, PlainWords]
    record: RecordKind = ""
    names: Sequence[str] = ()
    own_hate: tuple[tuple[int, int], ...] = ()


def decide(
    evidence: Evidence,
    policy: Policy,
    known: Known,
    *,
    all_scopes: bool,
    flag_rules: Mapping[str, FlagRule] = FLAG_RULES,
) -> Reading:
    """The reading of one post."""
    scored = score_flags(evidence, policy, known, all_scopes=all_scopes, flag_rules=flag_rules)
    return apply_thresholds(evidence, scored, policy, known)


def score_flags(
    evidence: Evidence,
    policy: Policy,
    known: Known,
    *,
    all_scopes: bool,
    flag_rules: Mapping[str, FlagRule] = FLAG_RULES,
) -> ScoredFlags:
    """Who speaks, whether it is ours, and how likely each flag is that may hold."""
    cues = scope.scope_cues(
        evidence.post.text, evidence.post.author.bio, known.names, known.places, known.providers
    )
    record = _record(evidence.post)
    staff, basis = _staff(evidence, known, record)
    around = _around(evidence, known) if evidence.post.context else None
    in_scope = (
        _names_us(evidence, cues)
        if record
        else _in_scope(evidence, cues, around) and not _is_elsewhere(evidence, known, staff)
    )
    judged = in_scope or all_scopes
    # out of scope the gravest flags are judged as well, as long as it can be local health care
    likely = evidence.scores.outputs["in_scope"] >= NEAR_SCOPE
    faulted = in_scope and staff == "no" and not record and _finds_fault(evidence)
    protected = _protected(
        evidence, in_scope=in_scope, record=record, is_staff=staff != "no",
        accuses=evidence.scores.outputs.get("allegation", 0.0) >= ALLEGED,
        abuses=_abuses(evidence), gives_away=_gives_away(evidence), insults=_insults(evidence), faulted=faulted,
    )  # fmt: skip
    subject = _Subject(
        evidence=evidence, policy=policy, cues=cues, staff=staff, in_scope=in_scope, judged=judged,
        near=judged or likely or _is_near(cues, around),
        sentiment=_sentiment(evidence, protected, faulted=faulted), protected=protected,
        plain=_plain(evidence), record=record, names=known.names, own_hate=_own_hate(evidence, in_scope=in_scope),
    )  # fmt: skip
    flags = {
        name: _of_record(name, flag, _by_model(name, flag, subject), subject)
        if flag.source == "model"
        else _of_record(name, flag, _by_rule(flag, flag_rules[name], subject), subject)
        for name, flag in policy.flags.items()
        if flag.on
    }
    return ScoredFlags(
        staff=staff, staff_basis=basis, in_scope=in_scope, sentiment=subject.sentiment,
        protected=subject.protected, flags=flags,
    )  # fmt: skip


def apply_thresholds(
    evidence: Evidence, scored: ScoredFlags, policy: Policy, known: Known
) -> Reading:
    """The reading, with the flags that reach their thresholds."""
    holding = {
        name: flag
        for name, flag in scored.flags.items()
        if flag.can_hold and flag.score >= policy.flags[name].threshold
    }
    flags = [
        _flag(evidence, policy.flags[name], name, score, scored.protected)
        for name, score in holding.items()
    ]
    return Reading(
        in_scope=scored.in_scope,
        staff=scored.staff,
        sentiment=scored.sentiment,
        language=evidence.written.tag,
        read=evidence.read,
        flags=tuple(sorted(flags, key=lambda flag: -flag.score)),
        masked=_masked(evidence, _to_blank(evidence, holding, policy), known),
        explanation=ReadingExplanation(
            staff=scored.staff_basis, suppressed=tuple(_suppressed(scored, policy))
        ),
        protected=scored.protected,
    )


def _suppressed(scored: ScoredFlags, policy: Policy) -> Iterator[SuppressedFlag]:
    """What the model alone would have put on and a rule took below its threshold."""
    for name, flag in scored.flags.items():
        threshold = policy.flags[name].threshold
        holds = flag.can_hold and flag.score >= threshold
        if flag.model is not None and flag.model >= threshold and not holds:
            yield SuppressedFlag(name=name, explanation=flag.explanation(threshold))


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, DIGITS)


def _choice(outputs: Mapping[str, float], prefix: str, values: Iterable[Value]) -> Value:
    return max(values, key=lambda value: outputs[f"{prefix}.{value}"])


def _sentiment(evidence: Evidence, protected: Protected, *, faulted: bool) -> Sentiment:
    """The model's to say; what finds fault with care, or is a complaint of no plainly other tone, is negative, however kindly it is put.

    A union's news and what somebody tells that they have disclosed blame nobody unless it is surer (codebook, section 5: neutral where no service, staff or care is judged).
    """
    if faulted:
        return "negative"
    if not evidence.readable:
        return "neutral"
    if _mocks_us(evidence):
        return "negative"
    outputs = evidence.scores.outputs
    if protected == "complaint" and outputs["sentiment.negative"] >= CHARGED:
        return "negative"
    likeliest = _choice(outputs, "sentiment", SENTIMENTS)
    charges = outputs.get("allegation", 0.0) >= ALLEGED
    blameless = protected == "union" or (protected == "disclosure" and not charges)
    if likeliest == "negative" and blameless and outputs["sentiment.negative"] < BLAMES:
        return _choice(outputs, "sentiment", ("neutral", "positive"))
    return likeliest


def _mocks_us(evidence: Evidence) -> bool:
    """Whether it stands under our page or post and praises in words that mean the opposite (codebook, section 4)."""
    around = evidence.post.context
    if evidence.public or not around.is_under_ours:
        return False
    answered = around.answered[0].text if around.answered else ""
    return faults.mocks(evidence.own_text or evidence.post.text, answered)


def _agreed_with(evidence: Evidence) -> str:
    """The words of the post that it answers, where it does nothing but agree with somebody else's than ours."""
    answered = evidence.post.context.answered
    if not answered or answered[0].official:
        return ""
    return answered[0].text if agreement.agrees(evidence.own_text or evidence.post.text) else ""


def _finds_fault(evidence: Evidence) -> bool:
    """Whether the words of somebody from the public find fault with care, and the model sees a complaint in them at all.

    Where somebody may be in danger, is abused or gives something away the words are about that, and its flags say so.
    """
    if not evidence.public and (agreed := _agreed_with(evidence)):
        return faults.finds_fault(agreed, glad=False)
    outputs, text = evidence.scores.outputs, evidence.own_text or evidence.post.text
    least = FAULT if len(text) <= faults.SHORT else COMPLAINT
    plainly = faults.finds_fault_plainly(text)
    if plainly or _wishes(evidence):
        least = 0.0
    if evidence.public or not evidence.readable or outputs.get("protected.complaint", 0.0) < least:
        return False
    likeliest = max(PROTECTED, key=lambda value: outputs[f"protected.{value}"])
    if (
        likeliest not in ("none", "complaint")
        or outputs["safeguarding"] >= SURE
        or _abuses(evidence)
        or _gives_away(evidence)
    ):
        return False
    glad = _choice(outputs, "sentiment", SENTIMENTS) == "positive"
    return plainly or faults.finds_fault(text, glad=glad)


def _protected(
    evidence: Evidence, *, in_scope: bool, record: RecordKind, is_staff: bool, accuses: bool, abuses: bool, gives_away: bool, insults: bool,
    faulted: bool,
) -> Protected:  # fmt: skip
    """What protects the speech; the model's to say, moved by who speaks. Public bodies' own words and what is not about us are not protected.

    What people ask or petition for in public is criticism, whatever it is read as: no colleague speaks up there.
    """
    outputs = evidence.scores.outputs
    if record:
        return "criticism" if record == "public" and in_scope else "none"
    if not in_scope or evidence.public or "protected.none" not in outputs:
        return "none"
    if faulted and _agreed_with(evidence):
        return "complaint"
    if not evidence.readable:
        return "none"
    post = evidence.post
    return speaking_up.protected_by_speaker(
        {value: outputs[f"protected.{value}"] for value in PROTECTED},
        evidence.own_text or post.text, post.author.bio, post.context.words, is_staff=is_staff, accuses=accuses,
        abuses=abuses, gives_away=gives_away, insults=insults, faulted=faulted and (outputs["protected.complaint"] >= COMPLAINT or _wishes(evidence)),
    )  # fmt: skip


def _abuses(evidence: Evidence) -> bool:
    """Whether it is likely to abuse somebody: no claim of detriment makes that protected."""
    outputs = evidence.scores.outputs
    abuses = [name for name, least in ABUSES.items() if outputs.get(name, 0.0) >= least]
    return bool(abuses) and not (abuses == ["hate"] and _wishes(evidence))


def _wishes(evidence: Evidence) -> bool:
    """Whether it wishes for somebody of a sex, language or faith, which is a complaint and no hate."""
    text = evidence.own_text or evidence.post.text
    return wishes_for_own_kind(text) and not own_hate_in(text)


def _own_hate(evidence: Evidence, *, in_scope: bool) -> tuple[tuple[int, int], ...]:
    """Where slurs stand that are its author's own, in what is read as speaking up."""
    outputs = evidence.scores.outputs
    claims = sum(outputs.get(f"protected.{kind}", 0.0) for kind in SPEAKING_UP) >= CLAIMS
    if not in_scope or evidence.public or not evidence.readable or not claims:
        return ()
    return own_hate_in(evidence.own_text or evidence.post.text)


def _insults(evidence: Evidence) -> bool:
    """Whether of all abuse it is likely to insult alone: somebody angry, who may disclose all the same."""
    outputs = evidence.scores.outputs
    return not any(outputs.get(name, 0.0) >= least for name, least in ABUSES.items() if name != "derogatory")  # fmt: skip


def _gives_away(evidence: Evidence) -> bool:
    """The same of something that is not public."""
    return evidence.scores.outputs.get("confidential", 0.0) >= GIVES_AWAY


_SAYS_STAFF: Mapping[Staff, str] = {
    "icb": "says that its author works for the ICB",
    "nhs": "says that its author works for the NHS",
}


def _staff(evidence: Evidence, known: Known, record: RecordKind = "") -> tuple[Staff, str]:
    """What the author plainly says of themselves beats what the model thinks, unless it is all but sure.

    Beside it what it rests on, in our own words.
    """
    if record:
        return "no", public_record.STAFF_BASIS
    if evidence.public:
        return "no", "the register: an account of a public body is nobody's of staff"
    outputs = evidence.scores.outputs
    if evidence.readable and max(outputs[f"staff.{value}"] for value in STAFFS) >= SURE_OF_STAFF:
        return _choice(outputs, "staff", STAFFS), "the model, which is all but sure"
    words = evidence.own_text or evidence.post.text
    cues = scope.staff_cues(words, evidence.post.author.bio, known.names)
    if cues.suggests is not None:
        says = _SAYS_STAFF.get(cues.suggests) or f"says that its author is {cues.denied[0]}"
        return cues.suggests, f"the {cues.place}, which {says}"
    if not evidence.readable:
        return "no", "nothing: the post could not be read, and the profile says nothing of it"
    return _choice(outputs, "staff", STAFFS), "the model: neither profile nor text says it plainly"


def _in_scope(evidence: Evidence, cues: scope.ScopeCues, around: scope.ScopeCues | None) -> bool:
    """The model's to say; it needs less where what is named speaks for it, and more where nothing is.

    What the context names speaks for it too, and most of all that it stands under our own post or on our page.
    """
    context = evidence.post.context
    if not evidence.readable:
        local = around is not None and around.suggests is True and bool(_agreed_with(evidence))
        named = cues.organisation or bool(cues.providers or cues.places)
        return named or local or context.is_under_ours
    if context.is_under_ours:
        least = UNDER_OURS
    elif cues.suggests is None and not cues.names_ours and not (around and around.names_ours):
        least = UNNAMED_SCOPE  # a health service without a place: codebook, section 5
    elif around:
        least = _SCOPE_IN_CONTEXT[around.suggests, cues.suggests]
    else:
        least = {True: NAMED_SCOPE, None: SCOPE, False: UNNAMED_SCOPE}[cues.suggests]
    return evidence.scores.outputs["in_scope"] >= least


def _is_elsewhere(evidence: Evidence, known: Known, staff: Staff) -> bool:
    """Whether it names another part of the country and nothing of ours; of staff their profile counts too."""
    post = evidence.post
    if post.context.is_under_ours:
        return False
    bio = post.author.bio
    there = elsewhere_of(tuple(known.names), tuple(known.places), tuple(known.providers))
    page = post.context.page
    if HERE_IN.search(post.text) and there.names_only_that(post.text):
        # who says where they are is there, whatever the post names that they answer
        return not there.may_be_ours(bio) and not there.may_be_ours(page.name if page else "")
    named = (
        (post.text, post.context.words, bio) if staff != "no" else (post.text, post.context.words)
    )
    return there.names_only_that(*named) and not there.may_be_ours(bio)


def _record(post: Readable) -> RecordKind:
    return public_record.kind_of(post.platform, getattr(post, "kind", ""))


def _names_us(evidence: Evidence, cues: scope.ScopeCues) -> bool:
    """Whether a public record is ours: it names us, a provider or a place of ours, or the model says so."""
    if cues.organisation or cues.providers or cues.places:
        return True
    return evidence.readable and evidence.scores.outputs["in_scope"] >= SCOPE


def _of_record(name: str, flag: FlagPolicy, score: FlagScore, subject: _Subject) -> FlagScore:
    """What holds of a public record: a story about us where a public body published it, and nothing of its author."""
    if not subject.record:
        return score
    if subject.record == "public":
        return score.ruled_out(NOT_STAFF) if flag.rests_on == "profile" else score
    if name == "media":
        if not subject.in_scope:
            return score
        story = FlagScore(model=score.model, score=score.score, steps=score.steps, spans=())
        return story.at_least(public_record.READ_AS_STORY, max(public_record.STORY, flag.threshold))
    if name == "pid":
        leaks = {hit.type for hit in subject.evidence.hits if hit.score >= SURE}
        leaked = not leaks.isdisjoint(public_record.LEAKS)
        return score if leaked else score.ruled_out(public_record.NAMES_PUBLISHED)
    slipped_out = flag.official_exempt == "never" and score.score >= SURE_OF_US
    return score if slipped_out else score.ruled_out(public_record.PUBLISHED)


# What context names and what the post does -> the score from which it is in scope. Chosen on five writers held out,
# of whom 555 rows have a context (by the weights of the first pass, decision 25): .88 right so, .81 by what the post itself names alone.
_SCOPE_IN_CONTEXT: Mapping[tuple[bool | None, bool | None], float] = {
    (True, True): NAMED_SCOPE, (True, None): NAMED_SCOPE, (True, False): NAMED_SCOPE,
    (None, True): NAMED_SCOPE, (None, None): SCOPE, (None, False): 0.3,
    (False, True): SCOPE, (False, None): UNNAMED_SCOPE, (False, False): UNNAMED_SCOPE,
}  # fmt: skip


def _is_near(cues: scope.ScopeCues, around: scope.ScopeCues | None) -> bool:
    """Whether what post or context name can be local health care at least."""
    if cues.suggests is not False or cues.health > 0:
        return True
    return around is not None and around.suggests is not False


def _around(evidence: Evidence, known: Known) -> scope.ScopeCues:
    """What the context names."""
    words = evidence.post.context.words
    return scope.scope_cues(words, "", known.names, known.places, known.providers)


def _by_rule(flag: FlagPolicy, rule: FlagRule, subject: _Subject) -> FlagScore:
    """The score of a flag that a rule decides by itself."""
    score = _possible(flag, FlagScore(model=None, score=0.0), subject)
    if not score.can_hold:
        return score
    post = subject.evidence.post
    hit = rule(
        RulePost(
            text=post.text, platform=post.platform, author=post.author, posted_at=post.posted_at,
            staff=subject.staff, in_scope=subject.in_scope, sentiment=subject.sentiment,
            protected=subject.protected, policy=subject.policy,
        )
    )  # fmt: skip
    if hit is None:
        return score
    return replace(_cleared(flag, score.moved(hit.why, hit.score), subject), spans=hit.spans)


def _by_model(name: str, flag: FlagPolicy, subject: _Subject) -> FlagScore:
    """The score of a flag that the model scores, moved by what is a rule of it."""
    evidence, outputs = subject.evidence, subject.evidence.scores.outputs
    model = outputs[name] if evidence.readable else None
    score = _of_own_words(name, FlagScore(model=model, score=model or 0.0), evidence)
    if name in IN_FEW_WORDS and name not in subject.plain:
        score = _in_few_words(name, score, evidence)
    if flag.judged_out_of_scope == "always":
        score = _as_quoted(name, score, evidence)
    if not subject.near:
        least = FAR_AWAY.get(name, 0.0) if flag.judged_out_of_scope == "always" else math.inf
        if score.score < least:
            score = score.moved("nothing speaks for local health care in it", 0.0)
    score = _as_pictured(name, score, evidence)
    score = _of_its_own(name, score, subject)
    least, why = speaking_up.least_of(
        name, subject.protected, evidence.own_text or evidence.post.text, evidence.post.author.bio
    )
    if score.score < least:
        score = score.ruled_out(why)
    score = _cleared(flag, _possible(flag, score, subject), subject)
    if not score.can_hold:
        return score
    lifted = _told_in_words(name, flag, score, subject)
    if lifted is not None:
        return lifted
    if subject.in_scope:
        clean = outputs.get("flagged", 1.0) < LOOKS_CLEAN
        if clean and flag.overruled_if_clean:
            score = score.ruled_out("the post as a whole looks clean to the model")
    elif subject.judged and evidence.readable and f"task.{flag.elsewhere_task}" in outputs:
        score = score.moved(
            "in a post that is not about us, the head that public data taught judges it",
            outputs[f"task.{flag.elsewhere_task}"],
        )
    return _plainly(name, flag, score, subject)


def _told_in_words(
    name: str, flag: FlagPolicy, score: FlagScore, subject: _Subject
) -> FlagScore | None:
    """The score of what holds by words alone, whatever the model thinks; None where they do not tell it."""
    evidence = subject.evidence
    if name == "derogatory" and not evidence.public:
        judged = judged_persons(evidence.own_text or evidence.post.text)
        if judged:
            spans = joined((*judged, *evidence.scores.spans(name, SHOWN)))
            return replace(score.at_least(JUDGES, max(JUDGED, flag.threshold)), spans=spans)
    if name == "allegation" and _blames_for_harm(evidence):
        return score.at_least(HARM_BLAMED, max(BLAMED, flag.threshold))
    if name == "grievance" and _tells_of_reprisal(subject):
        return score.at_least(FARED_WORSE, max(REPRISAL, flag.threshold))
    return None


def _of_own_words(name: str, score: FlagScore, evidence: Evidence) -> FlagScore:
    """Nothing where only the post that it answers says so, unless it is all but sure: 'Friday then, bring petrol'."""
    alone = evidence.alone
    if alone is None or name not in OWN_WORDS or score.score >= SURE_IN_REPLY:
        return score
    return score.moved(SAID_BY_OTHERS, 0.0) if alone[name] < UNSAID_ALONE else score


def _in_few_words(name: str, score: FlagScore, evidence: Evidence) -> FlagScore:
    """Nothing where all that it says is everyday, or it says it in a few words and is not surer; pictures say more than words do."""
    post = evidence.post
    if not score.score:
        return score
    text, around = evidence.own_text or post.text, post.context
    if not (around.pictures or around.picture_texts or around.card):
        if everyday.is_reply(text, around):
            return score.moved(EVERYDAY_REPLY, 0.0)
        at_home = name == "safeguarding" and score.score < SURE_OF_HOME
        if at_home and everyday.is_talk_of_home(text, around):
            return score.moved(TALK_OF_HOME, 0.0)
    if score.score < SURE_IN_FEW and everyday.is_brief(text):
        return score.moved(TOO_FEW, 0.0)
    return score


def _of_its_own(name: str, score: FlagScore, subject: _Subject) -> FlagScore:
    """The score after what is a rule of this flag alone."""
    if name == "pid":
        return _identified(score, subject)
    if name == "no_disclaimer":
        return _undisclaimed(score, subject)
    if name == "assistance":
        return _asked_of_us(score, subject.evidence)
    if name == "safeguarding":
        return _all_is_well(score, subject.evidence.post)
    if name == "impersonation":
        return _of_office(score, subject)
    if name == "hate" and _wishes(subject.evidence):
        return score.ruled_out(WISHES)
    if name == "derogatory" and _tells_of_pests(subject.evidence):
        return score.ruled_out(PESTS)
    if name in ("hate", "allegation", "grievance") and subject.own_hate:
        return _beside_hate(name, score, subject)
    return score


def _beside_hate(name: str, score: FlagScore, subject: _Subject) -> FlagScore:
    """Hate that a claim of unequal treatment stands around holds; the claim alone is no allegation or grievance, unless harm is told."""
    if name == "hate":
        shown = (*subject.own_hate, *subject.evidence.scores.spans(name, SHOWN))
        return replace(score.at_least(HATES, OWN_HATE), spans=shown)
    text = subject.evidence.own_text or subject.evidence.post.text
    return score if harms_in(text) else score.ruled_out(OBJECTED)


def _of_office(score: FlagScore, subject: _Subject) -> FlagScore:
    """No impersonation by who names in their profile an office that they hold, or speaks up as staff, and bears no name of ours."""
    if score.score < UNLIKELY:
        return score
    post, outputs = subject.evidence.post, subject.evidence.scores.outputs
    author = post.author
    named = _is_named_as_ours(author.name, subject.names) or _bears_name(
        author.handle, subject.names
    )
    if named or outputs["security"] >= WANTS or ASKS_FOR_LOGIN.search(post.text):
        return score
    speaks_up = subject.staff != "no" and subject.protected in SPEAKING_UP
    office = speaks_up or speaking_up.speaks_in_office(author.bio)
    return score.ruled_out(OFFICER) if office else score


def _tells_of_reprisal(subject: _Subject) -> bool:
    """Whether a disclosure tells what became of its author for it, which is a grievance (codebook, section 5)."""
    evidence = subject.evidence
    return subject.protected == "disclosure" and claims_detriment(
        evidence.own_text or evidence.post.text
    )


def _tells_of_pests(evidence: Evidence) -> bool:
    """Whether what reads as an insult are vermin that somebody saw; never where the words abuse anybody otherwise."""
    outputs = evidence.scores.outputs
    abused = any(
        outputs.get(name, 0.0) >= SURE for name in ("hate", "harassment", "threat", "sexual")
    )
    return not abused and tells_of_pests(evidence.own_text or evidence.post.text)


def _blames_for_harm(evidence: Evidence) -> bool:
    """Whether somebody puts a death or a lasting injury down to care; public bodies and outlets report it (codebook, section 5)."""
    told_as_news = evidence.readable and evidence.scores.outputs.get("media", 0.0) >= STORY
    if evidence.public or told_as_news:
        return False
    answered = evidence.post.context.answered
    text = evidence.own_text or evidence.post.text
    return blamed_harm.blames_care_for_harm(text, answered[0].text if answered else "")


def _plain(evidence: Evidence) -> Mapping[str, PlainWords]:
    """Flag -> its plain words; a quotation's count as the author's, who does not answer it, and undo none of theirs."""
    text = evidence.own_text or evidence.post.text
    own = _with_answer(text, evidence.post.context, _with_child(text))
    return {**plain_words.find(evidence.quoting.text), **own} if evidence.quoting else own


def _with_child(text: str) -> Mapping[str, PlainWords]:
    """The plain words of a text; what a child tells of harm to themselves is danger, in whatever words."""
    plain = plain_words.find(text)
    if not (spans := children.tells_of_harm(text)):
        return plain
    known = plain.get("safeguarding", PlainWords(names=(), spans=()))
    in_harm = PlainWords(names=(*known.names, CHILD_IN_HARM), spans=joined((*known.spans, *spans)))  # fmt: skip
    return {**plain, "safeguarding": in_harm}


def _with_answer(
    text: str, around: Context, plain: Mapping[str, PlainWords]
) -> Mapping[str, PlainWords]:
    """The plain words of a text, and its own where they answer a question of danger in the post that it answers, or somebody in danger that its author is as far."""
    question = around.answered[0].text if around.answered else ""
    joins = asked_of.has_done_the_same(text) and "safeguarding" in plain_words.find(question)
    counted = not joins and asked_of.counts_themselves_in(text, question)
    in_danger = joins or counted or asked_of.answers_in_danger(text, question)
    if "safeguarding" in plain or not in_danger:
        return plain
    start = len(text) - len(text.lstrip())
    why = AS_FAR if joins or counted else ANSWERS_IN_DANGER
    answer = PlainWords(names=(why,), spans=((start, len(text.rstrip())),))
    return {**plain, "safeguarding": answer}


def _as_quoted(name: str, score: FlagScore, evidence: Evidence) -> FlagScore:
    """No lower than with the quoted words, where two readers who differ put a flag on (codebook, section 4)."""
    quoting = evidence.quoting
    if quoting is None or quoting.scores.outputs[name] <= score.score:
        return score
    scores = quoting.scores
    spans = scores.spans(name, SHOWN) or scores.spans(name, 0.6 * scores.best(name))
    moved = score.moved(
        "it quotes this, and neither objects nor helps", quoting.scores.outputs[name]
    )
    return replace(moved, spans=spans)


def _as_pictured(name: str, score: FlagScore, evidence: Evidence) -> FlagScore:
    """No lower than what was read in its pictures earns: who publishes a letter discloses what it says, whoever wrote it."""
    pictured = evidence.pictured if name in DISCLOSED else None
    if pictured is None or pictured.scores.outputs[name] <= score.score:
        return score
    spans = _own_spans(name, evidence)
    return replace(score.moved(IN_PICTURE, pictured.scores.outputs[name]), spans=spans)


def _own_spans(name: str, evidence: Evidence) -> tuple[tuple[int, int], ...]:
    """Where the post's own words surely show it: of what lies in a picture no other words are marked."""
    hits = [(hit.start, hit.end) for hit in evidence.hits] if name == "pid" else []
    return tuple(sorted([*evidence.scores.spans(name, SHOWN), *hits]))


def _possible(flag: FlagPolicy, score: FlagScore, subject: _Subject) -> FlagScore:
    """Ruled out where the flag can't hold of this author or of what is not about us."""
    official, public = subject.evidence.official, subject.evidence.public
    if not subject.judged and flag.judged_out_of_scope == "never":
        return score.ruled_out("it is not about us, or not about health care")
    if flag.author == "staff" and subject.staff == "no":
        return score.ruled_out(NOT_STAFF)
    if flag.author == "icb" and subject.staff != "icb":
        return score.ruled_out(NOT_ICB)
    if official and flag.official_exempt == "always":
        return score.ruled_out("an account of ours speaks for the organisation")
    if public and flag.rests_on == "profile":
        return score.ruled_out("the profile of a public body is not objected to")
    return score


def _cleared(flag: FlagPolicy, score: FlagScore, subject: _Subject) -> FlagScore:
    """Ruled out where an account of ours said it and it is not sure: it was cleared before it was said."""
    unsure = flag.official_exempt != "never" and score.score < SURE_OF_US
    if subject.evidence.official and unsure:
        return score.ruled_out(
            "what an account of ours says was cleared before, and this is not sure"
        )
    return score


def _plainly(name: str, flag: FlagPolicy, score: FlagScore, subject: _Subject) -> FlagScore:
    """High enough to hold where the words say it plainly, whatever the model makes of them.

    What an account of ours says was cleared before, and needs more than plain words.
    """
    plain = subject.plain.get(name)
    ours = subject.evidence.official and flag.official_exempt != "never"
    if plain is None or ours or not score.can_hold:
        return score
    sure = subject.evidence.scores.spans(name, SHOWN)
    lifted = score.at_least(f"plain words: {'; '.join(plain.names)}", max(PLAINLY, flag.threshold))
    return replace(lifted, spans=(*plain.spans, *sure))


def _identified(score: FlagScore, subject: _Subject) -> FlagScore:
    """A sure identifier decides by itself, an everyday one beside health care; else the model's score
    does, moved by whose detail the words say it is. Registered accounts tell by consent.
    """
    evidence = subject.evidence
    health = subject.judged or subject.cues.health > 0
    sure = [
        hit
        for hit in evidence.hits
        if hit.score >= SURE and (health or score.score >= 0.2 or hit.type not in EVERYDAY)
    ]
    if _tells_of_holders(evidence, score.score, sure):
        score, sure = score.moved(HOLDS_OFFICE, 0.0), []
    elif not evidence.public:
        steps = context_steps(
            score.score, _told_of(evidence, score.score), evidence.post.author.bio
        )
        if steps:
            score = replace(score, score=steps[-1].after, steps=(*score.steps, *steps))
    described = max((hit.score for hit in evidence.alt_hits if hit.score >= SURE), default=0.0)
    if health and described > score.score:
        score = score.moved("an identifier stands in the description of a picture", described)
    read = max(_sure_in_pictures(evidence), key=lambda each: each[1].score, default=None)
    if read is not None and read[1].score > score.score:
        moved = score.moved(f"an identifier was read in its picture: {read[1].why}", read[1].score)
        score = replace(moved, spans=_own_spans("pid", evidence))
    best = max(sure, key=lambda hit: hit.score, default=None)
    if best is not None and best.score > score.score:
        score = score.moved(f"an identifier was found: {best.why}", best.score)
    return score


def _tells_of_holders(evidence: Evidence, score: float, sure: Sequence[Hit]) -> bool:
    """Whether whoever is known by it holds public office, and did or told it before the public."""
    post = evidence.post
    if evidence.public or not (score or sure):
        return False
    rest = without_holders(post.text)
    if rest is None or cares_for_patients(
        Post(plain(post.text), NOBODY, post.author.bio, official=False)
    ):
        return False
    return not pid.find(rest, contacts=evidence.contacts, bio=post.author.bio)


def _told_of(evidence: Evidence, score: float) -> str:
    """The words in which it is sought whose detail is told: all, or the stretch of a long post that tells most where the model sees next to none.

    Who is named in small talk is nobody's patient.
    """
    text, matter = evidence.post.text, evidence.scores.matter
    return text if matter is None or score >= DETAILS_AMID_TALK else text[slice(*matter)]


def _sure_in_pictures(evidence: Evidence) -> list[tuple[int, Hit]]:
    """Sure identifiers in what was read in pictures. Telephones and addresses are none: letterheads and posters have them."""
    return [
        (place, hit)
        for place, hit in evidence.read_hits
        if hit.score >= SURE and hit.type not in EVERYDAY
    ]


def _asked_of_us(score: FlagScore, evidence: Evidence) -> FlagScore:
    """What is asked of neighbours is not asked of a service (codebook, section 2), unless it stands under our own post."""
    post = evidence.post
    elsewhere = post.platform != "email" and not post.context.is_under_ours
    if elsewhere and score.score < SURE_OF_US and asked_of.asks_neighbours(post.text):
        return score.ruled_out(ASKS_NEIGHBOURS)
    return score


def _all_is_well(score: FlagScore, post: Readable) -> FlagScore:
    """No danger where a few words answer that somebody is safe, unless the model rather thinks so."""
    answered = post.context.answered
    doubted = bool(answered) and score.score < SURE
    if doubted and asked_of.answers_that_all_is_well(post.text, answered[0].text):
        return score.ruled_out(ALL_IS_WELL)
    return score


def _undisclaimed(score: FlagScore, subject: _Subject) -> FlagScore:
    """Clause 6.6 is a rule: staff, about work, and neither bio nor text says whose views they are.

    Whether it is about work is the model's to say.
    """
    outputs, post = subject.evidence.scores.outputs, subject.evidence.post
    score = replace(score, spans=())  # what is not said has no words that show it
    if subject.staff == "no":
        return score.moved(NO_DISCLAIMER_NEEDED, 0.0)
    if not subject.judged:
        return score.moved("it is not about us, or not about health care", 0.0)
    if getattr(post, "kind", "") == "report":
        return score.moved("it was written to us, and posted nowhere", 0.0)
    if outputs["no_disclaimer"] < ABOUT_WORK:
        return score.moved("it is not about their work", 0.0)
    if speaking_up.announces_in_office(post.text, post.author.bio):
        return score.moved("an officer tells of what their office does", 0.0)
    if scope.has_disclaimer(post.text, f"{post.author.name} {post.author.bio}"):
        return score.moved("profile or text says whose views they are", 0.0)
    return score.moved(
        "staff speak of work, and neither profile nor text says whose views they are",
        max(0.5, min(0.99, 1.0 - outputs["staff.no"])),
    )


def _flag(
    evidence: Evidence, flag: FlagPolicy, name: str, score: FlagScore, protected: Protected
) -> Flag:
    outputs = evidence.scores.outputs
    return Flag(
        name=name,
        score=round(min(score.score, 1.0), 4),
        clauses=flag.clause,
        spans=_spans(evidence, flag, name)
        if score.spans is None
        else _whole_words(evidence, score.spans),
        picture_spans=_picture_spans(evidence, name),
        target=_target(name, outputs) if flag.attribute == "target" else (),
        harm=_harm(evidence, protected) if flag.attribute == "harm" else None,
        explanation=score.explanation(flag.threshold),
    )


def _spans(evidence: Evidence, flag: FlagPolicy, name: str) -> tuple[tuple[int, int], ...]:
    """The words that show a flag; the likeliest ones where none is sure."""
    spans: list[tuple[int, int]] = []
    if flag.attribute == "target" and evidence.scores.outputs["in_scope"] < NEAR_SCOPE:
        spans += evidence.scores.spans("toxic", SHOWN_ELSEWHERE)
    spans = spans or list(evidence.scores.spans(name, SHOWN))
    if name == "pid":
        spans += [(hit.start, hit.end) for hit in evidence.hits]
    best = evidence.scores.best(name)
    if not spans and best > (0.15 if flag.rests_on == "profile" else 0.0):
        spans = list(evidence.scores.spans(name, 0.6 * best))
    return _whole_words(evidence, spans)


def _picture_spans(evidence: Evidence, name: str) -> tuple[tuple[int, int, int], ...]:
    """Where what shows it lies in pictures: see `Flag.picture_spans`."""
    if name not in DISCLOSED or evidence.pictured is None:
        return ()
    spans = set(evidence.pictured.spans(name, SHOWN))
    if name == "pid":
        spans |= {(place, hit.start, hit.end) for place, hit in _sure_in_pictures(evidence)}
    return tuple(sorted(spans))


def _whole_words(
    evidence: Evidence, spans: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    return joined(whole(evidence.post.text, *span) for span in spans)


def _target(name: str, outputs: Mapping[str, float]) -> tuple[Target, ...]:
    """Whom it is aimed at. Hate at a group of patients is aimed at the group and at no person (codebook, section 5)."""
    aimed = tuple(
        value for value in TARGETS if value != "none" and outputs[f"target.{value}"] >= 0.5
    )
    if name == "hate" and "group" in aimed:
        aimed = tuple(value for value in aimed if value != "patient")
    return aimed or (max(TARGETS, key=lambda value: outputs[f"target.{value}"]),)


def _harm(evidence: Evidence, protected: Protected) -> Harm:
    """Serious where the words tell death, harm, abuse or a crime (codebook, section 5), or the model is sure of it."""
    if _blames_for_harm(evidence):
        return "serious"
    tells = harms_in(evidence.own_text or evidence.post.text)
    in_words = HARM_SPOKEN_UP if protected in SPEAKING_UP else HARM_IN_WORDS
    least = in_words if tells else HARM_UNSAID
    return "serious" if evidence.scores.outputs["harm.serious"] >= least else "other"


def _to_blank(
    evidence: Evidence, holding: Mapping[str, FlagScore], policy: Policy
) -> Iterator[tuple[int, int]]:
    """Where the words stand that show a flag whose words nobody should read further."""
    for name, flag in holding.items():
        if policy.flags[name].blanked:
            yield from evidence.scores.spans(name, SHOWN) if flag.spans is None else flag.spans


def _masked(evidence: Evidence, blanked: Iterable[tuple[int, int]], known: Known) -> str:
    """The text as it may be shown: identifiers, names and, in a leak, the telling details blanked."""
    hits = list(evidence.hits)
    hits += [
        Hit("PATIENT_NAME", *span, SHOWN, "the model", by_model=True)
        for span in evidence.scores.spans("name", SHOWN)
    ]
    hits += [Hit("NARRATIVE", *span, SHOWN, "the model", by_model=True) for span in blanked]
    author = evidence.post.author
    if _record(evidence.post):
        hits += [
            Hit("PATIENT_NAME", *span, SHOWN, "the record")
            for span in public_record.names_in(evidence.post.text)
        ]
    elif not evidence.public:
        hits += [
            # softly, as what the model finds: a page that calls itself by our name signs with our name
            Hit("PATIENT_NAME", *span, SHOWN, "the author", by_model=True)
            for span in _signed(evidence.post, known.names)
        ]
    handles = [author.handle] if evidence.public else []
    for some in (known.official or {}).values():
        handles += some
    handles += (known.register or {}).get(evidence.post.platform, ())
    names = public_names(*known.names, *known.places, *known.providers)
    contacts = evidence.contacts
    if evidence.public:
        contacts = contacts.with_phones(redaction.numbers_to_ring(evidence.post.text))
    return redaction.mask(evidence.post.text, hits, handles, contacts, names)


def _is_named_as_ours(name: str, names: Sequence[str]) -> bool:
    """Whether one of our names stands in it, and beside it plain words alone: NHS North West London Support."""
    rests = [ours.sub(" ", name) for ours in _whole_names(tuple(names))] if name else []
    return any(redaction.are_plain(rest) for rest in rests if rest != name and rest.strip())


@lru_cache(maxsize=16)  # every post asks for the same organisation's
def _whole_names(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){re.escape(ours)}(?!\w)", re.IGNORECASE) for ours in names)


def _bears_name(handle: str, names: Sequence[str]) -> bool:
    """Whether one of our names of some length stands in a handle, as in @nhsnorthwestlondon_help."""
    letters = re.sub(r"[\W_]", "", handle).lower()
    short = (re.sub(r"[\W_]", "", name).lower() for name in names)
    return any(len(name) >= 6 and name in letters for name in short)


def _signed(post: Readable, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the author's own name or handle stands in the text; one plain word could be any word.

    The text of a profile is its name and handle: they go, unless the name is one of ours.
    """
    name, handle = post.author.name.strip(), post.author.handle.lstrip("@")
    if _is_named_as_ours(name, names):
        name = ""  # that an account calls itself by our name decides what it is, and no person is called so
    own = [name] if " " in name and name[:1].isupper() else []
    own += [handle] if re.search(r"[\d_-]", handle) and len(handle) > 3 else []
    if getattr(post, "kind", "") == "profile":
        own = [
            name_or_handle
            for name_or_handle in (name, handle)
            if name_or_handle and name_or_handle not in names
        ]
    for written in own:
        for place in re.finditer(rf"(?<!\w){re.escape(written)}(?!\w)", post.text, re.IGNORECASE):
            yield place.span()
