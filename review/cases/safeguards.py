"""What may be protected speech in a case, and who hears it by default: PALS or the Guardian, never an employer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from collectors import terms
from review.context import Visit
from review.replies.suggest import said_of
from steps.models import SPOKEN, protected
from store import Case, CaseDecided, CaseMention

# What has somebody else to go to first, whatever else is said in it.
OTHERS = frozenset({"pid", "threat", "security", "safeguarding"})


def parts(
    visit: Visit,
    worth: Sequence[CaseMention],
    named: Collection[str],
    missed: Mapping[int, Sequence[str]],
    history: Sequence[CaseDecided],
) -> dict[str, object]:
    """`protected`: whether the case is to be shown as such; `heard`: the role that is chosen beforehand, "" for none.

    `named` are all flags that somebody or something put on the case.
    """
    found = bool(SPOKEN & set(named)) or any(_criticism(one, missed, history) for one in worth)
    heard = _heard(worth, named) if found and not OTHERS & set(named) else ""
    return {
        "protected": found,
        "heard": heard if heard in {role.key for role in visit.desk.roles} else "",
    }


def _criticism(
    one: CaseMention, missed: Mapping[int, Sequence[str]], history: Sequence[CaseDecided]
) -> bool:
    """Whether a post speaks ill of an organisation, and of nobody, with no ground to remove it."""
    item = one.item
    said = dict.fromkeys(missed.get(item.number, ()), True)
    said |= said_of(item.number, item.revision, history)
    ill = any(flag.name == "derogatory" for flag in item.flags)
    return ill and said.get("derogatory") is not False and protected(item.flags, said)


def _heard(worth: Sequence[CaseMention], named: Collection[str]) -> str:
    """Staff who speak up go to the Guardian, everybody else to PALS."""
    staff = any(one.item.staff in ("icb", "nhs") for one in worth)
    return "guardian" if "grievance" in named or staff else "pals"


# ── The way to an employer: for the ICB's own staff alone, where terms allow it, and once a governance role released it.
#
# The policy binds nobody else. It is asked of a case as it is now, each time: one that was released and has
# somebody else's post since is locked again.


def can_be_released(found: Case, mentions: Sequence[CaseMention]) -> bool:
    """Whether the way can be released at all; `mentions` are those of a case that a person should see.

    Never for a case with more of them than its page has room for: nobody would have seen whose the others are.
    """
    return 0 < found.flagged <= len(mentions) and all(
        one.item.staff == "icb" and not terms.forbids(one.item.platform, "employment")
        for one in mentions
    )


def is_open(visit: Visit, found: Case, mentions: Sequence[CaseMention]) -> bool:
    """Whether it was released, and still may be."""
    return can_be_released(found, mentions) and visit.store.hr_release(found.number) is not None
