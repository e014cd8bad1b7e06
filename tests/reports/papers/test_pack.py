"""Each paper says what is in force: a source, flag, role, team, table or time that is missing from its paper fails here."""

from __future__ import annotations

import html as entities
import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from classify.policy.schema import shipped
from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core.models import ROLES
from reports.papers import pack
from reports.papers.facts import TIMES, Facts, gather
from review.auth.users import MAY
from settings import schema
from settings.employment import Employment
from settings.review import EscalationRole
from store.schema import TABLES
from tests.pdfs import needs_pdf, unpacked
from tests.settings.test_employment import papers

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CONFIG = schema.load(Path(schema.__file__).parent.parent / "config.toml")


def the_facts(**changes: Any) -> Facts:
    config = CONFIG.model_copy(update=changes)
    return gather(config, shipped(), (), may=MAY, model="2026.11-x", at=AT)


def words(key: str, facts: Facts) -> str:
    """What a paper says, without its markup."""
    paper = pack.paper(key)
    assert paper is not None
    written = pack.html(facts, paper)
    body = written[written.index("<body>") :]
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("paper", pack.PAPERS, ids=lambda paper: paper.key)
def test_each_paper_says_whose_it_is_from_what_it_is_made_and_leaves_nothing_open(
    paper: pack.Paper,
) -> None:
    said = words(paper.key, the_facts())
    assert said.startswith(f"{paper.title} {CONFIG.organisation.name}. Written from the system")
    assert "policy 2026" in said
    assert "None" not in said
    assert not re.search(r"[{}]|\bUndefined\b", said)


def _read_alone(name: str) -> dict[str, dict[str, object]]:
    """Every source of config.toml, of which one is on."""
    return {each: {**table, "on": each == name} for each, table in CONFIG.collectors.items()}


def test_every_source_stands_in_the_assessment_with_whether_it_is_read() -> None:
    said = words("dpia", the_facts(collectors=_read_alone("reddit")))
    for name in CONFIG.collectors:
        assert re.search(rf"\b{name}\b", said), name
    assert re.search(r"\breddit Reddit yes\b", said)


@pytest.mark.parametrize("name", CONFIG.collectors)
def test_every_source_stands_in_the_record_of_processing_once_it_is_read(name: str) -> None:
    said = words("ropa", the_facts(collectors=_read_alone(name)))
    sources = said.partition("Sources ")[2].split()
    assert sources[0].rstrip(",.;") == name


@pytest.mark.parametrize("key", ["atrs", "clauses"])
def test_every_flag_stands_in_it_with_what_it_means_and_its_clauses(key: str) -> None:
    said = words(key, the_facts())
    for name, flag in shipped().flags.items():
        assert f"{flag.label} {name} {flag.means} {', '.join(flag.clause)}" in said, name


def test_every_role_stands_in_who_may_do_what() -> None:
    said = words("access", the_facts())
    assert set(MAY) == set(ROLES)
    for role, what in MAY.items():
        assert f"{role} {what}" in said


@pytest.mark.parametrize("key", ["dpia", "retention", "policy_document"])
def test_every_platform_and_table_stands_in_it_with_its_time(key: str) -> None:
    said = words(key, the_facts())
    for name in PLATFORM_NAMES.values():
        assert name in said
    for lines in TABLES.values():
        for table in lines:
            assert re.search(rf"\b{table}\b", said), table
    assert set(TIMES) == set(type(CONFIG.retention).model_fields) - {"platforms"}
    changed = CONFIG.retention.model_copy(update={"out_of_scope_days": 23})
    assert "23 days" in words(key, the_facts(retention=changed))
    changed = CONFIG.retention.model_copy(update={"platforms": {"mastodon": 41}})
    assert "Mastodon 41 days" in words(key, the_facts(retention=changed))


