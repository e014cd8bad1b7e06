from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import decision
from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.windows import Scores, Text
from classify.policy import schema
from core.context import NOWHERE, AnsweredPost, Context, context_of
from core.models import PROTECTED, TARGETS, Author, Flag, Protected, Reading
from tests.fakes import FLAGS, FakeModel
from tests.fuzz.profiles import examples

RULES = schema.load()
ALWAYS_JUDGED = {"threat", "safeguarding"}  # in every scope: codebook, section 1
JUDGED_NEAR = ALWAYS_JUDGED | {"pid", "security"}  # the same, where it is health care here at least
AIMED = {"derogatory", "hate", "sexual", "harassment", "threat"}  # codebook, section 2
NHS_NUMBER = "999 123 4560"  # its check digit is right, and the range is nobody's
OFFICIAL = {"x": frozenset({"healthiernwl"})}
BODIES = {"x": frozenset({"healthiernwl", "brentcouncil"})}
SURE = 0.99


@dataclass(frozen=True)
class Post:
    text: str
    platform: str = "x"
    author: Author = field(default_factory=Author)
    posted_at: datetime | None = None
    context: Context = NOWHERE


def read(
    text: str, *, says: Mapping[str, Mapping[str, float]] | None = None, shown: Mapping[str, str] | None = None,
    bio: str = "", handle: str = "", name: str = "", all_scopes: bool = False, rules: schema.Policy = RULES,
    posted_at: datetime | None = None, context: Context = NOWHERE,
) -> Reading:  # fmt: skip
    known = Known(
        names=("NHS North West London", "NWL ICB"), places=("Brent",), providers=("Northwick Park",),
        official=OFFICIAL, register=BODIES,
    )  # fmt: skip
    classifier = Classifier(known, FakeModel(says=says or {}, shown=shown or {}), rules=rules)
    post = Post(
        text, author=Author(handle=handle, name=name, bio=bio), posted_at=posted_at, context=context
    )
    (reading,) = classifier.read([post], all_scopes=all_scopes)
    return reading


def names(reading: Reading) -> set[str]:
    return {flag.name for flag in reading.flags}


def flag(reading: Reading, name: str) -> Flag:
    (found,) = [flag for flag in reading.flags if flag.name == name]
    return found


ENGLISH = "They were late again at the desk this morning and nobody said why"
EVERYTHING = dict.fromkeys(FLAGS, SURE)
OUT = {"in_scope": 0.0}
NEAR = {"in_scope": 0.3}  # out of scope, and yet it can be local health care
STAFF = {"staff.icb": SURE, "staff.no": 0.0}


def test_a_quiet_text_has_no_flag() -> None:
    reading = read(ENGLISH)
    assert reading.flags == ()
    assert (reading.read, reading.language, reading.staff) == ("full", "en", "no")


@pytest.mark.parametrize("name", [n for n in FLAGS if n not in ("no_disclaimer", "grievance")])
def test_a_flag_holds_from_its_threshold_on_and_not_below(name: str) -> None:
    threshold = RULES.flags[name].threshold
    assert name in names(read(ENGLISH, says={"late": {name: threshold}}))
    assert name not in names(read(ENGLISH, says={"late": {name: threshold - 0.001}}))


def test_flags_come_best_first_with_the_clauses_of_the_policy() -> None:
    reading = read(ENGLISH, says={"late": {"media": 0.95, "derogatory": 0.97, "threat": 0.96}})
    assert [flag.name for flag in reading.flags] == ["derogatory", "threat", "media"]
    assert all(flag.clauses == RULES.flags[flag.name].clause for flag in reading.flags)


def test_out_of_scope_only_what_is_always_judged_holds() -> None:
    reading = read(ENGLISH, says={"late": EVERYTHING | NEAR | STAFF})
    assert not reading.in_scope
    assert names(reading) == JUDGED_NEAR


def test_a_health_service_without_a_place_needs_more_than_one_that_names_it() -> None:
    says = {"doctor": {"in_scope": 0.6}}
    assert not read("My doctor never rings back", says=says).in_scope
    assert read("My doctor in Brent never rings back", says=says).in_scope
    asked = Context(answered=(AnsweredPost(text="Who is your GP in Brent?"),))
    assert read("My doctor never rings back", says=says, context=asked).in_scope
    ours = Context(answered=(AnsweredPost(text="Book your jab", official=True),))
    low = {"doctor": {"in_scope": 0.2}}
    assert read("My doctor never rings back", says=low, context=ours).in_scope


def test_what_a_post_was_found_by_speaks_for_it_where_it_names_us() -> None:
    text = "Rude on the phone again, and the doctor runs late"
    says = {text: {"in_scope": 0.4}}
    assert not read(text, says=says).in_scope
    assert not read(text, says=says, context=context_of(matched=["rude doctors"])).in_scope
    assert read(text, says=says, context=context_of(matched=["NWL ICB"])).in_scope


def test_health_care_far_off_is_out_of_scope_however_much_it_reads_like_ours() -> None:
    says = {"ward": {"in_scope": SURE, "allegation": SURE, "flagged": SURE, "threat": SURE}}
    assert names(read("The ward at Northwick Park let him die", says=says)) >= {"allegation"}
    reading = read("The ward in Plymouth let him die", says=says)
    assert not reading.in_scope
    assert names(reading) == {"threat"}  # which is judged in any scope


def test_who_says_that_they_are_elsewhere_is_whatever_they_answer() -> None:
    says = {"dad": {"in_scope": SURE}}
    text = "I have been onto the board here in Kent about my dad's care, the nurse never came"
    asked = Context(answered=(AnsweredPost(text="NWL ICB refused my mother"),))
    assert not read(text, says=says, context=asked).in_scope
    assert read(text.replace("here in Kent", "again"), says=says, context=asked).in_scope
    ours = Context(answered=(AnsweredPost(text="How is your care?", official=True),))
    assert read(text, says=says, context=ours).in_scope


