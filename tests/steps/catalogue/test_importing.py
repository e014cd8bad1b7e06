from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from core import clock
from core.errors import InputError
from core.models import Author
from demo.world import World
from settings import schema
from steps import alerts, assess, group
from steps.catalogue import importing, manifest
from steps.catalogue.answering import Answerer, Outcome
from steps.catalogue.classify_parts import Job, classify_parts
from steps.catalogue.places import Folder
from steps.context import RunContext
from store import PageCounts
from store.imports import Imports
from tests.conftest import Command
from tests.cycles import at_home, settled
from tests.steps.catalogue.factories import post, write_jsonl

THREAT = "I know where the NHS NWL manager parks. I will wait there tonight with a knife and she will bleed."
OTHERS = "Nice weather in Lisbon, off to the beach with a book"
HOUR = timedelta(hours=1)
CONTEXT = {
    "replies_to": [
        {
            "text": "Our phones are busy today",
            "author": {"handle": "HealthierNWL", "official": True},
        }
    ]
}


def here(settings, checksum, parts, posts, answers) -> Iterator[Outcome]:  # type: ignore[no-untyped-def]
    answerer = Answerer(settings, checksum)
    return (answerer.answer(part, posts, answers) for part in parts)


@pytest.fixture
def made(tmp_path: Path, calm: World) -> Path:
    """A settled folder, and beside it posts with their answers in two parts."""
    path = settled(tmp_path, calm, only=("files",))
    posts = [post(number) for number in range(8)]
    posts[0] |= {"text": THREAT}
    posts[1] |= {"context": CONTEXT}
    posts[2] |= {"text": OTHERS}
    write_jsonl(tmp_path / "posts" / "a.jsonl", posts[:4])
    write_jsonl(tmp_path / "posts" / "b.jsonl", posts[4:])
    answered(path)
    return path


def answered(path: Path) -> None:
    job = Job(posts=str(path.parent / "posts"), answers=str(path.parent / "answers"))
    classify_parts(schema.load(path), path.parent, job, lambda _: None, run=here)


@contextmanager
def no_lock() -> Iterator[None]:
    yield


def taken(path: Path, posts: str = "") -> tuple[PageCounts, list[str], list[str]]:
    """What came of an import, what it said, and what failed."""
    with at_home(path) as (context, told):
        counts = importing.import_answers(
            context, Folder(path.parent / "answers"), posts, alone=no_lock
        )
        alerts.raise_alerts(context, clock.now(), digests=False)
        return counts, [str(line) for line in told], list(context.failures)


def rows(path: Path, sql: str) -> list[Any]:
    with at_home(path) as (context, _):
        return [tuple(row) for row in context.store.database.rows(sql)]


def stored(context: RunContext, number: int) -> Any:
    mention = context.store.mentions.number_of("x", f"p{number}")
    return None if mention is None else context.store.mentions.get(mention)


def test_posts_come_with_dates_addresses_contexts_and_what_was_answered(made: Path) -> None:
    counts, lines, failures = taken(made)
    assert (counts.new, counts.changed, failures) == (7, 0, [])
    assert any(line == f"left out: 1, {importing.NOT_OURS}" for line in lines)
    answers = {
        answer["id"]: answer
        for path in (made.parent / "answers" / "parts").glob("*.jsonl")
        for answer in map(json.loads, path.read_text().splitlines())
    }
    with at_home(made) as (context, _):
        mention = stored(context, 1).mention
        assert mention.url == "https://example.org/posts/1"
        assert mention.posted_at == clock.parse("2024-03-02T12:00:00Z")
        assert mention.author.handle == "invented_1"
        assert mention.context.answered[0].text == "Our phones are busy today"
        assert stored(context, 2) is None
        assert context.store.assessments.count_unassessed() == 0
        for number in (0, 1, 3, 4, 5, 6, 7):
            mention_number = stored(context, number).number
            item = context.store.figures.items([mention_number])[mention_number]
            answer = answers[f"p{number}"]
            assert [flag.name for flag in item.flags] == [flag["flag"] for flag in answer["flags"]]
            assert item.risk == answer["risk"]


def test_the_words_that_are_shown_are_those_that_the_classifier_masked(made: Path) -> None:
    posts = [
        post(
            20,
            text="NHS NWL sent my sister Rowena Quill (NHS number 999 000 0018) to the wrong clinic",
        )
    ]
    write_jsonl(made.parent / "posts" / "c.jsonl", posts)
    answered(made)
    taken(made)
    with at_home(made) as (context, _):
        number = stored(context, 20).number
        masked = context.store.figures.items([number])[number].masked
        classifier = assess.classifier(context)
        (reading,) = classifier.read([stored(context, 20).mention])
    assert "999 000 0018" not in masked
    assert masked == reading.masked