@pytest.mark.parametrize("key", ["dpia", "ropa", "retention"])
def test_when_an_erased_person_is_gone_from_backups_and_who_else_receives_anything_stands_in_it(
    key: str,
) -> None:
    said = words(key, the_facts())
    assert "7 by day, 4 by week, 1 by month, and none older than 35 days" in said
    assert "gone from all of them 35 days later at the latest" in said
    for what in ("Erasure ledger", "journal", "handed over", "Heartbeat", "Dead man’s switch", "Second channels"):  # fmt: skip
        assert what in said, what
    changed = CONFIG.backup.model_copy(update={"longest_days": 28, "daily": 5})
    assert "5 by day" in words(key, the_facts(backup=changed))
    assert "none older than 28 days" in words(key, the_facts(backup=changed))
    watched = CONFIG.health.model_copy(update={"ping": "env:PING", "heartbeat": "weekly", "to": ("it@example.org",)})  # fmt: skip
    said = words(key, the_facts(health=watched))
    assert "whoever runs it receives this" in said
    assert "Weekly, to 1 address" in said


def test_the_statement_on_security_says_who_has_a_second_factor() -> None:
    said = words("dtac", the_facts())
    assert "have no second factor" not in said
    assert "a code from an app as a second factor" in said
    assert "administrator" in said or "admin" in said


@pytest.mark.parametrize("key", ["dpia", "access"])
def test_every_team_that_a_case_can_go_to_stands_in_it(key: str) -> None:
    said = words(key, the_facts())
    for team in CONFIG.review.roles:
        assert f"{team.name} {team.when}" in said


def test_what_was_signed_is_told_and_what_was_not_is_said_to_be_missing() -> None:
    assert "not there yet" in words("dpia", the_facts())
    signed = CONFIG.governance.model_copy(
        update={"dpia": "DPIA 2026/14", "review_date": date(2027, 3, 1)}
    )
    said = words("dpia", the_facts(governance=signed))
    assert "DPIA 2026/14" in said
    assert "1 March 2027" in said


@pytest.mark.parametrize("key", ["privacy_notice", "staff_notice", "atrs"])
def test_what_is_published_names_no_table_and_nobody_who_signs_in(key: str) -> None:
    said = words(key, the_facts())
    assert "case_mentions" not in said


def test_the_papers_that_a_person_must_judge_say_so() -> None:
    for key in ("dpia", "policy_document", "eqia", "retention", "privacy_notice"):
        assert " to decide: " in words(key, the_facts()), key


def test_all_of_them_are_a_zip_that_the_same_facts_make_the_same() -> None:
    facts = the_facts()
    written = pack.archive(facts)
    assert written == pack.archive(facts)
    with zipfile.ZipFile(io.BytesIO(written)) as papers:
        assert len(papers.namelist()) == len(pack.PAPERS)
        assert papers.testzip() is None


def test_as_a_pdf_a_paper_is_tagged() -> None:
    """A short one, one of lists and one whose tables go on over pages: to lay out all of them takes twenty seconds."""
    needs_pdf()
    short = [paper for paper in pack.PAPERS if paper.key in ("atrs", "privacy_notice", "access")]
    files = dict(pack.files(the_facts(), as_pdf=True, papers=short))
    assert [name for name in files if name.endswith(".pdf")] == [
        f"{number:02}-{paper.key.replace('_', '-')}.pdf" for number, paper in enumerate(short, 1)
    ]
    for name, content in files.items():
        if name.endswith(".pdf"):
            for part in (b"%PDF", b"/StructTreeRoot", b"/Lang", b"pdfuaid:part"):
                assert part in unpacked(content), (name, part)


OF_EMPLOYMENT = (
    "dpia",
    "ropa",
    "privacy_notice",
    "staff_notice",
    "policy_document",
    "eqia",
    "access",
)