def test_only_danger_holds_where_it_can_not_be_local_health_care_at_all() -> None:
    reading = read(ENGLISH, says={"late": EVERYTHING | OUT | STAFF})
    assert not reading.in_scope
    assert names(reading) == ALWAYS_JUDGED


@pytest.mark.parametrize("name", FLAGS)
def test_the_policy_says_of_each_flag_where_it_is_judged(name: str) -> None:
    where = RULES.flags[name].judged_out_of_scope
    said = {name: SURE} | STAFF
    assert (name in names(read(ENGLISH, says={"late": said | NEAR}))) == (where != "never")
    assert (name in names(read(ENGLISH, says={"late": said | OUT}))) == (where == "always")


@pytest.mark.parametrize("where", ["never", "health", "always"])
def test_a_policy_of_ones_own_may_judge_a_flag_elsewhere(where: str) -> None:
    media = RULES.flags["media"].model_copy(update={"judged_out_of_scope": where})
    rules = RULES.model_copy(update={"flags": {**RULES.flags, "media": media}})
    near, out = (
        names(read(ENGLISH, says={"late": {"media": SURE} | scope}, rules=rules)) for scope in (NEAR, OUT)
    )  # fmt: skip
    assert (near, out) == {
        "never": (set(), set()),
        "health": ({"media"}, set()),
        "always": ({"media"}, {"media"}),
    }[where]


def test_all_scopes_judges_content_whatever_it_is_about() -> None:
    said = {"late": EVERYTHING | OUT}
    found = names(read(ENGLISH, says=said, all_scopes=True))
    assert found >= set(FLAGS) - {"no_disclaimer", "grievance"}  # those two are staff's


def test_elsewhere_the_heads_that_public_data_taught_judge_hate_and_insult() -> None:
    heads = {"task.dynahate": SURE, "task.offensive": SURE}
    assert names(read(ENGLISH, says={"late": heads | OUT}, all_scopes=True)) >= {
        "hate",
        "derogatory",
    }
    assert names(read(ENGLISH, says={"late": heads | OUT})) == set()
    assert names(read(ENGLISH, says={"late": heads | {"in_scope": SURE}}, all_scopes=True)) == set()


def test_elsewhere_too_what_can_not_be_read_is_given_no_flag_by_its_words() -> None:
    unread = "waxaan rabaa inaan arko dhakhtar"
    heads = {"task.dynahate": SURE, "task.offensive": SURE}
    reading = read(unread, says={"dhakhtar": heads | OUT}, all_scopes=True)
    assert reading.read == "unread"
    assert names(reading) == set()


def test_what_looks_clean_keeps_only_the_flags_where_a_missed_case_costs_most() -> None:
    said = EVERYTHING | {"in_scope": SURE}
    doubted = names(read(ENGLISH, says={"late": said | {"flagged": decision.LOOKS_CLEAN - 0.01}}))
    assert doubted == {"pid", "threat", "safeguarding", "security"}
    assert "derogatory" in names(
        read(ENGLISH, says={"late": said | {"flagged": decision.LOOKS_CLEAN}})
    )


def test_what_authors_say_of_themselves_beats_a_doubt_of_the_model_and_no_certainty() -> None:
    doubts = {
        "late": {"staff.no": decision.SURE_OF_STAFF - 0.01, "staff.nhs": 0.02, "staff.icb": 0.01}
    }
    assert read(ENGLISH, says=doubts, bio="Nurse at Northwick Park").staff == "nhs"
    assert read(ENGLISH, says=doubts).staff == "no"
    sure = {"late": {"staff.no": decision.SURE_OF_STAFF, "staff.nhs": 0.02, "staff.icb": 0.01}}
    assert read(ENGLISH, says=sure, bio="Pianist, Ealing GP patient").staff == "no"
    unread = "waxaan rabaa inaan arko dhakhtar"
    assert read(unread, says={"dhakhtar": STAFF}, bio="Mum of two").staff == "no"


def test_only_staff_can_air_a_grievance() -> None:
    said = {"grievance": SURE}
    assert "grievance" not in names(read(ENGLISH, says={"late": said}))
    assert "grievance" in names(read(ENGLISH, says={"late": said | STAFF}))


def test_staff_about_work_need_a_disclaimer_in_bio_or_text() -> None:
    about_work = STAFF | {"no_disclaimer": decision.ABOUT_WORK}
    said = {"late": about_work}
    assert "no_disclaimer" in names(read(ENGLISH, says=said))
    assert "no_disclaimer" not in names(read(ENGLISH, says=said, bio="All views my own"))
    assert "no_disclaimer" not in names(read(f"{ENGLISH}. Views are my own.", says=said))
    assert "no_disclaimer" not in names(read(ENGLISH, says={"late": about_work | OUT}))
    assert "no_disclaimer" not in names(read(ENGLISH, says={"late": {"no_disclaimer": SURE}}))


def test_what_staff_say_of_other_things_than_work_needs_no_disclaimer() -> None:
    assert "no_disclaimer" not in names(read(ENGLISH, says={"late": STAFF}))


def test_a_missing_disclaimer_has_no_words_that_show_it() -> None:
    reading = read(
        ENGLISH, says={"late": STAFF | {"no_disclaimer": SURE}}, shown={"no_disclaimer": "late"}
    )
    assert flag(reading, "no_disclaimer").spans == ()


@pytest.mark.parametrize("handle", ["HealthierNWL", "@healthiernwl", "BrentCouncil"])
def test_a_public_body_is_not_staff_and_has_no_profile_to_object_to(handle: str) -> None:
    reading = read(ENGLISH, says={"late": EVERYTHING | STAFF}, handle=handle)
    assert reading.staff == "no"
    assert not names(reading) & {"no_disclaimer", "impersonation", "brand", "grievance"}
    assert "threat" in names(reading)