def test_nothing_is_alerted_and_one_digest_tells_of_what_is_high(made: Path) -> None:
    _, lines, _ = taken(made)
    mails = rows(made, "SELECT payload FROM (SELECT m.digest AS payload FROM alert_mails m)")
    assert mails == [(1,)]
    assert rows(made, "SELECT DISTINCT state FROM alerts") == [("in digest",)]
    assert any("would have been alerted: one digest tells of them" in line for line in lines)
    with at_home(made) as (context, _):
        assert alerts.raise_alerts(context, clock.now()) == 0


def test_a_second_time_nothing_is_taken_in_told_or_counted_again(made: Path) -> None:
    taken(made)
    before = rows(made, "SELECT count(*) FROM assessments")
    counts, _, _ = taken(made)
    assert counts == PageCounts()
    assert rows(made, "SELECT count(*) FROM assessments") == before
    assert len(rows(made, "SELECT 1 FROM alert_mails")) == 1


def test_one_that_breaks_off_goes_on_where_it_was_and_nothing_is_doubled(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = importing._Run._look_through

    def stops(run: Any, pairs: Any) -> None:
        if pairs.receipt.part.file == "b.jsonl":
            raise KeyboardInterrupt
        original(run, pairs)

    monkeypatch.setattr(importing._Run, "_look_through", stops)
    with pytest.raises(KeyboardInterrupt):
        taken(made)
    assert rows(made, "SELECT count(*) FROM mentions") == [(3,)]
    assert rows(made, "SELECT state FROM imports") == [("failed",)]
    monkeypatch.undo()
    counts, _, _ = taken(made)
    assert counts.new == 4
    assert rows(made, "SELECT count(*), count(DISTINCT mention) FROM assessments") == [(7, 7)]
    assert len(rows(made, "SELECT 1 FROM alert_mails")) == 1


def test_it_says_how_far_it_is_and_how_much_is_left(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(importing, "TELL_EACH", 0.0)
    _, lines, _ = taken(made)
    assert lines[0].startswith("to take in: 8 answers in 2 parts")
    assert any(line.startswith("part 1 of 2: 0 posts taken in") for line in lines)
    assert any(line.startswith("part 2 of 2: 3 posts taken in, 3 of them new") and line.endswith("1 min left") for line in lines)  # fmt: skip


def test_one_that_is_killed_among_a_part_goes_on_from_there_and_nothing_is_doubled(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TOGETHER", 2)
    original = importing._Run._store

    def killed(run: Any, page: Any) -> None:
        if run.done == 2:
            raise KeyboardInterrupt
        original(run, page)

    with monkeypatch.context() as patched:  # who is killed writes nothing down
        patched.setattr(importing._Run, "_store", killed)
        patched.setattr(Imports, "end", lambda *_args, **_named: None)
        with pytest.raises(KeyboardInterrupt):
            taken(made)
    assert rows(made, "SELECT count(*) FROM mentions") == [(2,)]
    counts, _, failures = taken(made)
    assert (counts.new, failures) == (5, [])
    assert rows(made, "SELECT count(*), count(DISTINCT mention) FROM assessments") == [(7, 7)]
    assert sorted(rows(made, "SELECT state FROM imports")) == [("stored",), ("storing",)]
    with at_home(made) as (context, _):  # of the one that was killed it is told once it is silent
        alerts.raise_alerts(context, clock.now() + 24 * HOUR, digests=False)
    assert len(rows(made, "SELECT DISTINCT alert FROM alert_mails")) == 1


def test_what_was_erased_stays_so_and_what_is_here_is_not_taken_twice(made: Path) -> None:
    taken(made)
    with at_home(made) as (context, _):
        context.store.retention.erase([stored(context, 3).number], by="gwen", at=clock.now())
    write_jsonl(made.parent / "posts" / "c.jsonl", [post(3), post(4)])
    answered(made)
    counts, _, _ = taken(made)
    assert (counts.new, counts.again, counts.gone) == (0, 1, 1)
    assert rows(made, "SELECT count(*) FROM mentions") == [(6,)]


def test_answers_that_are_torn_or_of_other_posts_are_named_and_cost_no_other(made: Path) -> None:
    torn = next((made.parent / "answers" / "parts").glob("a.*.jsonl"))
    torn.write_bytes(torn.read_bytes().replace(b"e", b"f", 1))
    _, _, failures = taken(made)
    assert len(failures) == 1
    assert "SHA-256 differs" in failures[0]
    assert rows(made, "SELECT count(*) FROM mentions") == [(4,)]


def test_posts_that_moved_are_named_by_where_they_lie(made: Path) -> None:
    (made.parent / "posts").rename(made.parent / "elsewhere")
    with pytest.raises(InputError, match="no such folder"):
        taken(made)
    assert taken(made, str(made.parent / "elsewhere"))[0].new == 7


def test_answers_for_other_data_are_refused(made: Path) -> None:
    path = made.parent / "answers" / manifest.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"all_scopes": True}))
    with pytest.raises(InputError, match="--all-scopes"):
        taken(made)
    path.unlink()
    with pytest.raises(InputError, match="holds no answers"):
        taken(made)


