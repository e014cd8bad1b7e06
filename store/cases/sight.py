"""What somebody may see of cases: the one rule, and the condition by which every query keeps to it.

Cases of people who speak up are the Guardian's (docs/decisions/0030). A case from which somebody stepped back, or of
which they wrote a post themselves, is out of their sight. Whoever lists, counts, searches or exports cases puts one of
these conditions into the query. A case is told by `cases.protected`, a post by `case_mentions.speaks`, both of which
triggers keep: no list joins anything for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.models import (
    LINK_ALONE,
    SPEAKING_UP,
    SPEECH_SOUGHT,
    STAFF_ONLY,
    STAFF_SPEAK,
    Protected,
    Role,
)

# Of `cases.protected`: the Guardian's alone; those on duty act on it too, since somebody may be in danger or a patient's
# details are out.
GUARDIANS, URGENT = 1, 2
# The same of a post that is held without use (UK GDPR Article 18), and of its case: nobody's to see, whoever they are.
RESTRICTED = 3
GUARDIAN: Role = "guardian"  # the role, the lane, and the team that speaking up is passed on to


# The kinds of speech that are speaking up, as SQL lists them
def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


KINDS = _quoted(SPEAKING_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one person may see. As it stands, for what nobody asked for: mails, summaries, exports.

    `guardians`: they see the Guardian's lane. `decides`: they are the Guardian or governance, and hide or remove what
    may be hidden. `on_duty`: they see where somebody may be in danger, or a patient's details are out. `stepped_back`:
    the cases out of their sight. `reads_children`: they read the words of what names a child, and find it by them.
    """

    guardians: bool = False
    decides: bool = False
    on_duty: bool = False
    stepped_back: frozenset[int] = frozenset()
    reads_children: bool = True

    # ── of one case ──────────────────────────────────────────────────────────────────────────────

    def sees(self, case: int, protected: int) -> bool:
        """Whether a case is theirs to open, by its number and its `protected`."""
        if protected == RESTRICTED:
            return False
        return case not in self.stepped_back and (not protected or self.guardians)

    def sees_urgent(self, case: int, protected: int) -> bool:
        """Whether they may go through the steps of danger or of a leak in a case that they may not see otherwise."""
        return case not in self.stepped_back and protected == URGENT and self.on_duty

    # ── of lists, as conditions of SQL: names are ours, numbers are numbers ──────────────────────

    def of_cases(self, case: str = "c") -> str:
        """Rows `case` of cases that the desk's lists hold: none of the Guardian's, whoever asks."""
        return f"{case}.protected = 0{self._but_those(f'{case}.number')}"

    def of_lanes(self, case: str = "c") -> str:
        """The same of lanes, in which those on duty find where somebody may be in danger, or details are out."""
        seen = f"{case}.protected IN (0, {URGENT})" if self.on_duty else f"{case}.protected = 0"
        return f"{seen}{self._but_those(f'{case}.number')}"

    def of_numbers(self, column: str, *, danger: bool = False) -> str:
        """The same of rows that name a case by its number in `column`, and may name none; `danger`: as lanes have it."""
        which = f"protected <> {URGENT}" if danger and self.on_duty else "protected > 0"
        return (
            f"({column} IS NULL OR {column} NOT IN (SELECT number FROM cases INDEXED BY cases_protected WHERE protected > 0"
            f" AND {which}){self._but_those(column)})"
        )

    def of_posts(self, mention: str) -> str:
        """The same of posts by their number in `mention`, in a case or in none."""
        return f"""NOT EXISTS (SELECT 1 FROM case_mentions sight JOIN cases seen ON seen.number = sight.case_number
            WHERE sight.mention = {mention} AND NOT ({self.of_cases("seen")}))
            AND (EXISTS (SELECT 1 FROM case_mentions sight WHERE sight.mention = {mention})
                OR NOT EXISTS (SELECT 1 FROM current_assessments read WHERE read.mention = {mention} AND {READ_AS_SPEAKING.format("read")})
                AND NOT {FOUND_AS_SPEAKING.format(mention)} AND NOT {ANSWERS_SPEAKING.format(mention)})"""

    def not_stepped_back(self, column: str) -> str:
        """Rows that name a case by its number in `column`, if any, from which they did not step back."""
        return f"({column} IS NULL OR 1{self._but_those(column)})"

    def of_guardians(self, case: str = "c") -> str:
        """Rows `case` of cases in the Guardian's lane, for who may see it: ask `guardians` first."""
        return f"{case}.protected > 0 AND {case}.protected <> {RESTRICTED}{self._but_those(f'{case}.number')}"

    def of_words(self, mention: str) -> str:
        """Posts by their number in `mention` that may be found by their words: what they may not read, or nobody has looked at yet, is found by none."""
        if self.reads_children:
            return "1"
        return f"EXISTS (SELECT 1 FROM mentions named WHERE named.number = {mention} AND (named.child = 0 OR named.own))"

    def _but_those(self, column: str) -> str:
        if not self.stepped_back:
            return ""
        numbers = ", ".join(str(int(number)) for number in sorted(self.stepped_back))
        return f" AND {column} NOT IN ({numbers})"