@pytest.mark.parametrize("name", FLAGS)
def test_target_comes_with_what_is_aimed_and_harm_with_an_allegation(name: str) -> None:
    aimed = {"target.colleague": 0.8, "target.patient": 0.7, "harm.serious": 0.9}
    reading = read(ENGLISH, says={"late": {name: SURE} | STAFF | aimed})
    found = flag(reading, name)
    assert found.target == (("patient", "colleague") if name in AIMED else ())
    assert found.harm == ("serious" if name == "allegation" else None)


def test_where_no_target_is_sure_the_likeliest_is_told() -> None:
    reading = read(ENGLISH, says={"late": {"hate": SURE, "target.group": 0.4, "target.none": 0.3}})
    assert flag(reading, "hate").target == ("group",)


# ── protected speech ─────────────────────────────────────────────────────────────────────────────

COMPLAINS = {"protected.complaint": 0.6, "protected.criticism": 0.3, "protected.none": 0.1}


def unprotected_but(value: str) -> dict[str, float]:
    return {f"protected.{other}": 0.9 if other == value else 0.02 for other in PROTECTED}


@pytest.mark.parametrize("value", PROTECTED)
def test_what_protects_it_is_what_the_model_holds_likeliest(value: Protected) -> None:
    text = "I work at the desk, we were late again before the strike"  # what each may be told by
    assert read(text, says={"late": unprotected_but(value)}).protected == value


def test_who_speaks_decides_between_what_differs_by_it() -> None:
    charge = unprotected_but("complaint") | {"allegation": SURE}
    nurse = "I was the night nurse on that ward, charts were filled in late"
    assert read(nurse, says={"late": charge}).protected == "disclosure"
    assert read(ENGLISH, says={"late": charge}).protected == "complaint"
    assert read(ENGLISH, says={"late": unprotected_but("disclosure")}).protected == "criticism"
    assert read(ENGLISH, says={"late": unprotected_but("union")}).protected != "union"


def test_unequal_treatment_that_no_word_charges_is_no_allegation_unless_it_tells_of_harm() -> None:
    unequal = unprotected_but("discrimination") | {"allegation": 0.5}
    reading = read("My interpreter was late again", says={"late": unequal})
    assert "allegation" not in names(reading)
    assert reading.explanation is not None
    assert "allegation" in {step.name for step in reading.explanation.suppressed}
    for text in ("My interpreter was late, that is unlawful", "They were late and I lost my baby"):
        assert "allegation" in names(read(text, says={"late": unequal}))


def test_what_came_of_speaking_up_is_a_grievance_whatever_the_model_thinks() -> None:
    nothing = unprotected_but("none") | STAFF | {"flagged": 0.01}
    text = "Raised a concern in the late spring. Performance plan by summer."
    reading = read(text, says={"late": nothing})
    assert reading.protected == "disclosure"
    assert "grievance" in names(reading)
    explanation = flag(reading, "grievance").explanation
    assert explanation is not None
    assert decision.FARED_WORSE in [step.rule for step in explanation.rules]
    assert "grievance" not in names(read(ENGLISH, says={"late": nothing}))
    public = read(text, says={"late": unprotected_but("none")})
    assert public.protected == "none"
    assert "grievance" not in names(public)


@pytest.mark.parametrize("name", ["pid", "threat", "security", "safeguarding"])
def test_no_claim_of_detriment_lowers_what_is_grave(name: str) -> None:
    grave = unprotected_but("none") | STAFF | {name: 0.6}
    text = "I raised a concern in the late spring. On a performance plan by summer."
    assert name in names(read(text, says={"late": grave}))


def test_an_abusive_post_is_no_disclosure_for_words_of_detriment() -> None:
    abusive = unprotected_but("none") | STAFF | {"harassment": SURE}
    text = "I raised a concern in the late spring. On a performance plan by summer."
    reading = read(text, says={"late": abusive})
    assert reading.protected == "none"
    assert "harassment" in names(reading)


def test_a_fault_that_is_put_kindly_is_a_complaint_and_negative() -> None:
    kind = {"sentiment.positive": 0.9, "sentiment.negative": 0.05, "sentiment.neutral": 0.05}
    mild = {"protected.none": 0.8, "protected.complaint": 0.15} | kind
    text = "The nurse was kind but it was late, nobody rang back"
    reading = read(text, says={"late": mild})
    assert (reading.protected, reading.sentiment) == ("complaint", "negative")
    glad = read("The nurse was kind and it was late, no matter", says={"late": mild})
    assert (glad.protected, glad.sentiment) == ("none", "positive")
    for other in ({"protected.complaint": 0.01}, STAFF, {"safeguarding": SURE}):
        assert read(text, says={"late": mild | other}).sentiment == "positive"


def test_a_complaint_is_never_told_as_clean_unless_its_tone_is_plainly_another() -> None:
    complaint = unprotected_but("complaint") | {
        "sentiment.neutral": 0.8, "sentiment.negative": 0.15, "sentiment.positive": 0.05,
    }  # fmt: skip
    text = "Rang the clinic on Monday, on Tuesday and on Friday"
    reading = read(text, says={"Monday": complaint})
    assert (reading.protected, reading.sentiment) == ("complaint", "negative")
    plainly = complaint | {"sentiment.negative": 0.02}
    assert read(text, says={"Monday": plainly}).sentiment == "neutral"
    other = complaint | {"protected.complaint": 0.1, "protected.none": 0.9}
    assert read(text, says={"Monday": other}).sentiment == "neutral"


@pytest.mark.parametrize("text", ["same here", "me too 😔", "😡"])
def test_bare_agreement_takes_over_tone_and_protection_and_never_a_flag(text: str) -> None:
    fault = "Nine weeks for a result from my GP surgery in Brent, four referrals. Nobody rang back"
    complaint = Context(answered=(AnsweredPost(text=fault),))
    reading = read(text, context=complaint)
    assert (reading.protected, reading.sentiment, names(reading)) == (
        "complaint",
        "negative",
        set(),
    )
    ours = Context(answered=(AnsweredPost(text=fault, official=True),))
    assert read(text, context=ours).sentiment == "neutral"
    praise = Context(answered=(AnsweredPost(text="My GP surgery in Brent, four stars, lovely"),))
    assert read(text, context=praise).sentiment == "neutral"