def test_a_part_of_one_writer_is_refused_as_an_export_is(made: Path) -> None:
    author = {"handle": "invented_only", "name": "", "bio": ""}
    write_jsonl(
        made.parent / "posts" / "c.jsonl", [post(100 + n, author=author) for n in range(60)]
    )
    answered(made)
    _, _, failures = taken(made)
    assert len(failures) == 1
    assert "one writer" in failures[0]
    assert rows(made, "SELECT count(*) FROM mentions") == [(7,)]


def test_the_command_takes_answers_instead_of_a_file(made: Path, mentions: Command) -> None:
    done = mentions("import", "--answers", made.parent / "answers", "--config", made)
    assert done.exit_code == 0, done.output
    assert "7 new" in done.output
    assert "nobody answers" not in done.output
    assert mentions("import", "--config", made).exit_code == 2


def test_a_new_post_in_a_case_of_it_is_told_of_as_ever(made: Path) -> None:
    taken(made)
    now = clock.now()
    with at_home(made) as (context, _):
        store, known = context.store, stored(context, 0).mention
        store.mentions.add_run("x", [], since=now - HOUR, at=now - HOUR, complete=True)
        live = replace(
            known, issued_id="live", posted_at=now - HOUR / 2, fetched_at=now, author=Author()
        )
        store.mentions.add_page("x", [live], at=now)
        assess.assess(context, assess.classifier(context))
        group.group(context)
        assert [alert.kind for alert in store.alerts.raised()] == ["high"]


def test_what_waits_for_its_digest_may_be_erased_meanwhile(made: Path) -> None:
    with at_home(made) as (context, _):
        importing.import_answers(context, Folder(made.parent / "answers"), alone=no_lock)
        assert context.store.catalogues.count_cases(1) > 0
        numbers = [
            row["number"] for row in context.store.database.rows("SELECT number FROM mentions")
        ]
        context.store.retention.erase(numbers, by="gwen", at=clock.now())
        assert context.store.catalogues.count_cases(1) == 0
        assert alerts.raise_alerts(context, clock.now()) == 0


def test_a_post_without_a_date_is_left_out_and_counted_and_none_is_dated_by_the_import(
    made: Path,
) -> None:
    undated = [post(30 + number) for number in range(3)]
    del undated[0]["posted_at"]
    undated[1]["posted_at"] = ""
    undated[2]["posted_at"] = None
    write_jsonl(made.parent / "posts" / "c.jsonl", [*undated, post(33)])
    answered(made)
    counts, lines, failures = taken(made)
    assert (counts.new, failures) == (8, [])
    assert "left out: 3, no date" in lines
    posted = rows(made, "SELECT max(posted_at) FROM mentions")
    assert posted[0][0].startswith("2024-")


def rename(path: Path, **organisation: Any) -> None:
    """Has the file be another organisation's."""
    table = tomllib.loads(path.read_text())
    table["organisation"] |= organisation
    path.write_text(tomli_w.dumps(table))


OTHER_NAMES = [{"name": "NHS Sussex"}]
OTHER_BODY = {
    "names": OTHER_NAMES, "topics": [], "accounts": [], "contacts": [], "providers": [],
    "places": [{"name": "Brighton"}],
}  # fmt: skip


def test_answers_given_under_another_organisations_names_are_refused_and_nothing_is_taken_in(
    made: Path, mentions: Command
) -> None:
    rename(made, **OTHER_BODY)
    done = mentions("import", "--answers", made.parent / "answers", "--config", made)
    assert done.exit_code == 1
    assert "given for another organisation" in done.stderr
    assert "mentions classify" in done.stderr
    assert rows(made, "SELECT count(*) FROM mentions") == [(0,)]
    assert rows(made, "SELECT count(*) FROM imports") == [(0,)]


