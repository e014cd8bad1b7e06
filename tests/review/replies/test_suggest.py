"""Which drafts, lines to take and policies fit a case, and why: by its words, flags, places, clauses and authors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from core.models import Flag
from review.replies import suggest
from review.replies.suggest import Post
from review.replies.templates import FilledTemplate, Replies
from settings.review import LineToTake, RelatedPolicy, ReplyTemplate
from store import CaseDecided, CaseDecision, CaseMention, Item
from tests.reports import factories as reports
from tests.review.factories import NOW, whole_policy
from tests.store.factories import AT

TODAY = date(2026, 11, 20)
NEVER = frozenset({"threat", "hate", "harassment", "sexual"})  # of the policy that ships


def post(*flags: str, **changes: Any) -> Post:
    given: dict[str, Any] = {
        "place": 1, "mention": 7, "platform": "x", "staff": "no", "tone": "negative",
        "flags": frozenset(flags), "clauses": frozenset({"6.9"}), "masked": "words",
    }  # fmt: skip
    return Post(**(given | changes))


def template(key: str, *flags: str, missing: str = "", **changes: Any) -> FilledTemplate:
    given: dict[str, Any] = {"key": key, "name": f"The {key}", "text": f"Text of {key}."}
    # not held to the file's checks: what is answered to whom must hold whatever a template says
    of = ReplyTemplate.model_construct(**(given | {"flags": flags} | changes))
    return FilledTemplate(template=of, text=of.text, missing=missing)


def line(key: str = "gp", **changes: Any) -> LineToTake:
    given: dict[str, Any] = {"key": key, "topic": "A topic", "line": "What we say.", "owner": "Us"}
    return LineToTake.model_validate(given | changes)


def keys(given: Sequence[FilledTemplate], *posts: Post) -> list[str]:
    drafts = suggest.drafts(Replies(templates=given), posts)
    return [draft.template.key for draft in drafts]


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_fits_where_all_that_it_names_holds_of_one_post() -> None:
    staff = template("guardian", "grievance", staff=("icb", "nhs"))
    assert keys([staff], post("grievance", staff="nhs")) == ["guardian"]
    assert keys([staff], post("grievance")) == []
    assert keys([staff], post("allegation", staff="icb")) == []
    assert (
        keys([staff], post("grievance"), post("threat", staff="nhs")) == []
    )  # two different posts
    thanks = template("thanks", tone=("positive",), platforms=("x",))
    assert keys([thanks], post(tone="positive")) == ["thanks"]
    assert keys([thanks], post(tone="positive", platform="facebook")) == []


@pytest.mark.parametrize("flag", ["pid", "confidential", "security"])
def test_friendly_words_are_no_reason_to_answer_what_should_not_be_seen(flag: str) -> None:
    given = [template("thanks", tone=("positive",)), template("help", "assistance")]
    assert keys(given, post(flag, tone="positive")) == []
    assert keys(given, post(flag, "assistance", tone="positive")) == ["help"]


def test_the_first_that_is_set_up_is_the_first_offered() -> None:
    given = [template("media", "media"), template("help", "assistance")]
    assert keys(given, post("assistance", "media")) == ["media", "help"]


@pytest.mark.parametrize("flag", sorted(NEVER))
def test_nothing_is_drafted_for_abuse_whatever_a_template_says(flag: str) -> None:
    given = [template("anything"), template("help", "assistance", flag)]
    assert keys(given, post("assistance", flag)) == []
    assert keys(given, post("assistance", flag), post("assistance", place=2)) == [
        "anything",
        "help",
    ]


def test_who_may_be_in_danger_is_pointed_to_help_alone() -> None:
    given = [template("help", "assistance"), template("crisis", "safeguarding")]
    assert keys(given, post("assistance", "safeguarding", "threat")) == ["crisis"]


def test_a_draft_says_for_which_posts_and_why() -> None:
    told = Replies(templates=[template("help", "assistance")])
    posts = [post("assistance"), post("media", place=2), post("assistance", place=3)]
    assert suggest.drafts(told, posts)[0].why == "posts 1 and 3: flagged as asks for help"
    assert suggest.drafts(told, posts[:1])[0].why == "flagged as asks for help"
    staff = Replies(templates=[template("g", "grievance", staff=("nhs",))])
    said = suggest.drafts(staff, [post("grievance", staff="nhs")])[0].why
    assert said == "flagged as staff about their work, and its writer is staff"
    assert (
        suggest.drafts(Replies(templates=[template("any")]), [post()])[0].why == "it fits any post"
    )


def test_a_draft_that_points_to_nobody_is_not_offered_and_named() -> None:
    lame = template("help", "assistance", missing="there is no contact point called PALS")
    told = Replies(templates=[lame])
    assert suggest.drafts(told, [post("assistance")]) == []
    assert suggest.wanting(told, [post("assistance")]) == [lame]
    assert suggest.wanting(told, [post("media")]) == []


def test_why_nothing_is_answered_is_said_in_the_organisations_words_or_in_ours() -> None:
    ours = template("abuse", "threat", reply=False, text="Tell security.")
    told = Replies(templates=[ours])
    said = suggest.unanswered(told, [post("threat"), post("hate", place=2), post("media", place=3)])
    assert [(draft.text[:14], draft.why) for draft in said] == [
        ("Tell security.", "post 1: flagged as threat"),
        ("A reply makes ", "post 2: flagged as hate"),
    ]
    assert suggest.unanswered(told, [post("media")]) == []


# ── what people said of flags ────────────────────────────────────────────────────────────────────


def decided(
    version: int, labels: Mapping[str, bool], *, undone: bool = False, revision: int = 1
) -> CaseDecided:
    said = CaseDecision(
        case=1, kind="monitor", by=1, at=NOW, covers=((7, revision),), labels=labels
    )
    return CaseDecided(version=version, by_name="Amina Yusuf", decision=said, undone=undone)


def mentioned(*flags: str, **changes: Any) -> CaseMention:
    given: dict[str, Any] = {
        "number": 7, "revision": 1, "platform": "x", "kind": "post", "sources": ("x",), "matched": (),
        "posted_at": AT, "fetched_at": AT, "masked": "words", "in_scope": True, "staff": "no",
        "sentiment": "negative", "protected": "none", "language": "en", "read": "full", "risk": "low",
        "followers": None, "metrics": {}, "edited": False, "deleted": False, "story": "s", "copies": 1, "decision": None,
        "policy": "p", "model": "m", "assessed_at": AT,
        "flags": tuple(Flag(name=name, score=0.9, clauses=()) for name in flags),
    }  # fmt: skip
    return CaseMention(
        item=Item(**(given | changes)), why="first", reviewable=True, decided_revision=None
    )


def held(history: Sequence[CaseDecided], *flags: str, **changes: Any) -> frozenset[str]:
    found = suggest.posts_of([mentioned(*flags, **changes)], history, {"threat": ("6.9",)})
    return found[0].flags if found else frozenset({"no post"})


def test_a_flag_that_a_colleague_found_wrong_no_longer_counts_and_one_that_they_added_does() -> (
    None
):
    assert held([], "threat") == {"threat"}
    assert held([decided(1, {"threat": False, "assistance": True})], "threat") == {"assistance"}
    assert held([decided(1, {"threat": False}, undone=True)], "threat") == {"threat"}
    assert held([decided(1, {"threat": False}), decided(2, {"threat": True})], "threat") == {
        "threat"
    }


def test_what_the_sample_found_counts_like_a_flag_until_a_colleague_says_otherwise() -> None:
    def found(*history: CaseDecided) -> frozenset[str]:
        return suggest.posts_of([mentioned()], history, {}, {7: ("threat",)})[0].flags

    assert found() == {"threat"}
    assert found(decided(1, {"threat": False})) == frozenset()


def test_what_was_said_of_words_that_were_edited_since_does_not_count() -> None:
    assert held([decided(1, {"threat": False})], "threat", revision=2) == {"threat"}


def test_deleted_posts_and_our_own_are_not_answered() -> None:
    assert held([], "assistance", deleted=True) == {"no post"}
    assert held([], "assistance", own=True) == {"no post"}


def test_where_terms_forbid_to_know_staff_nobody_is_taken_for_it() -> None:
    found = suggest.posts_of([mentioned("grievance", staff=None)], (), {"grievance": ("6.8",)})
    assert found[0].staff == "no"
    assert found[0].clauses == {"6.8"}


# ── lines ────────────────────────────────────────────────────────────────────────────────────────


def lines(
    given: LineToTake, *posts: Post, places: Sequence[str] = (), on: date = TODAY
) -> list[str]:
    told = Replies(lines=[given])
    return [one.why for one in suggest.lines(told, posts, frozenset(places), on)]


def test_a_line_fits_by_its_words_and_shows_them() -> None:
    about = line(about="surgery AND phone*")
    says = post(masked="the surgery never phones")
    assert lines(about, says) == ["it says ‘surgery’ and ‘phone…’"]
    assert lines(about, post(masked="the ward")) == []
    blank = post(masked="ring [surgery phone]")
    assert lines(about, blank) == []  # what a blank is called is not said
    both = line(about="surgery AND phone*", flags=("misinformation",))
    assert lines(both, says) == []
    assert lines(both, post("misinformation", masked="the surgery never phones")) == [
        "it says ‘surgery’ and ‘phone…’; it is flagged as claim to check"
    ]


def test_a_line_fits_by_flag_place_and_clause() -> None:
    assert lines(line(flags=("media", "brand")), post("media")) == [
        "it is flagged as reporter or news story"
    ]
    assert lines(line(places=("Harrow",)), post(), places=["Harrow"]) == ["it names Harrow"]
    assert lines(line(places=("Harrow",)), post(), places=["Brent"]) == []
    assert lines(line(clauses=("6.9", "9")), post()) == ["it falls under clause 6.9"]


def test_a_line_is_offered_from_its_first_day_to_its_last() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    dates: dict[str, Any] = {"from": first, "until": last}
    given = line(clauses=("6.9",), **dates)
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1))
    assert [bool(lines(given, post(), on=day)) for day in days] == [False, True, True, False]


# ── related policies ─────────────────────────────────────────────────────────────────────────────


def test_related_policies_fit_by_flag_or_clause_and_an_employers_once_it_is_released() -> None:
    told = Replies(
        related=[
            RelatedPolicy(name="Equality", flags=("hate",)),
            RelatedPolicy(name="Identity", clauses=("6.9",)),
            RelatedPolicy(name="Disciplinary", flags=("hate",), hr=True),
        ]
    )

    def names(*posts: Post, released: bool = False) -> list[str]:
        return [fitting.policy.name for fitting in suggest.related(told, posts, released=released)]

    assert names(post("hate")) == ["Equality", "Identity"]
    assert names(post("hate"), released=True) == ["Equality", "Identity", "Disciplinary"]
    assert names(post(clauses=frozenset())) == []


@pytest.mark.parametrize(
    ("flag", "score", "protected", "held"),
    [
        ("confidential", 0.9, "none", True), ("confidential", 0.63, "none", False), ("confidential", 0.9, "criticism", False),
        ("security", 0.9, "criticism", True), ("pid", 0.5, "complaint", True), ("allegation", 0.9, "none", False),
    ],
)  # fmt: skip
def test_an_answer_is_held_back_by_what_is_sure_and_never_by_criticism(
    flag: str, score: float, protected: str, held: bool
) -> None:
    item: Any = SimpleNamespace(flags=[SimpleNamespace(name=flag, score=score)], staff="no", protected=protected)  # fmt: skip
    assert suggest.carries_further(item, [flag], whole_policy()) is held


def test_a_colleague_who_asks_to_share_something_kind_is_not_sent_to_the_media_desk() -> None:
    press = (Flag(name="media", score=0.84, clauses=()),)
    kind = reports.item(kind="report", platform="email", masked="a kind one. Could we share it?", flags=press)  # fmt: skip
    assert suggest.flags_as_asked(kind) == set()
    asked = reports.item(kind="report", platform="email", masked="The Gazette rang, they want a word by five", flags=press)  # fmt: skip
    assert suggest.flags_as_asked(asked) == {"media"}
    assert suggest.flags_as_asked(reports.item(masked=kind.masked, flags=press)) == {"media"}