@pytest.mark.parametrize("name", decision.OWN_WORDS)
def test_a_reply_is_not_given_what_only_the_post_that_it_answers_says(name: str) -> None:
    """The model reads a reply with its context, and once more without where it is in doubt."""
    answered = Context(answered=(AnsweredPost(text="Say the word and it goes up tonight"),))

    def flags_of(with_context: float, alone: float) -> set[str]:
        says = {"matches": {name: with_context}}
        known = Known(names=("NHS North West London",))
        classifier = Classifier(known, _InContext(says=says, alone={name: alone}))
        post = Post("Put the matches away, NHS North West London is ours", context=answered)
        (reading,) = classifier.read([post])
        return names(reading)

    threshold = RULES.flags[name].threshold
    assert name not in flags_of(max(0.5, threshold), 0.01)
    assert name in flags_of(max(0.5, threshold), 0.4)
    assert name in flags_of(0.95, 0.01)  # what it means is sure by what it answers


@pytest.mark.parametrize("name", decision.IN_FEW_WORDS)
def test_a_few_words_need_a_surer_score_unless_one_of_them_alarms(name: str) -> None:
    threshold = RULES.flags[name].threshold
    around = Context(
        answered=(AnsweredPost(text="The new hub in Brent opens today", official=True),)
    )

    def holds(text: str, score: float) -> bool:
        return name in names(read(text, says={text: {name: score}}, context=around))

    unsure = (threshold + decision.SURE_IN_FEW) / 2
    assert not holds("Gate is round the back", unsure)
    assert holds("Gate is round the back", decision.SURE_IN_FEW)
    assert holds("Gate is round the back, come and look", unsure)
    assert holds("The code is round the back", unsure)


@pytest.mark.parametrize("name", decision.IN_FEW_WORDS)
def test_everyday_words_are_no_danger_threat_or_secret_however_they_are_read(name: str) -> None:
    meeting = AnsweredPost(text="Our board meets in Brent on Tuesday.", official=True)
    says = {"See you there": {name: SURE}}
    assert name not in names(read("See you there", says=says, context=Context(answered=(meeting,))))
    badge = Context(answered=(meeting,), pictures=("A badge with its number",))
    assert name in names(read("See you there", says=says, context=badge))


def test_talk_of_home_is_danger_only_where_the_model_is_all_but_sure() -> None:
    text = "Nan has moved in and taken over the kitchen"

    def holds(score: float) -> bool:
        return "safeguarding" in names(read(text, says={text: {"safeguarding": score}}))

    assert not holds(0.98)
    assert holds(decision.SURE_OF_HOME)


@dataclass
class _InContext(FakeModel):
    """Says other things of a text that has no context."""

    alone: Mapping[str, float] = field(default_factory=dict)

    def scores(
        self, texts: Sequence[Text], progress: Callable[[int], None] | None = None
    ) -> list[Scores]:
        return [
            scores if text.context else dataclasses.replace(scores, outputs={**scores.outputs, **self.alone})
            for text, scores in zip(texts, super().scores(texts, progress), strict=True)
        ]  # fmt: skip


def test_a_harm_is_serious_where_words_tell_it_or_the_model_is_surer() -> None:
    def harm(text: str, score: float) -> str | None:
        said = {"allegation": SURE, "harm.serious": score}
        return flag(read(text, says={"late": said}), "allegation").harm

    died = "The doctor was late and my father died"
    near = "The doctor was late, they wrote it down before somebody dies"
    assert [harm(died, score) for score in (0.1, 0.3, 0.9)] == ["other", "serious", "serious"]
    for text in (near, ENGLISH):
        assert [harm(text, score) for score in (0.3, 0.55, 0.65)] == ["other", "other", "serious"]


def test_a_harm_that_who_works_there_discloses_is_serious_from_a_higher_score_on() -> None:
    text = "I work at the desk: the doctor was late and the fridge reading was infected with lies"
    for speaks, expected in ((unprotected_but("disclosure"), "other"), (COMPLAINS, "serious")):
        said = speaks | {"allegation": SURE, "harm.serious": 0.3}
        assert flag(read(text, says={"late": said}), "allegation").harm == expected


def test_a_unions_news_is_negative_only_where_the_model_is_surer() -> None:
    def tone(value: str, score: float) -> str:
        rest = {"sentiment.neutral": 0.95 - score, "sentiment.positive": 0.05}
        said = unprotected_but(value) | {"sentiment.negative": score} | rest
        text = "I work at the desk, the ballot on the strike was late"
        return read(text, says={"late": said}).sentiment

    assert [tone("union", score) for score in (0.6, 0.9)] == ["neutral", "negative"]
    assert [tone("disclosure", score) for score in (0.6, 0.9)] == ["neutral", "negative"]
    assert tone("complaint", 0.6) == "negative"


def test_hate_at_a_group_of_patients_is_aimed_at_no_person() -> None:
    aimed = {"hate": SURE, "derogatory": SURE, "target.group": 0.9, "target.patient": 0.8}
    reading = read(ENGLISH, says={"late": aimed})
    assert flag(reading, "hate").target == ("group",)
    assert flag(reading, "derogatory").target == ("patient", "group")
    person = read(ENGLISH, says={"late": aimed | {"target.person": 0.7}})
    assert flag(person, "hate").target == ("person", "group")


def test_few_words_that_answer_a_question_of_danger_hold_whatever_the_model_thinks() -> None:
    question = context_of(answered=[AnsweredPost(text="Are you safe right now?")])
    reading = read("no and no", context=question)
    assert names(reading) >= {"safeguarding"}
    assert flag(reading, "safeguarding").spans == ((0, 9),)
    assert "safeguarding" not in names(read("no and no"))
    assert "safeguarding" not in names(read("yes, thank you", context=question))