def test_answers_of_other_settings_can_be_insisted_on_by_what_names_ours_alone_which_is_written_down(
    made: Path, mentions: Command
) -> None:
    in_scope = post(40, text="Rang NHS North West London ICB at 8am, nobody answers")
    ours = post(41, text="Rang NHS Sussex at 8am, nobody answers")
    write_jsonl(made.parent / "posts" / "a.jsonl", [in_scope, ours, post(42, text=OTHERS)])
    (made.parent / "posts" / "b.jsonl").unlink()
    shutil.rmtree(made.parent / "answers")
    answered(made)
    rename(made, **OTHER_BODY)
    done = mentions(
        "import", "--answers", made.parent / "answers", importing.OTHER_SETTINGS, "--config", made
    )
    assert "1 new" in done.output, done.output
    assert f"left out: 1, {importing.NAMES_NOTHING}" in done.output
    with at_home(made) as (context, _):
        assert (stored(context, 40), stored(context, 42)) == (None, None)
        assert stored(context, 41) is not None
        assert context.store.assessments.count_unassessed() == 1
        event = next(each for each in context.store.audit.events() if each.kind == "imported")
        assert event.about["tool"] == "answers under other settings"


SPOILT: dict[str, Callable[[Path], object]] = {
    "masked cut off": lambda folder: _cut(next((folder / "masked").glob("a.*")), -1),
    "masked longer": lambda folder: _cut(next((folder / "masked").glob("a.*")), None),
    "masked gone": lambda folder: next((folder / "masked").glob("a.*")).unlink(),
    "answers cut off": lambda folder: _cut(next((folder / "parts").glob("a.*.jsonl")), -1),
    "receipt gone": lambda folder: next((folder / "parts").glob("a.*.json")).unlink(),
    "receipt damaged": lambda folder: _cut(next((folder / "parts").glob("a.*.json")), 9),
}


def _cut(path: Path, end: int | None) -> None:
    content = path.read_bytes()
    path.write_bytes(content + b"null\n" if end is None else content[:end])


@pytest.mark.parametrize("harm", SPOILT)
def test_each_part_that_is_not_whole_is_named_and_taken_in_once_it_is(
    made: Path, harm: str, mentions: Command
) -> None:
    SPOILT[harm](made.parent / "answers")
    command = ("import", "--answers", made.parent / "answers", "--config", made)
    first = mentions(*command)
    assert first.exit_code == 1
    assert "! part a.jsonl.000000000000: " in first.stderr
    assert "1 of 2 parts" in first.stderr
    assert rows(made, "SELECT count(*) FROM mentions") == [(4,)]
    again = mentions(*command)
    assert again.exit_code == 1
    assert "every part" not in again.output
    answered(made)
    healed = mentions(*command)
    assert healed.exit_code == 0, healed.output
    assert rows(made, "SELECT count(*) FROM mentions") == [(7,)]


def test_a_file_that_nothing_could_answer_is_named_by_the_import_too(made: Path) -> None:
    (made.parent / "posts" / "broken.parquet").write_bytes(b"PAR1 and no more")
    answered(made)
    _, _, failures = taken(made)
    assert len(failures) == 1
    assert failures[0].startswith("part broken.parquet.")


def test_a_preview_says_what_would_come_and_stores_nothing(made: Path, mentions: Command) -> None:
    command = ("import", "--answers", made.parent / "answers", "--preview", "--config", made)
    seen = mentions(*command)
    assert seen.exit_code == 0, seen.output
    assert "7 posts would be taken in, 0 of them are here already" in seen.stdout
    assert "posted from Fri 1 Mar 2024" in seen.stdout
    assert "1 high" in seen.stdout
    assert f"left out: 1, {importing.NOT_OURS}" in seen.stdout
    assert OTHERS not in seen.output
    for table in ("mentions", "imports", "catalogue_parts", "alerts"):
        assert rows(made, f"SELECT count(*) FROM {table}") == [(0,)]
    next((made.parent / "answers" / "parts").glob("a.*.json")).unlink()
    partly = mentions(*command)
    assert partly.exit_code == 1
    assert "! part a.jsonl." in partly.stderr


def test_answers_are_readable_by_their_owner_alone(made: Path) -> None:
    before = os.umask(0o022)
    try:
        shutil.rmtree(made.parent / "answers")
        answered(made)
    finally:
        os.umask(before)
    folder = made.parent / "answers"
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_answers_are_given_by_the_names_that_were_set_up_in_the_page(
    made: Path, mentions: Command
) -> None:
    with at_home(made) as (context, _):
        changed = {"organisation.names": OTHER_NAMES, "organisation.topics": []}
        context.store.settings.save("names", changed, 0, at=clock.now(), who="Bea Whitlock")
    shutil.rmtree(made.parent / "answers")
    posts, folder = made.parent / "posts", made.parent / "answers"
    done = mentions("classify", "--input", posts, "--output", folder, "--workers", "1", "--config", made)  # fmt: skip
    assert done.exit_code == 0, done.output
    taken_in = mentions("import", "--answers", folder, "--config", made)
    assert "given for another organisation" not in taken_in.output
