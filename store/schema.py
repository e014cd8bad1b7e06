"""The schema as it is now, with what each table is for: `make schema` writes schema.sql and docs/database.md from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from store.structure import current

# by topic: table -> what it is for
TABLES: dict[str, dict[str, str]] = {
    "Mentions": {
        "mentions": "A post as its source gave it: when, where, how far it reached; who and where in `encrypted`.",
        "revisions": "The words, the bio and what surrounds a mention, once for each edit.",
        "matches": "Which source found a mention, and by which of its terms.",
        "picture_reads": "How each attached picture fared when its words were read; the words lie in the mention's revision.",
        "answered_posts": "Of which posts a mention's context holds words, and when their platform last showed them.",
        "tombstones": "Keys of what was removed, so that it is not taken in again.",
        "runs": "One pass over a source: what it brought, and whether it reached its end.",
        "source_states": "What a source must be told on its next run, whatever became of the last.",
        "source_parts": "How each part of a source fares (a feed, a file, a server): when it was read, since when it fails, when it is tried next.",
        "reveals": "Who saw a mention in clear, and why.",
    },
    "Assessments": {
        "assessments": "What a model thinks of a revision by a policy; added, never changed.",
        "flags": "The flags of an assessment, best first.",
        "spans": "Where in the text, or in what was read in a picture, a flag stands, in code points.",
        "risks": "The risk of an assessment with the reach of the moment; a new reach adds a row.",
        "failed_readings": "How often a policy and model tripped over a revision; after two tries it counts as not read.",
        "assessments_fts": "The index of the masked words of all assessments.",
        "outbox": "Mails to be sent at least once; `about` tells rows of a kind apart: a day, alert:route:level, or hand-off:step.",
        "read_through": "Up to which mention the policy and model in force have read all; lowered by triggers.",
        "unassessed": "Mentions that nobody has assessed as they stand now, and since when; kept by triggers.",
        "outbox_recipients": "Who gets a mail of the outbox, each with a state of its own: waits, left, given up, or no longer needed.",
        "similarity_bands": "Hashes of a mention's words, kept for a month: who shares one may say the same.",
    },
    "Cases": {
        "cases": "Stories that people review, with their figures and the decision in force.",
        "case_mentions": "Which case a mention is in, why, and what the queue sorts and filters by.",
        "case_flags": "The flags of a case's mentions, for filters.",
        "case_places": "The places that a case's mentions name, for filters.",
        "case_mentions_fts": "The index of the masked words of a case's reviewable mentions.",
        "bookmarks": "Up to which row a step has worked.",
        "case_lines": "What an officer calls a case in place of the rules' line, each with the post and the line for which it stands; added, never changed.",
        "case_decisions": "What a person decided of a case, what it covers and takes back; added, never changed.",
        "decision_records": "Who decided what of which case, for which role and which ready reason; no words; outlives the case, by a rule of its own.",
        "decisions": "The same for each mention that it covers: what thresholds and training learn from.",
        "deadlines": "When something of a case is due, and when and why that clock stopped.",
        "replies": "What somebody replied on the platform to a mention of a case.",
        "takedowns": "Steps to have a post taken down: whom we asked, when, what became of it.",
        "moderations": "What somebody hid or removed through a platform.",
        "sendings": "Replies that were sent through a platform, and what came of each.",
        "staff_reports": "Posts that staff reported, and what worries them.",
        "alerts": "When a case became high, worse or much larger, or a colleague reported a post; what became of telling it.",
        "alert_mails": "To which route an alert was told, by which mail, and when the next contact is due.",
        "handoffs": "Posts that were passed on to a role: to whom, by whom, and until when that role must say it has them.",
        "handoff_steps": "What was sent for a hand-off and what people said of it; added, never changed.",
        "path_steps": "What was done on the guided paths of a case, a leak or danger: by whom, when, taken back by whom.",
        "hr_releases": "Cases that one person released to an employer before it took two; read alone, and opens nothing.",
        "employer_requests": "That somebody asks to pass posts of a case to an employer, and why; added, never changed.",
        "employer_answers": "What governance and the Guardian said to such a request, and why; added, never changed.",
        "police_disclosures": "What of a case went to the police, and by which ground in law; added, never changed.",
        "police_requests": "Criticism and complaints that somebody asks to pass to the police, and what the second person said.",
        "lane_packs": "Evidence packs of the Guardian's lane: which of governance and the Guardian asks, what for, and what the other one said.",
        "speaking_up_rulings": "What a person said of posts: that they speak up, or that they don't, and why; added, never changed.",
        "recusals": "Who stepped back from a case, or wrote a post of it themselves, and who has it since; added, never changed.",
    },
    "Team": {
        "users": "Who may use the page, and as what.",
        "sessions": "What people are signed in with, as hashes.",
        "sign_in_links": "Links that let somebody choose a password once, as hashes.",
        "second_steps": "Who set up a second step of signing in, its secret encrypted, and the last code's time step.",
        "recovery_codes": "Codes for when the telephone of a second step is lost, as hashes; each works once.",
        "known_browsers": "Browsers in which somebody has signed in, as hashes: guesses from elsewhere don't slow them down.",
        "second_step_resets": "Resets of the second step of governance or the Guardian: who asked, which second person answered.",
        "linked_accounts": "Accounts that one person has in other organisations of this installation, as they linked them.",
        "passes": "Codes by which accounts are linked and tickets by which somebody comes over, as hashes; each works once.",
        "account_requests": "Links and roles of governance and the Guardian that wait for a second person: who asked, who answered.",
        "assignments": "To whom a case was given, by whom; added, never changed.",
        "opinions": "Whose second opinion was asked of a case, and where that stands.",
        "absences": "Who is away, from which UK day to which, and who covers; added, never changed.",
        "handovers": "Versions of the notes that whoever goes off leaves to those who come on.",
        "handover_reads": "Who has read which version of a note.",
        "own_handles": "Handles that count, wait to count, or counted as colleagues' own, as hashes, so that cases by them are kept from whose they are.",
    },
    "Samples": {
        "sample_draws": "The sample of a week, with the seed by which anybody can draw it again.",
        "sample_strata": "The parts of a week's stories: how many there were, how many were drawn.",
        "samples": "Mentions that were drawn for a blind look or a second person.",
        "sample_answers": "What people said of a sample, blind; added, never changed.",
        "sample_counts": "How often what was said, of mentions that have gone; names nobody.",
        "false_negatives": "Mentions in which nothing was flagged and a person found something.",
    },
    "Data rights": {
        "rights_requests": "What people asked of their data: what kind, when an answer is due, who has it, what became of it.",
        "person_searches": "Whom governance looked for on a request, sealed, and who looked; added, never changed.",
        "objections": "Whose later posts are not taken in unless they are a high risk: a platform and a keyed hash of an account.",
        "corrections": "What was put right of a mention for the person it is about; what stood there before stays with it.",
        "ledger_lines": "The erasure ledger as this database knows it; the file beside the database holds the same, and outlives it.",
        "key_rotations": "Sealing everything under another key: when it began, how far it got, when it ended.",
    },
    "Counts": {
        "daily_counts": "How many mentions of a part of a day have which labels now; kept by triggers.",
        "counted_mentions": "Under which row of daily_counts a mention is counted; kept by triggers.",
        "purged_counts": "The same of mentions that have gone, by UK day; names nobody.",
        "purged_imports": "Of those, the ones that no source found: imports and notes; names nobody.",
        "purged_finds": "On which UK day what has gone was found and posted; names nobody.",
        "purged_decisions": "What was decided of cases that have gone, by UK day; names nobody.",
        "case_openings": "How many cases opened in each hour (UTC), and how many of old posts, without the Guardian's; outlives the cases.",
        "weekly_summaries": "What a weekly, monthly or quarterly summary said when it was told: counts alone; added, never changed.",
        "weekly_notes": "What people wrote into a summary: its headline, the gist of a theme, what came of a campaign.",
        "calendar_entries": "What is coming up, as the team wrote it down.",
    },
    "The store itself": {
        "events": "What happened, without content, each chained to all before it; added, never changed.",
        "searched_people": "Holders of an office whose name may be searched for: who asked, which two agreed, until when.",
        "turned_away": "How many private words were turned away unread, by UK day; names nobody.",
        "views": "Who looked at what: a case, a post, an original, a search; one row where somebody looks again within minutes.",
        "row_seals": "A keyed digest of each row of the tables that matter, by which a change outside the program is noticed.",
        "seal_totals": "Of each such table how many seals there are, and their sum; sealed in turn.",
        "imports": "Files that people handed over: who, what came of each, and how many posts it brought; the files lie beside the database for an hour at most, encrypted with a key that the page alone holds in memory.",
        "catalogue_parts": "Which parts of a back catalogue are in, by a checksum of a part's answers, so that it is taken in once.",
        "catalogue_alerts": "Alerts of what a back catalogue brought, until one digest has told of them.",
        "exports": "What was taken out of the store: by whom, how much, what was left out, and why; added, never changed.",
        "clock_checks": "When this machine's clock was last right, and since when it is doubted.",
        "purge_questions": "Purges that would take much of the store: how many posts by reason, and what a person said.",
        "holds": "Mentions that a purge must leave for now: why, by whom, until when.",
        "hold_requests": "Holds that were asked for: by whom, of whom, until when, and whether whoever is to approve said yes.",
        "settings": "Versions of what officers set in the page over config.toml; added, never changed.",
        "guarded_approvals": "What of the settings keeps people safe and waited, such as how staff reach the Guardian or who is told at once, as another person agreed to it; added, never changed.",
        "recipient_approvals": "Teams and mailboxes that governance approved, each in the form that it saw; added, never changed.",
        "access_tokens": "What a platform gave a source so that it may read.",
        "keyring": "The key of the hashes by which encrypted things are found again, itself encrypted.",
        "job_runs": "Each run of a job: when it began and ended, how much failed; without an end it was killed, or runs still.",
        "pulse_marks": "What the program notes of its own condition: how often a source brings something, when a certificate ends, what was told.",
        "maintenance_tasks": "Work on the file that is owed (a vacuum), and until when other upkeep has come.",
    },
}
SQL = Path(__file__).with_name("schema.sql")
PAGE = Path(__file__).parents[1] / "docs" / "database.md"
_MARKS = ("<!-- written by `make schema` -->\n", "<!-- end -->\n")
_HEAD = """-- The schema as it is now, written by `make schema` from the steps in store/migrations: don't edit it.
-- Moments are text that sorts as time does; `encrypted` is a Fernet token over a JSON object.
"""


def tables(db: Database) -> set[str]:
    """The tables of a database, less those that SQLite and its full-text index keep for themselves."""
    rows = db.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall()
    return {
        name
        for name, kind in rows
        if kind in ("table", "virtual") and not name.startswith(("sqlite_", "_sqlite"))
    }


def sql() -> str:
    """schema.sql."""
    db = current()
    parts = [_HEAD]
    for topic, lines in TABLES.items():
        parts.append(f"\n-- == {topic} ==\n")
        for table, line in lines.items():
            parts.append(f"\n-- {table}: {line}\n")
            parts += [f"{statement};\n" for statement in _statements(db, table)]
    parts.append(
        "\n-- what we think now: the newest assessment of the newest revision, its newest risk\n"
    )
    parts += [f"{statement};\n" for statement in _statements(db, "current_assessments")]
    db.close()
    return "".join(parts)


def page() -> str:
    """The generated part of docs/database.md: the diagram, and the tables by topic."""
    db = current()
    diagram = ["```mermaid", "erDiagram"]
    for table in (name for lines in TABLES.values() for name in lines):
        diagram += [f"    {line}" for line in _relations(db, table)]
    parts = ["\n".join([*diagram, "```"])]
    for topic, lines in TABLES.items():
        rows = [f"| `{table}` | {_key(db, table)} | {line} |" for table, line in lines.items()]
        parts.append(
            "\n".join([f"## {topic}\n", "| table | key | what it is for |", "|---|---|---|", *rows])
        )
    db.close()
    return "\n\n".join(parts) + "\n"


def with_page(text: str) -> str:
    """docs/database.md with its generated part as it is now."""
    before, rest = text.split(_MARKS[0])
    _, after = rest.split(_MARKS[1])
    return f"{before}{_MARKS[0]}\n{page()}\n{_MARKS[1]}{after}"


def _statements(db: Database, table: str) -> Iterator[str]:
    """A table, then its indexes, then its triggers."""
    rows = db.execute(
        """SELECT type, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL
        ORDER BY type = 'trigger', type = 'index', name""",
        [table],
    ).fetchall()
    for kind, statement in rows:
        plain = re.sub(r'"(\w+)"', r"\1", statement)  # as RENAME writes names
        yield _one_a_line(plain) if kind == "table" and "VIRTUAL" not in plain else _indented(plain)


def _one_a_line(statement: str) -> str:
    """CREATE TABLE with a column or constraint a line."""
    head, rest = statement.split("(", 1)
    body, tail = rest.rsplit(")", 1)
    columns, depth = [""], 0
    for sign in " ".join(body.split()):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            columns.append("")
        else:
            columns[-1] += sign
    lines = ",\n".join(f"    {column.strip()}" for column in columns)
    return f"{head.strip()} (\n{lines}\n){tail.rstrip()}"


def _indented(statement: str) -> str:
    """As it was written, without the indentation of the code in which it stands."""
    first, *rest = statement.rstrip().split("\n")
    least = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    shift = 0 if rest and rest[-1] == "END" else 4
    return "\n".join([first, *(" " * shift + line[least:] for line in rest)])


def _key(db: Database, table: str) -> str:
    rows = db.execute(
        "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", [table]
    ).fetchall()
    return ", ".join(f"`{row[0]}`" for row in rows) or "rowid"


# Columns that name a row of another table without a foreign key, since they may outlive it.
_LOOSE = {
    "mention": "mentions",
    "lead_mention": "mentions",
    "assessment": "assessments",
    "case_number": "cases",
    "daily_count": "daily_counts",
}


def _relations(db: Database, table: str) -> Iterator[str]:
    """`mentions ||--o{ revisions : mention` for a foreign key, `..` for what may outlive the row that it names."""
    keys: dict[tuple[int, str], list[str]] = {}
    for number, of, column in db.execute(
        'SELECT id, "table", "from" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq', [table]
    ).fetchall():
        keys.setdefault((number, of), []).append(column)
    for (_, of), columns in keys.items():
        if of not in (table, "users") or columns == ["user_number"]:
            yield f'{of} ||--o{{ {table} : "{", ".join(columns)}"'
    known = {column for columns in keys.values() for column in columns}
    for (column,) in db.execute("SELECT name FROM pragma_table_info(?)", [table]).fetchall():
        if column in _LOOSE and column not in known:
            yield f'{_LOOSE[column]} ||..o{{ {table} : "{column}"'


def main() -> None:
    """Writes both files."""
    SQL.write_text(sql(), encoding="utf-8")
    if PAGE.exists():  # an installed copy has no docs
        PAGE.write_text(with_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