def test_who_says_that_they_are_as_far_as_somebody_in_danger_is_too() -> None:
    danger = Context(answered=(AnsweredPost(text="I have been putting my sleeping tablets aside"),))
    text = "Same. Got mine saved up too. Waiting till mum's birthday is over."
    assert "safeguarding" in names(read(text, context=danger))
    assert "safeguarding" not in names(read(text))
    shopping = Context(answered=(AnsweredPost(text="I have put my raffle tickets aside"),))
    assert "safeguarding" not in names(read(text, context=shopping))
    comfort = "Me too once. Please don't, I'm here for you tonight"
    assert "safeguarding" not in names(read(comfort, context=danger))


def test_who_counts_themselves_among_those_in_danger_is_too() -> None:
    fact = AnsweredPost(text="One in five people will think of suicide", official=True)
    around = Context(answered=(fact,))
    reading = read("I am one of them. Most nights.", context=around)
    assert "safeguarding" in names(reading)
    assert flag(reading, "safeguarding").spans == ((0, 30),)
    assert "safeguarding" not in names(read("I was one of them, years back", context=around))


def test_who_answers_that_all_is_well_is_in_no_danger_unless_the_model_rather_thinks_so() -> None:
    question = context_of(answered=[AnsweredPost(text="Are you ok hun? Are you safe?")])
    text = "yes hun all good, they were late again"
    doubt, sure = {"late": {"safeguarding": 0.45}}, {"late": {"safeguarding": 0.6}}
    assert "safeguarding" in names(read(text, says=doubt))
    assert "safeguarding" not in names(read(text, says=doubt, context=question))
    assert "safeguarding" in names(read(text, says=sure, context=question))


def test_what_is_asked_of_neighbours_is_not_asked_of_us() -> None:
    text, says = "Does anyone know why they were late", {"late": {"assistance": 0.8}}
    assert "assistance" not in names(read(text, says=says))
    ours = context_of(answered=[AnsweredPost(text="Ask us anything", official=True)])
    assert "assistance" in names(read(text, says=says, context=ours))
    assert "assistance" in names(read("Please tell me why they were late", says=says))


def test_the_likeliest_counts_even_where_none_is_sure() -> None:
    assert read(ENGLISH, says={"late": COMPLAINS}).protected == "complaint"


def test_out_of_scope_nothing_is_protected() -> None:
    assert read(ENGLISH, says={"late": COMPLAINS | NEAR}).protected == "none"
    assert read(ENGLISH, says={"late": COMPLAINS | OUT}, all_scopes=True).protected == "none"


@pytest.mark.parametrize("handle", ["HealthierNWL", "BrentCouncil"])
def test_what_a_public_body_says_is_not_protected(handle: str) -> None:
    assert read(ENGLISH, says={"late": COMPLAINS}, handle=handle).protected == "none"
    assert read(ENGLISH, says={"late": COMPLAINS}, handle="rowan").protected == "complaint"


def test_of_what_can_not_be_read_nothing_says_that_it_is_protected() -> None:
    text = f"NWL ICB {'waxaan rabaa inaan arko dhakhtar ' * 2}"  # Somali, for which it was not made
    reading = read(text, says={"dhakhtar": COMPLAINS})
    assert (reading.read, reading.in_scope, reading.protected) == ("unread", True, "none")


def test_a_model_that_tells_nothing_of_it_protects_nothing() -> None:
    @dataclass(kw_only=True)
    class Older(FakeModel):
        def scores(self, texts: Sequence[Text], progress: object = None) -> list[Scores]:
            return [
                dataclasses.replace(
                    scores,
                    outputs={
                        name: score
                        for name, score in scores.outputs.items()
                        if not name.startswith("protected.")
                    },
                )
                for scores in super().scores(texts)
            ]

    (reading,) = Classifier(Known(), Older(says={"late": COMPLAINS}), rules=RULES).read(
        [Post(ENGLISH)]
    )
    assert reading.protected == "none"


def test_who_speaks_up_keeps_the_flags_of_what_is_said() -> None:
    said = {"allegation": SURE, "confidential": SURE} | unprotected_but("disclosure") | STAFF
    reading = read(ENGLISH, says={"late": said})
    assert {"allegation", "confidential"} <= names(reading)
    assert reading.protected == "disclosure"


@pytest.mark.parametrize("protected", PROTECTED)
def test_a_civil_negative_comment_by_staff_is_a_rule_that_protected_speech_is_free_of(
    protected: Protected,
) -> None:
    negative = {"sentiment.negative": SURE, "sentiment.neutral": 0.0}
    says = {"late": STAFF | negative | unprotected_but(protected)}
    held = "negative_by_staff" in names(
        read(ENGLISH, says=says, rules=turned_on("negative_by_staff"))
    )
    assert held == (protected in ("criticism", "none"))
    assert "negative_by_staff" not in names(read(ENGLISH, says=says))  # off unless turned on


@pytest.mark.parametrize(
    "changes",
    [
        {"staff.icb": 0.0, "staff.nhs": SURE},  # the policy binds the ICB's own
        {"staff.icb": 0.0, "staff.no": SURE},
        {"sentiment.negative": 0.0, "sentiment.neutral": SURE},
        NEAR,
    ],
)
def test_other_comments_are_none_of_that_rules(changes: Mapping[str, float]) -> None:
    negative = {"sentiment.negative": SURE, "sentiment.neutral": 0.0}
    rules = turned_on("negative_by_staff")
    assert "negative_by_staff" in names(read(ENGLISH, says={"late": STAFF | negative}, rules=rules))
    says = {"late": STAFF | negative | dict(changes)}
    assert "negative_by_staff" not in names(read(ENGLISH, says=says, rules=rules))


# ── its own words ────────────────────────────────────────────────────────────────────────────────

DANGER = "I am going to kill myself tonight"