@pytest.mark.parametrize("key", OF_EMPLOYMENT)
def test_with_employment_on_a_paper_names_its_own_basis_assessment_consultation_review_and_team(key: str) -> None:  # fmt: skip
    employment = papers()
    team = EscalationRole(
        key="hr", type="employer", name="Workforce relations", when="Two people agreed"
    )
    config = CONFIG.model_copy(update={
        "governance": CONFIG.governance.model_copy(update={"employment": employment}),
        "review": CONFIG.review.model_copy(update={"roles": (*CONFIG.review.roles, team)}),
    })  # fmt: skip
    on = gather(config, shipped(), (), may=MAY, model="2026.11-x", at=AT)
    assert on.employment_on
    said = words(key, on)
    for field in Employment.model_fields:
        value = getattr(employment, field)
        if field != "on":
            assert (f"{value:%-d %B %Y}" if isinstance(value, date) else " ".join(value.split())) in said, field  # fmt: skip
    assert "Who gets it Workforce relations" in said
    assert "is off here" not in said
    off = words(key, the_facts())
    assert "Employment is another purpose, and it is off here" in off
    assert "switched on here" not in off


@pytest.mark.parametrize(("read_by", "says"), [
    ((), "; nothing was read here yet"), (("2026.11-x",), ""), (("2026.11-w",), "; all of what is stored was read by 2026.11-w, until the next cycles read it again"),
    (("2026.11-x", "2026.11-w", "2026.10"), "; what is stored was read in part by 2026.11-w, 2026.10, until the next cycles read it again"),
])  # fmt: skip
def test_each_paper_says_which_model_is_in_force_and_which_read_what_is_stored(read_by: tuple[str, ...], says: str) -> None:  # fmt: skip
    facts = gather(CONFIG, shipped(), (), may=MAY, model="2026.11-x", read_by=read_by, at=AT)
    for _name, content in pack.files(facts, as_pdf=False):
        assert f"model 2026.11-x{says}. " in content.decode()


def test_no_paper_contradicts_another_on_who_looked_and_who_sends_a_case_back() -> None:
    for name, content in pack.files(the_facts(), as_pdf=False):
        words = " ".join(content.decode("utf-8", "replace").split())
        assert "not for whom" not in words, name
        assert "Guardian alone can send it back" not in words, name
        assert "The Guardian alone sends" not in words, name
    questions = (Path(schema.__file__).parent.parent / "docs/privacy/questions.md").read_text("utf-8")  # fmt: skip
    assert "or after a day" not in questions


def test_the_papers_say_of_each_platform_where_nobody_is_known_as_staff_and_what_is_done_though_it_was_not_read() -> None:  # fmt: skip
    clauses, schedule = words("clauses", the_facts()), words("retention", the_facts())
    for name in terms.no_staff():
        assert PLATFORM_NAMES[name] in clauses
    for row in terms.all_terms().values():
        assert not row.needed or row.needed_for in schedule


LANE = re.compile(r"[^.:]*(?:speak(?:s|ing)? up|Guardian)[^.]*")
READERS = re.compile(r"\b(?:one|duty) lead\b", re.IGNORECASE)


@pytest.mark.parametrize("paper", pack.PAPERS, ids=lambda paper: paper.key)
def test_a_paper_names_a_lead_as_reading_the_lane_where_the_settings_name_one_alone(
    paper: pack.Paper,
) -> None:
    """Every sentence of every paper about who sees people who speak up."""
    nobody = CONFIG.review.model_copy(update={"duty_lead": ""})
    somebody = CONFIG.review.model_copy(update={"duty_lead": "bea"})
    without, named = (words(paper.key, the_facts(review=review)) for review in (nobody, somebody))
    seen = [line for line in LANE.findall(without) if re.search(r"\b(?:see|sees|seen|read|reads|sight)\b", line)]  # fmt: skip
    assert [line for line in seen if READERS.search(line) and "Name a duty lead" not in line] == []
    if paper.key in ("privacy_notice", "dpia", "policy_document", "staff_notice", "access"):
        assert "one lead" in named
        assert "one lead" not in without