# Whether an assessment reads a post as speaking up, as `core.models.speaks_up` has it; of a report to our mailbox by its kind of speech alone.
READ_AS_KIND = f"({{0}}.protected IN ({KINDS}) AND ({{0}}.staff IS NOT 'no' OR {{0}}.protected = 'disclosure'))"
READ_AS_SPEAKING = f"""({READ_AS_KIND}
    OR {{0}}.staff IS NOT 'no' AND EXISTS (SELECT 1 FROM flags said WHERE said.assessment = {{0}}.number
        AND (said.name IN ({_quoted(STAFF_ONLY)}) OR {{0}}.staff IS NOT NULL AND said.name IN ({_quoted(STAFF_SPEAK)}))))"""
# Of these what waits for the Guardian with no flag and of no risk: a concern, or unequal treatment, which may be a claim (docs/decisions/0030). Union matters
# alone ask nobody to decide anything, and a list of them would be a list of who is in a union.
NEEDS_NO_FLAG: frozenset[Protected] = SPEAKING_UP - {"union"}
READ_AS_CONCERN = f"""({{0}}.protected IN ({_quoted(NEEDS_NO_FLAG)}) AND ({{0}}.staff IS NOT 'no' OR {{0}}.protected = 'disclosure'))"""
# Or what is known by a link alone, until somebody has said whose post it leads to; or whether a search for speaking up, which two people agreed to, found a post by its number; its words say nothing of it.
# The press reports of strikes for everybody to read, and a report was written to the team.
FOUND_AS_SPEAKING = f"""EXISTS (SELECT 1 FROM matches sought JOIN mentions whose ON whose.number = sought.mention
    WHERE sought.mention = {{0}} AND (sought.term = '{LINK_ALONE}' OR sought.term = '{SPEECH_SOUGHT}' AND whose.kind NOT IN ('article', 'report')))"""
# Whether a post answers one of the Guardian's, or stands in its thread: whoever reads the answer is led to what it answers.
ANSWERS_SPEAKING = """EXISTS (SELECT 1 FROM mentions below JOIN mentions above ON above.key_hash IN (below.parent_hash, below.root_hash)
        AND above.number <> below.number JOIN case_mentions spoken ON spoken.mention = above.number AND spoken.speaks IN (1, 2)
    WHERE below.number = {0} AND below.kind <> 'report')"""
# Whether a post was read as speaking up before its words were changed, or before they could not be read again, by its number;
# not where the Guardian has said since that nobody does. Else an edit, or whatever else makes it read anew, would open it.
SPOKE_BEFORE = f"""EXISTS (SELECT 1 FROM assessments earlier JOIN current_assessments now ON now.mention = earlier.mention
        JOIN mentions whose ON whose.number = earlier.mention
    WHERE earlier.mention = {{0}} AND earlier.number < now.number AND (earlier.revision < now.revision OR now.read <> 'full')
        AND (whose.kind <> 'report' AND {READ_AS_SPEAKING.format("earlier")} OR {READ_AS_KIND.format("earlier")})
        AND earlier.at > coalesce((SELECT max(said.at) FROM speaking_up_rulings said, json_each(said.posts) one
            WHERE one.value = earlier.mention AND NOT said.speaks), ''))"""
# What learning leaves out beside what was deleted: of rows `m` of mentions, those that are held without use.
IN_USE = f"NOT EXISTS (SELECT 1 FROM case_mentions aside WHERE aside.mention = m.number AND aside.speaks = {RESTRICTED})"
UNASKED = Sight()
# Who reads the words of what names a child; whoever only reads along, or manages people, sees that it is there
READS_CHILDREN: frozenset[Role] = frozenset(
    ("reviewer", "lead", "governance", "guardian", "safeguarding")
)


def sight_of(
    roles: Sequence[Role], *, duty_lead: bool = False, stepped_back: frozenset[int] = frozenset()
) -> Sight:
    """Who may see what, by roles: the Guardian, governance, and the one lead whom the settings name.

    Reviewers and leads are on duty. A viewer and an administrator see none of it.
    """
    decides = "guardian" in roles or "governance" in roles
    guardians = decides or (duty_lead and "lead" in roles)
    return Sight(
        guardians=guardians, decides=decides, stepped_back=stepped_back,
        on_duty=guardians or "reviewer" in roles or "lead" in roles, reads_children=not READS_CHILDREN.isdisjoint(roles),
    )  # fmt: skip