def test_plain_words_of_danger_count_where_they_are_the_posts_own() -> None:
    quoting = f"> {DANGER}\n\nPlease ring the Samaritans, they helped me when I was late home"
    assert "safeguarding" in names(read(DANGER))
    assert "safeguarding" in names(read(f"@HealthierNWL {DANGER}"))
    assert "safeguarding" not in names(read(quoting))


def test_a_child_who_tells_of_self_harm_or_bullying_may_be_in_danger_whatever_the_model_reads() -> (
    None
):
    """Risk `none`, and so no case at all, is what a cheerful model made of it."""
    nurse = "I am 12 and my school nurse told everyone about my scars. I hate myself."
    found = flag(read(nurse), "safeguarding")
    assert [nurse[slice(*span)] for span in found.spans] == ["my scars", "hate myself"]
    assert "safeguarding" in names(read("im 13 and they bully me in the waiting room"))
    assert "safeguarding" not in names(read("I am 12 weeks pregnant and I hate myself for it"))
    assert "safeguarding" not in names(read("I am 12 and the nurse was kind"))


@pytest.mark.parametrize(
    "text",
    [
        f"> {DANGER}\n\nok",
        f"&gt; {DANGER}\nThis, by the desk at Northwick Park",
        f"[quote]{DANGER}[/quote] lovely weather at the desk",
        f"Originally posted by rowan\n{DANGER}\n\nthe very same",
    ],
)
def test_a_quotation_that_nobody_objects_to_is_the_authors(text: str) -> None:
    found = flag(read(text), "safeguarding")
    assert [text[slice(*span)] for span in found.spans] == [DANGER.removesuffix(" tonight")]


def test_a_quotation_undoes_no_plain_words_of_the_author() -> None:
    text = f"{DANGER}\n\n> spoiler: am dram, episode 3, the film ends at the desk"
    assert "safeguarding" in names(read(text))


def test_the_model_reads_a_quotation_for_danger_and_threats_alone() -> None:
    text = "> bring petrol to the desk\n\nthey were late again"
    says = {"petrol": {"threat": SURE, "hate": SURE}}
    reading = read(text, says=says, shown={"threat": "petrol"})
    assert names(reading) == {"threat"}
    assert [text[slice(*span)] for span in flag(reading, "threat").spans] == ["petrol"]
    for answer in ("That is vile", "I have reported this", "Please don't do that"):
        assert not names(read(text.replace("they were late again", answer), says=says))


def test_a_mail_hides_no_danger_in_what_looks_like_a_footer_or_a_mail_before() -> None:
    for ending in (
        f"This email is confidential and for the intended recipient only. {DANGER}.",
        f"-----Original Message-----\n{DANGER}",
        f"On 3 Nov 2026, at 10:02, Jane wrote:\n{DANGER}",
        f"Sent from my iPhone {DANGER}",
    ):
        post = Post(f"Hello all at the desk\n\n{ending}", platform="email")
        (reading,) = Classifier(Known(), FakeModel()).read([post])
        assert names(reading) == {"safeguarding"}, ending


def test_a_context_is_never_flagged_itself() -> None:
    answered = Context(answered=(AnsweredPost(text=f"{DANGER}, my NHS number is {NHS_NUMBER}"),))
    reading = read(ENGLISH, context=answered)
    assert (names(reading), reading.masked) == (set(), ENGLISH)


# ── what can't be read ───────────────────────────────────────────────────────────────────────────

FOREIGN = [
    "لم أتمكن من الحصول على موعد منذ ثلاثة أسابيع وهذا غير مقبول أبدا",
    "Мне третий месяц не могут назначить приём у врача, это невозможно",
    "मुझे तीन हफ़्तों से डॉक्टर से मिलने का समय नहीं मिला है",
    "三个星期都约不到医生，真的让人受不了",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_what_cannot_be_read_is_never_passed_as_clean(text: str) -> None:
    word = text.split()[0]
    reading = read(text, says={word: EVERYTHING})
    assert reading.read != "full"
    assert reading.flags == () or names(reading) <= {"pid"}  # a guess at it would be worth nothing
    assert reading.sentiment == "neutral"


@pytest.mark.parametrize("text", ["🤡🤡🤡", "🖕🏽", "🐍 🐍!!"])
def test_an_insult_in_emoji_alone_is_read_in_answer_to_a_post_of_ours(text: str) -> None:
    says = {"🤡": EVERYTHING, "🖕": EVERYTHING, "🐍": EVERYTHING}
    ours = Context(answered=(AnsweredPost(text="The hub in Brent opens today", official=True),))
    answer = read(text, says=says, context=ours)
    assert (answer.read, answer.language) == ("full", "und")
    assert "derogatory" in names(answer)
    others = Context(answered=(AnsweredPost(text="The hub in Brent opens today"),))
    for around in (NOWHERE, others):
        alone = read(text, says=says, context=around)
        assert (alone.read, alone.flags) == ("unread", ())


@pytest.mark.parametrize("text", ["👏👏", "😂", "❤️", "🔥🔥", "🇬🇧", "12 🤡 34", ""])
def test_other_emoji_are_unread_as_is_what_stands_beside_a_number(text: str) -> None:
    ours = Context(answered=(AnsweredPost(text="The hub in Brent opens today", official=True),))
    assert read(text, context=ours).read == "unread"


def test_an_unread_text_that_names_us_is_in_scope_and_one_that_does_not_is_not() -> None:
    assert read(f"NHS North West London {FOREIGN[0]}").in_scope
    assert not read(FOREIGN[1], says={FOREIGN[1].split()[0]: {"in_scope": SURE}}).in_scope


def test_an_identifier_is_found_in_what_cannot_be_read() -> None:
    reading = read(f"{FOREIGN[0]} {NHS_NUMBER}")
    assert "pid" in names(reading)
    assert NHS_NUMBER not in reading.masked


# ── identifiers ──────────────────────────────────────────────────────────────────────────────────


def test_an_nhs_number_is_pid_whatever_the_model_thinks() -> None:
    text = f"My NHS number is {NHS_NUMBER} and still no answer"
    reading = read(text)
    found = flag(reading, "pid")
    start = text.index("999")
    assert any(s <= start and end >= start + len(NHS_NUMBER) for s, end in found.spans)
    assert NHS_NUMBER not in reading.masked


def test_a_public_fact_about_who_holds_office_is_no_leak_unless_it_is_told_by_who_cares_for_them() -> (
    None
):
    text = "Deputy Mayor Cllr Liz Gordon had her Covid booster at the Brent hub today"
    says = {text: {"pid": SURE}}
    assert "pid" not in names(read(text, says=says))
    assert "pid" in names(read(text, says=says, bio="Practice nurse, views my own"))
    leaked = f"{text}. Her NHS number is {NHS_NUMBER}"
    assert "pid" in names(read(leaked, says={leaked: {"pid": SURE}}))


def test_an_everyday_number_counts_only_where_health_care_is_spoken_of() -> None:
    text = "Selling a bike, barely used, ring me on 07700 900123"
    assert "pid" not in names(read(text, says={"bike": OUT}))
    assert "pid" in names(read(text, says={"bike": NEAR | {"pid": 0.3}}))
    assert "07700 900123" not in read(text, says={"bike": OUT}).masked


def test_what_the_model_takes_for_a_name_is_masked() -> None:
    reading = read(f"{ENGLISH}, ask Marigold", shown={"name": "Marigold"})
    assert "Marigold" not in reading.masked


@pytest.mark.parametrize(
    ("name", "handle", "signed"),
    [
        ("Marigold Thornley-Wick", "", "Marigold Thornley-Wick"),
        ("M. Castellan", "", "M. CASTELLAN"),
        ("", "@wick_4471", "wick_4471"),
    ],
)
def test_what_an_author_signs_with_is_masked(name: str, handle: str, signed: str) -> None:
    text = f"{ENGLISH}. {signed}, Brent"
    assert signed not in read(text, name=name, handle=handle).masked


def test_a_page_that_calls_itself_by_our_name_leaves_our_name_to_be_read() -> None:
    text = "We are the official NHS North West London support team. Chat us your login."
    assert read(text, name="NHS NW London Support").masked == text


def test_a_name_that_is_plain_words_blanks_no_words() -> None:
    assert read(f"{ENGLISH}, fed up", name="fed up", handle="late").masked == f"{ENGLISH}, fed up"


def test_an_optional_rule_stands_where_its_score_puts_it() -> None:
    rules = turned_on("working_hours")
    said = {"late": STAFF | NEAR | {"threat": 0.9}}
    flags = read(ENGLISH, says=said, rules=rules, posted_at=WORKDAY).flags
    assert [flag.name for flag in flags] == ["working_hours", "threat"]


def test_the_details_of_a_leak_are_masked_where_it_is_one() -> None:
    text = "She came in with a broken arm after the pageant on Tuesday"
    told = read(text, says={"arm": {"pid": SURE}}, shown={"pid": "pageant"})
    assert "pageant" not in told.masked
    assert "pageant" in read(text, shown={"pid": "pageant"}).masked


# ── spans ────────────────────────────────────────────────────────────────────────────────────────


def test_spans_are_the_words_that_show_it() -> None:
    text = "The clowns at the desk were late"
    reading = read(text, says={"clowns": {"derogatory": SURE}}, shown={"derogatory": "clowns"})
    assert [text[s:e] for s, e in flag(reading, "derogatory").spans] == ["clowns"]


@examples(25)
@given(st.text(max_size=200), st.sampled_from(FLAGS), st.text(min_size=1, max_size=3))
def test_spans_lie_in_the_text_in_order_and_apart(text: str, name: str, word: str) -> None:
    reading = read(text, says={"": EVERYTHING | STAFF}, shown={name: word}, all_scopes=True)
    for found in reading.flags:
        last = -1
        for start, end in found.spans:
            assert last < start < end <= len(text)
            last = end
        assert 0.0 <= found.score <= 1.0
        assert set(found.target) <= set(TARGETS)


# ── optional rules ───────────────────────────────────────────────────────────────────────────────


def turned_on(name: str) -> schema.Policy:
    flag = RULES.flags[name].model_copy(update={"on": True})
    return RULES.model_copy(update={"flags": {**RULES.flags, name: flag}})


WORKDAY = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)  # a Tuesday
EVENING = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "holds"), [(WORKDAY, True), (EVENING, False), (SUNDAY, False), (None, False)]
)
def test_working_hours_hold_for_staff_at_work_about_other_things(
    at: datetime | None, holds: bool
) -> None:
    rules = turned_on("working_hours")
    found = read(ENGLISH, says={"late": STAFF | OUT}, rules=rules, posted_at=at)
    assert ("working_hours" in names(found)) is holds
    about_work = read(ENGLISH, says={"late": STAFF}, rules=rules, posted_at=at)
    assert "working_hours" not in names(about_work)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Hospital plan approved by board https://news.example.org/1", True),
        ("https://news.example.org/1", True),
        ("I love this plan of ours https://news.example.org/1", False),
        ("Hospital plan approved by board", False),
    ],
)
def test_a_shared_headline_is_a_link_and_nobody_speaking(text: str, holds: bool) -> None:
    said = {"http": STAFF, "Hospital": STAFF}
    found = read(text, says=said, rules=turned_on("headline_share"))
    if found.in_scope:
        assert ("headline_share" in names(found)) is holds


@pytest.mark.parametrize("name", ["working_hours", "headline_share", "negative_by_staff"])
def test_an_optional_rule_that_is_off_never_holds(name: str) -> None:
    for said in (STAFF, STAFF | OUT):
        text = "Plan approved https://news.example.org/1"
        assert name not in names(read(text, says={"Plan": said}, posted_at=WORKDAY))


# ── scores before thresholds ─────────────────────────────────────────────────────────────────────


def weighed(
    text: str, says: Mapping[str, float], *, handle: str = "", all_scopes: bool = False
) -> tuple[Reading, Mapping[str, float]]:
    known = Known(official=OFFICIAL, register=BODIES)
    classifier = Classifier(known, FakeModel(says={text[:4]: says}), rules=RULES)
    post = Post(text, author=Author(handle=handle))
    (told,) = classifier.weigh([post], all_scopes=all_scopes)
    assert told[0] == classifier.read([post], all_scopes=all_scopes)[0]
    return told


@pytest.mark.parametrize(("settled", "text"), [
    ({}, "Told to stop asking about the merger, in writing"), ({"x": frozenset(("colm", "our_own"))}, "I work for the NHS and was told to stop asking"),
])  # fmt: skip
@pytest.mark.parametrize("handle", ["colm", "our_own"])
def test_the_register_takes_nobody_who_works_here_out_of_what_protects_them(
    settled: dict[str, frozenset[str]], text: str, handle: str
) -> None:
    """Whoever registered them, and as whose: by what nobody agreed to, and by words that say it, they are read as anybody is."""
    says = {text[:4]: {"staff.icb": SURE - 0.05, "staff.no": 0.0, "protected.disclosure": SURE, "protected.none": 0.0}}  # fmt: skip
    register = {"x": frozenset(("colm", "our_own"))}
    readings = [
        Classifier(known, FakeModel(says=says), rules=RULES).read([Post(text, author=Author(handle=handle))])[0]
        for known in (Known(), Known(register=register, official={"x": frozenset(("our_own",))}, settled=settled))
    ]  # fmt: skip
    assert readings[0].staff in ("icb", "nhs")
    assert readings[1].staff == readings[0].staff
    assert readings[1].protected == readings[0].protected
    assert names(readings[1]) == names(readings[0])


def test_every_score_is_told_whether_it_held_or_not() -> None:
    reading, scores = weighed(ENGLISH, {"threat": 0.99, "media": 0.01})
    assert names(reading) == {"threat"}
    assert scores["threat"] == 0.99
    assert scores["media"] == 0.01
    assert set(scores) == set(RULES.in_use) - {"grievance"}  # which the public can't have


def test_an_identifier_counts_for_the_score_before_its_threshold_too() -> None:
    _, scores = weighed(f"Her NHS number is {NHS_NUMBER} at the ward", {"pid": 0.01})
    assert scores["pid"] >= 0.9


def test_out_of_scope_most_flags_have_no_score_unless_all_scopes_are_asked_for() -> None:
    _, scores = weighed(ENGLISH, EVERYTHING | OUT)
    assert set(scores) == JUDGED_NEAR
    assert all((scores[name] > 0) == (name in ALWAYS_JUDGED) for name in JUDGED_NEAR)
    _, scores = weighed(ENGLISH, EVERYTHING | OUT, all_scopes=True)
    assert len(scores) > len(JUDGED_NEAR)


def test_what_an_official_account_is_not_flagged_for_has_no_score() -> None:
    _, scores = weighed(ENGLISH, dict.fromkeys(FLAGS, 0.8), handle="healthiernwl")
    assert set(scores) == {"pid", "confidential"}


@pytest.mark.parametrize(("name", "least"), sorted(decision.FAR_AWAY.items()))
def test_far_from_health_care_a_threat_and_danger_need_more(name: str, least: float) -> None:
    far = "The goalkeeper was late for the late kick off again"
    assert name in names(read(far, says={"late": {name: least} | OUT}))
    assert name not in names(read(far, says={"late": {name: least - 0.01} | OUT}))
    assert least > RULES.flags[name].threshold
    assert name in names(read(ENGLISH, says={"late": {name: least - 0.01}}))


def _told(text: str, **outputs: float) -> Mapping[str, Mapping[str, float]]:
    return {text: {"in_scope": 0.99, "flagged": 0.99} | {name.replace("__", "."): score for name, score in outputs.items()}}  # fmt: skip


@pytest.mark.parametrize(
    ("bio", "name", "handle", "words", "holds"),
    [
        ("FTSU Guardian, NWL ICB", "Farah", "farah", "Speak Up Month at NWL ICB: my door is open", False),
        ("Steward, UNISON NWL ICB branch", "Farah", "farah", "Members at NWL ICB voted 83% yes today", False),
        ("Lives in Brent", "Farah", "farah", "Speak Up Month at NWL ICB: our door is open", True),
        ("FTSU Guardian, NWL ICB", "Farah", "farah", "NWL ICB staff: log in here with your password", True),
        ("FTSU Guardian, NWL ICB", "NHS North West London Support", "help", "Speak Up Month: our door is open", True),
        ("FTSU Guardian, NWL ICB", "Help", "nhs_northwestlondon_help", "Speak Up Month: our door is open", True),
    ],
)  # fmt: skip
def test_who_announces_an_office_is_no_impostor_but_for_logins_and_our_name(
    bio: str, name: str, handle: str, words: str, holds: bool
) -> None:
    reading = read(words, says=_told(words, impersonation=0.9), bio=bio, name=name, handle=handle)
    assert ("impersonation" in names(reading)) is holds


def test_hate_holds_whatever_is_claimed_around_it_and_is_not_the_guardians() -> None:
    words = (
        "White staff are the ones discriminated against at NWL ICB. Every band 8 goes to some wog"
    )
    scores = {"protected__discrimination": 0.9, "protected__none": 0.05, "allegation": 0.7, "grievance": 0.8, "staff__icb": 0.99, "staff__no": 0.01}  # fmt: skip
    reading = read(words, says=_told(words, **scores), bio="Works at NWL ICB")
    assert "hate" in names(reading)
    assert not names(reading) & {"allegation", "grievance"}
    assert reading.protected == "none"
    called = "Called a wog at NWL ICB, and HR said nothing"
    reading = read(called, says=_told(called, **scores), bio="Works at NWL ICB")
    assert "hate" not in names(reading)
    assert reading.protected == "discrimination"
