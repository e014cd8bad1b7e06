"""docs/privacy/questions.md answers what governance asks: every page, command and paper that it names says what the answer claims.

Each question has a test of its name, `asks_N`, which opens the pages and runs the commands of its row over invented posts.
What a row names and its test does not try, and the other way round, fails.
"""

from __future__ import annotations

import ast
import html as entities
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from cryptography.fernet import Fernet

from cli.main import COMMANDS, load_command
from collectors import terms
from core import clock
from core.models import ROLES, Author, Role
from reports.papers.pack import PAPERS
from review.app import GET
from steps.inferences import without_forbidden
from store import Store
from tests.conftest import Command
from tests.cycles import at_home, changed
from tests.decisions import AT, found, post, settled
from tests.review.conftest import House, serve
from tests.review.desk.test_purposes import INSULT, TYPED
from tests.review.factories import (  # fmt: skip
    IN_DANGER,
    NAMED,
    NOW,
    PRESS,
    Told,
    case_of,
    configure,
    fill,
    shipped,
    tell,
)
from tests.review.test_who_may import LETS, WHO
from tests.settings.test_employment import papers
from tests.store.factories import DAY, HOUR, assess_all, flag, reading
from tests.stores import KEY, new_store

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "privacy" / "questions.md"
ANSWERED = ("answered", "partly", "not")
ROW = re.compile(r"^\| (\d+) \| (.+) \|$", re.M)
TITLES = {paper.title: paper.key for paper in PAPERS}
WRITER = Author(handle="rowan_ashdown", id="77", name="Rowan Ashdown")
OTHER = Author(handle="bryn_talog", id="88", name="Bryn Talog")
THEIRS = "Zanzibarquux waited nine hours at Northwick Park with my mother"
ABOUT = "Rowan Ashdown was rude to us in the queue, and Petra Vance laughed"
BY = ("--by", "gwen")
ASKED = (*BY, "--requester", "T. Quill, from the account itself", "--reference", "IG/26/118")
SECRET = "zinnia"  # stands in what is kept from people and nowhere else


def _speaking(text: str, protected: str) -> Told:
    return Told(text=text, risk="low", read={"staff": "nhs", "protected": protected}, about={"platform": "bluesky", "issuer": "bluesky"})  # fmt: skip


DISCLOSURE = _speaking(f"We raised the unsafe rota on {SECRET} ward three times and nobody listened", "disclosure")  # fmt: skip
UNION = _speaking(f"Out with the union on the {SECRET} picket, they docked us for it", "union")
UNFAIR = _speaking(f"Passed over on {SECRET} ward again since I asked for my adjustments", "discrimination")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """A question as the document has it."""

    number: int
    question: str
    how_far: str
    answer: str
    where: frozenset[str]  # pages, commands with their options, titles of papers
    left: str


def rows() -> list[Row]:
    """The document's table."""
    listed = []
    for number, rest in ROW.findall(DOCUMENT.read_text("utf-8")):
        question, how_far, answer, where, left = (cell.strip() for cell in rest.split(" | "))
        places = frozenset(re.findall(r"`([^`]+)`", where) + re.findall(r"\*([^*]+)\*", where))
        listed.append(Row(number=int(number), question=question, how_far=how_far, answer=answer, where=places, left=left))  # fmt: skip
    return listed


def address(place: str) -> str:
    """`/cases/N` as the app writes it."""
    return re.sub(r"/N\b", "/{number:row}", place)


# ── the table ────────────────────────────────────────────────────────────────────────────────────


def test_the_table_is_whole() -> None:
    table = rows()
    assert [row.number for row in table] == list(range(1, 33))
    for row in table:
        assert row.question.endswith("?"), row.number
        assert row.how_far in ANSWERED, row.number
        assert row.answer.endswith("."), row.number
        assert row.left, row.number
        assert row.where, row.number
    said = re.search(r"Answered (\d+), partly (\d+), not (\d+)\.", DOCUMENT.read_text("utf-8"))
    assert said is not None
    counted = [sum(row.how_far == each for row in table) for each in ANSWERED]
    assert [int(count) for count in said.groups()] == counted


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row.number))
def test_what_a_row_names_is_there(row: Row) -> None:
    pages = {path for path, _ in GET}
    for place in row.where:
        if place.startswith("/"):
            assert address(place) in pages, place
        elif place.startswith("mentions "):
            name, *options = place.split()[1:]
            assert name in COMMANDS, place
            command = load_command(name)
            known = {option for parameter in command.params for option in parameter.opts}
            inner = command.commands if isinstance(command, click.Group) else {}
            assert set(options) <= known | set(inner), place
        else:
            assert place in TITLES, place


def test_each_test_that_the_document_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`, `(\w+)`", DOCUMENT.read_text("utf-8"))
    assert len(named) > 20
    for file, function in named:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert function in there, (file, function)


# ── what runs it ─────────────────────────────────────────────────────────────────────────────────

_SENT = itertools.count()


@dataclass
class Desk:
    """The page with invented cases, and the commands over a store of their own; `tried` is what was looked at."""

    house: House
    mentions: Command
    folder: Path
    tried: set[str] = field(default_factory=set)
    _config: Path | None = None

    def page(self, place: str, number: int | str = "", query: str = "", who: str = "governance") -> str:  # fmt: skip
        """The words of a page, which every role that may not see it was refused before."""
        self.tried.add(place)
        at = re.sub(r"/N\b", f"/{number}", place) + query
        let_in = LETS[WHO[f"GET {address(place)}"]]
        assert who in let_in, place
        for role in set(ROLES) - let_in:
            # a link to a case leads Safeguarding to their own list, by whatever number
            led = role == "safeguarding" and re.fullmatch(r"/(?:cases|waiting|mentions)/\d+", at)
            assert self.status(at, role) in ((303,) if led else (403, 404)), (at, role)
        assert self.status(at, "") == 303
        return self.read(at, who)

    def status(self, at: str, who: str) -> int:
        with self.house.asks(who) as client:
            return client.get(at).status_code

    def read(self, at: str, who: str) -> str:
        self.house.desk.views.flush()  # who looked at what is written a moment later
        with self.house.asks(who) as client:
            answer = client.get(at)
        assert answer.status_code == 200, (at, who, answer.status_code)
        return words(answer.text)

    def send(self, at: str, who: str = "governance", **form: Any) -> tuple[int, str]:
        """What a form is answered with; each goes from an address of its own, which has a share of what may be sent."""
        behind = {"X-Forwarded-For": f"192.0.{next(_SENT) // 200}.{next(_SENT) % 200 + 1}"}
        with self.house.asks(who) as client:
            answer = client.post(at, data=form, headers=behind)
        return answer.status_code, answer.text

    def paper(self, title: str) -> str:
        """The words of a paper, as governance gets it and nobody else does."""
        self.tried.add(title)
        at = f"/governance/papers/{TITLES[title]}.html"
        for role in set(ROLES) - {"governance"}:
            assert self.status(at, role) == 403, (at, role)
        return self.read(at, "governance")

    @property
    def config(self) -> Path:
        """A config.toml of this test's own, over three posts: one's own, one about them, one of somebody else."""
        if self._config is None:
            self._config = settled(self.folder)
            with at_home(self._config) as (run, _):
                found(run, post(1, THEIRS, author=WRITER), post(2, ABOUT, author=OTHER), post(3, "The clinic is dear", author=OTHER))  # fmt: skip
                assess_all(run.store, "medium", flags=[flag("derogatory")], masked="[name] was rude to us in the queue")  # fmt: skip
        return self._config

    def run(self, *args: str | Path, names: str = "", status: int = 0) -> str:
        """What a command says. `names` is how the document names it, where that is more than its name."""
        self.tried.add(names or f"mentions {args[0]}")
        command, *rest = args
        tail = rest if command in ("governance", "user") else [*rest, "--config", self.config]
        head = ["--config", self.config] if command == "governance" else []
        done = self.mentions(command, *head, *tail)
        assert done.exit_code == status, done.output
        return str(done.output)

    def case(self, told: Told) -> int:
        return case_of(self.house.store, told)


def words(html: str) -> str:
    """What stands in the main part of a page, or in a paper."""
    start = html.find("<main")
    body = html[start if start >= 0 else html.index("<body") :]
    body = re.sub(r"<(script|style).*?</\1>", " ", body, flags=re.S)
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def filled(store: Store) -> dict[str, int]:
    """Cases of each kind and of who speaks up, and somebody for each role alone."""
    who = fill(store, more=0)
    for role in ROLES:
        who[role] = store.users.add("local", f"only-{role}", f"Only {role}", (role,), at=NOW).number
    everything: tuple[Role, ...] = ("reviewer", "lead", "governance", "admin", "guardian")
    who["all"] = store.users.add("local", "all", "Alma Roe", everything, at=NOW).number
    for number, told in enumerate((DISCLOSURE, UNION, UNFAIR), start=300):
        tell(store, told, number, NOW - HOUR, alone=True)
    bluesky: dict[str, Any] = {"alone": True, "platform": "bluesky", "issuer": "bluesky"}
    tell(store, INSULT, 400, NOW - HOUR, **bluesky)
    tell(store, OTHERS_STAFF, 401, NOW - HOUR, **bluesky)
    tell(store, PUBLIC, 402, NOW - HOUR, alone=True)
    return who


OTHERS_STAFF = replace(INSULT, text="That patient Maud in bed ten is a fool and a liar", flags=(("derogatory", "a fool and a liar"),), read={"staff": "nhs"})  # fmt: skip
PUBLIC = replace(INSULT, text="That porter of yours is a clown in a hat", flags=(("derogatory", "a clown in a hat"),), read={"staff": "no"})  # fmt: skip
EMAILED = {"email": ("team@example.org",)}
TEAMS = tuple(
    role.model_copy(update=EMAILED if role.key == "information_governance" else {})
    for role in TYPED
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page of this module's own, with a team of each type."""
    for here in serve(tmp_path_factory.mktemp("questions"), filled):
        configure(here.desk, roles=TEAMS)
        yield here


@pytest.fixture
def desk(house: House, mentions: Command, tmp_path: Path) -> Iterator[Desk]:
    file = house.desk.file
    yield Desk(house=house, mentions=mentions, folder=tmp_path)
    house.desk.file, house.desk._effective = file, None


def with_employment(desk: Desk) -> None:
    """The purpose of employment, with its papers."""
    governance = desk.house.desk.file.governance.model_copy(update={"employment": papers()})
    configure(desk.house.desk, governance=governance)


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row.number))
def test_the_answer_is_what_the_program_does(row: Row, desk: Desk) -> None:
    asks: Callable[[Desk], None] = globals()[f"asks_{row.number}"]
    asks(desk)
    assert desk.tried == row.where


# ── one by one ───────────────────────────────────────────────────────────────────────────────────


def asks_1(desk: Desk) -> None:
    assert "The lawful basis as the assessment has it" in desk.page("/governance/papers")
    _with_a_basis(desk)
    assert f"The law that lets us {BASIS}" in desk.paper("Privacy notice")
    dpia = desk.paper("Data protection impact assessment")
    assert "Proposed: public task (Article 6(1)(e))" in dpia
    assert "to decide: The basis and the conditions, for each purpose" in dpia
    said = desk.paper("Appropriate policy document")
    assert "Proposed: safeguarding of children" in said
    assert "Which conditions hold for which purpose" in said
    assert "no source is read before: write the lawful basis" in desk.run(
        "check", "--offline", status=1
    )


BASIS = "Article 6(1)(e); Article 9(2)(g) with Schedule 1, paragraph 18"


def _with_a_basis(desk: Desk) -> None:
    named = desk.house.desk.file.governance.model_copy(update={"legitimate_basis": BASIS})
    configure(desk.house.desk, governance=named)


def asks_2(desk: Desk) -> None:
    assert "Nothing can be passed to an employer" in desk.page("/employer")
    assert "Human resources" not in desk.read(f"/cases/{desk.case(PUBLIC)}/pass-on", "reviewer")
    desk.house.store.users.add("local", "hr.desk", "HR Desk", ("viewer",), at=NOW)
    assert "HR Desk may sign in , and sounds like an employer’s side" in desk.page("/governance")


def asks_3(desk: Desk) -> None:
    schedule = desk.paper("Retention schedule")
    assert "A post that is not about us and has no flag 7 days" in schedule
    assert shipped().schedule.first_look_hours == 48
    case = desk.page("/cases/N", desk.case(NAMED), who="viewer")
    assert "My neighbour masked: name 1 , NHS number masked: NHS number" in case
    assert "Rosalind" not in case


def asks_4(desk: Desk) -> None:
    schedule = desk.paper("Retention schedule")
    assert "X (Twitter) 7 days" in schedule
    assert "“API Clients may temporarily store limited amounts of Non-Authorized Data" in schedule
    old = AT - timedelta(days=8)
    with at_home(desk.config) as (run, _):
        run.store.mentions.add_run("x", [post(9, "Quuxamber was shut again", issuer="x", platform="x", fetched_at=old, posted_at=old)], since=old, at=old)  # fmt: skip
        run.store.clock_guard.confirm(
            clock.now(), by="lena"
        )  # what is stored there is of another day
    assert "proved" in desk.run("purge")
    assert desk.mentions("find", "Quuxamber", "--config", desk.config, *ASKED).stdout == ""


def asks_5(desk: Desk) -> None:
    assert "0 cases of" in desk.page("/all", query="?q=rowan_ashdown&exact=1")
    assert "0 cases of" not in desk.read("/all?q=prescription", "governance")  # it does find
    assert "posts of one writer within 14 days" in desk.page("/looked-at")
    assert "Write down a request" in desk.page("/requests")
    desk.run("find", "rowan_ashdown", "--author", *ASKED)
    refused = desk.mentions("find", "tamsin_quill", "--author", "--request", "1", *BY, "--config", desk.config)  # fmt: skip
    assert refused.exit_code == 1
    assert "request 1 is of somebody else" in refused.output
    assert not [path for path, _ in GET if re.search("author|writer", path)]


def asks_6(desk: Desk) -> None:
    assert "Nobody is watched by name" in desk.page("/names")
    form = {"name": "Fiona Macalister", "purpose": "We answer what she asks of us in public", "until": (NOW + 60 * DAY).date().isoformat()}  # fmt: skip
    status, text = desk.send("/names", office="private", **form)
    assert (status, "Nobody is searched for by name who holds no public office" in text) == (422, True)  # fmt: skip
    changed(desk.config, organisation={"topics": ["Fiona Macalister"]})
    assert "looks like a person’s name" in desk.run("check", "--offline", status=1)
    changed(desk.config, organisation={"topics": ["Marzipanquux"]})  # a name that no list holds
    assert "looks like a person’s name" not in desk.mentions("check", "--offline", "--config", desk.config).output  # fmt: skip


def asks_7(desk: Desk) -> None:
    assert "Staff and their unions are asked before monitoring begins" in desk.paper("Data protection impact assessment")  # fmt: skip
    assert "Your unions have not been asked yet" in desk.paper("Notice to staff")
    said = desk.run("check", "--offline", status=1)
    assert "[governance] union_consultation" in said
    assert "[governance] staff_notice" in said


def asks_8(desk: Desk) -> None:
    assert "Copy of their data (Article 15)" in desk.page("/requests")
    assert desk.run("find", "rowan_ashdown", "--author", *ASKED).count("by them") == 1
    output = desk.folder / "pack.html"
    desk.run("disclose", "rowan_ashdown", "--output", output, *ASKED)
    given = json.loads(output.with_suffix(".json").read_text("utf-8"))
    assert [(one["number"], one["theirs"]) for one in given["posts"]] == [(1, True)]
    with at_home(desk.config) as (run, _):
        events = run.store.audit.events()
    assert {"searched for a person", "disclosed"} <= {event.kind for event in events}
    assert "rowan" not in str(events).lower()


def asks_9(desk: Desk) -> None:
    desk.page("/requests")
    said = desk.run("find", "Rowan Ashdown", *ASKED)
    assert "mentions them" in said
    assert "Petra" not in said
    assert "names no person" in desk.run("find", "the gardener from Harrow", *ASKED, status=1)


def asks_10(desk: Desk) -> None:
    assert "Erasure ledger" in desk.page("/requests")
    assert desk.mentions("backup", "--config", desk.config, desk.folder / "b1").exit_code == 0
    assert "proved: nothing of it is left" in desk.run("erase", "rowan_ashdown", "--yes", *ASKED)
    _without_database(desk.folder)
    assert "1 post erased again, as the erasure ledger says; proved" in desk.run("restore", desk.folder / "b1")  # fmt: skip
    assert desk.mentions("find", "Zanzibarquux", "--config", desk.config, *ASKED).stdout == ""


def _without_database(folder: Path) -> None:
    for name in ("mentions.db", "mentions.db-wal", "mentions.db-shm"):
        (folder / name).unlink(missing_ok=True)


def asks_11(desk: Desk) -> None:
    assert "What they post is read and not taken in, unless it is a high risk or a colleague reports it" in desk.page("/requests")  # fmt: skip
    desk.run("rectify", "1", "--what", "label", "--name", "derogatory", "--before", "insult", "--now", "no insult", "--note", "they quoted it", *BY)  # fmt: skip
    output = desk.folder / "pack.html"
    desk.mentions("disclose", "rowan_ashdown", "--output", output, "--config", desk.config, *ASKED)
    assert "<s>insult</s> no insult" in output.read_text("utf-8")
    said = desk.run("object", "--platform", "bluesky", "--account", "@rowan_ashdown", *ASKED)
    assert "1 new on the list" in said
    assert "stays until you erase it" in said


def asks_12(desk: Desk) -> None:
    assert "Which conditions hold for which purpose" in desk.paper("Appropriate policy document")
    _with_a_basis(desk)
    record = desk.paper("Record of processing activities")
    assert "Personal fields encrypted" in record
    assert f"Lawful basis {BASIS}" in record
    assert b"Zanzibarquux" not in _bytes(desk)
    assert b"rowan_ashdown" not in _bytes(desk)
    union = reading(staff="icb", protected="union", flags=[flag("allegation", harm="other")])
    on_x, elsewhere = without_forbidden(union, "x"), without_forbidden(union, "bluesky")
    assert (on_x.protected, on_x.flags[0].harm) == ("disclosure", None)
    assert (elsewhere.protected, elsewhere.flags[0].harm) == ("union", "other")


def _bytes(desk: Desk) -> bytes:
    return b"".join(file.read_bytes() for file in desk.config.parent.glob("mentions.db*"))


def asks_13(desk: Desk) -> None:
    assert "Posts that name a child’s age or school go after 7 days" in desk.page("/requests")
    assert "A post that names a child’s age or school, once nothing runs on its case 7 days" in desk.paper("Retention schedule")  # fmt: skip
    store, case = desk.house.store, desk.case(PRESS)
    assert "DMs open" in desk.read(f"/cases/{case}", "viewer")
    store.children.mark({each.item.number: True for each in store.cases.mentions(case)})
    assert "DMs open" not in desk.read(f"/cases/{case}", "viewer")
    assert "DMs open" in desk.read(f"/cases/{case}", "reviewer")
    assert "DMs open" in desk.page("/safeguarding", who="safeguarding")


def asks_14(desk: Desk) -> None:
    assert "none is shown of fewer than 10" in desk.page("/quality")
    said = desk.paper("Equality impact assessment")
    assert "95 % interval" in said
    assert "invented posts" in said
    card = (ROOT / "classify" / "model" / "weights" / "CARD.md").read_text("utf-8")
    assert "A third of those who speak up are not told as protected" in card


def asks_15(desk: Desk) -> None:
    assert "Amina Yusuf" in desk.page("/looked-at/decisions")
    said = desk.paper("Algorithmic transparency record")
    assert "decides nothing about anybody, answers nobody, hides nothing" in said
    store = desk.house.store
    decided = [each.decision.by for number in range(1, 15) for each in store.cases.history(number)]
    assert decided
    assert all(decided)


def asks_16(desk: Desk) -> None:
    assert "Tier 2: how decisions are made" in desk.paper("Algorithmic transparency record")
    assert "No decision about you is made by a computer alone" in desk.paper("Privacy notice")
    assert "A suggestion is no finding against anybody" in desk.paper("Notice to staff")
    assert desk.house.desk.file.governance.privacy_notice == ""  # nobody has published it


def asks_17(desk: Desk) -> None:
    dpia = desk.paper("Data protection impact assessment")
    assert "tests/" in dpia
    assert (
        "Local accounts need a second step here only where their role is" in dpia
    )  # as it is set up
    assert "Whether these purposes are necessary and proportionate" in dpia
    assert "10 things are not there yet" in desk.page("/governance/papers")
    said = desk.run("governance", "pack", "--output", desk.folder / "papers", names="mentions governance pack")  # fmt: skip
    assert f"written: {len(PAPERS)} papers" in said
    assert "not there yet: the reference of the data protection impact assessment" in said


def asks_18(desk: Desk) -> None:
    assert "Events are added and never changed, and hold no post’s words" in desk.page("/audit")
    status, taken = desk.send("/audit/export")
    assert (status, '"Event","When (UK time)"' in taken) == (200, True)
    desk.read(f"/cases/{desk.case(NAMED)}", "reviewer")
    assert desk.house.desk.views.flush()
    looked_at = desk.page("/looked-at")
    assert "How much each looked, by week" in looked_at
    assert "How much of it staff had written" in looked_at
    assert "What was taken" in desk.page("/exports")
    # each as a table, in which nobody's post stands
    for at in ("/looked-at/export", "/looked-at/decisions/export"):
        status, taken = desk.send(at)
        assert status == 200, at
        assert "\n" in taken, at
        assert "Rosalind" not in taken, at
        assert desk.send(at, "lead")[0] == 403, at


def asks_19(desk: Desk) -> None:
    assert "Restriction: hold it without using it (Article 18)" in desk.page("/requests")
    assert "this stays for 2,192 days" in desk.page("/looked-at/decisions")
    claim = desk.page("/guardian/N/evidence", desk.case(DISCLOSURE))
    assert "Governance and the Guardian can save it together" in claim
    until = (AT + 30 * DAY).date().isoformat()
    with at_home(desk.config) as (run, _):
        people: tuple[tuple[str, str, Role], ...] = (
            ("sirius", "Sirius Sloan", "lead"), ("gwen", "Gwen Howell", "governance"),
        )  # fmt: skip
        for handle, name, role in people:
            if handle not in {user.handle for user in run.store.users.all()}:
                run.store.users.add("local", handle, name, (role,), at=AT)
    said = desk.run("hold", "1", "--reason", "A claim about the ward was filed", "--approver", "sirius", "--until", until, *BY)  # fmt: skip
    assert "It waits until Sirius Sloan says yes, signed in" in said
    with at_home(desk.config) as (run, _):
        (sirius,) = [user for user in run.store.users.all() if user.handle == "sirius"]
        (asked,) = run.store.hold_requests.waiting(AT, approver=sirius.number)
        assert run.store.hold_requests.answer([asked.number], agrees=True, by=sirius.number, by_name=sirius.name, at=AT) == 1  # fmt: skip
    assert "a hold keeps 1" in desk.mentions("erase", "rowan_ashdown", "--yes", "--config", desk.config, *ASKED).output  # fmt: skip
    _held_and_taken_by_two(desk)
    alone = desk.mentions("hold", "1", "--reason", "A claim about the ward was filed", "--approver", "gwen", "--until", until, "--config", desk.config, *BY)  # fmt: skip
    assert "another person" in alone.output


def _held_and_taken_by_two(desk: Desk) -> None:
    """What somebody wrote who speaks up, by page, with one person of governance and one Guardian: held, and taken for their claim."""
    store, case = desk.house.store, desk.case(DISCLOSURE)
    (post,) = [each.item.number for each in store.cases.mentions(case)]
    asked_for = {"reason": "The tribunal asks, reference 3301234", "until": "2027-02-28"}
    own = f"/guardian/{case}/evidence"
    assert desk.send(own, do="hold", approver="only-lead", **asked_for)[0] == 422
    assert desk.send(own, do="hold", approver="only-guardian", **asked_for)[0] == 303
    assert not store.retention.on_hold(post, NOW)
    (waits,) = [each for each in store.hold_requests.waiting(NOW) if each.mention == post]
    assert desk.send("/holds", "guardian", holds=waits.number, answer="agrees")[0] == 303
    assert store.retention.on_hold(post, NOW)
    assert desk.send(own, do="ask", reason=asked_for["reason"], writer=post)[0] == 303
    assert desk.send(own, do="take", writer=post)[0] == 403
    (request,) = store.lane_packs.of_case(case)
    assert desk.send(own, "guardian", do="agrees", request=request.number)[0] == 303
    assert desk.send(own, do="take", writer=post)[0] == 200
    assert desk.send(own, "lead", do="take", writer=post)[0] in (403, 404)


def asks_20(desk: Desk) -> None:
    said = desk.paper("Statements for DTAC")
    assert "A penetration test and Cyber Essentials are the organisation’s to have" in said
    with desk.house.asks("governance") as client:
        headers = client.get("/governance").headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    desk.tried.add("mentions user")
    done = desk.mentions("user", "add", "orla", "--role", "viewer", "--config", desk.config)
    assert done.exit_code == 0
    assert "/welcome/" in done.output


def asks_21(desk: Desk) -> None:
    number = desk.case(IN_DANGER)
    said = desk.page("/cases/N/police", number)
    assert "What is passed on here takes a ground in law" in said
    assert "999" in said
    found_case = desk.house.store.cases.get(number)
    assert found_case is not None
    posts = [f"{one.item.number}:{one.item.revision}" for one in desk.house.store.cases.mentions(number)]  # fmt: skip
    form: dict[str, Any] = {"version": found_case.version, "posts": posts, "words": "She named the bridge and the hour, and asks for nobody", "reference": "CAD 1234"}  # fmt: skip
    assert desk.send(f"/cases/{number}/police", "lead", ground="crime", **form)[0] == 403
    assert desk.send(f"/cases/{number}/police", ground="", **form)[0] == 422
    disclosure = desk.case(DISCLOSURE)
    refused, _ = desk.send(f"/cases/{disclosure}/police", ground="crime", **(form | {"posts": [], "version": 1}))  # fmt: skip
    assert refused == 422
    assert desk.house.store.purposes.disclosures(disclosure) == []


def asks_22(desk: Desk) -> None:
    case, store = desk.case(INSULT), desk.house.store
    teams = desk.read(f"/cases/{case}/pass-on", "reviewer")
    assert "Not every team is listed" in teams
    assert "Human resources" not in teams
    posts = ",".join(f"{one.item.number}:{one.item.revision}" for one in store.cases.mentions(case))
    form = {"posts": posts, "reason": "patient", "words": "He names a patient of the ward by her full name"}  # fmt: skip
    assert "it is off" in desk.page("/cases/N/employer", case)
    assert desk.send(f"/cases/{case}/employer", "reviewer", **form)[0] == 422
    with_employment(desk)
    assert desk.send(f"/cases/{case}/employer", "reviewer", **form)[0] == 303
    request = store.purposes.last(case)
    assert request is not None
    answer: dict[str, Any] = {"request": request.number, "answer": "agrees", "reason": "needed", "words": "Nothing milder serves, the sister spoke to him before"}  # fmt: skip
    assert f"ase {case}" in desk.page("/employer")
    at = f"/cases/{case}/employer/answer"
    assert desk.send(at, "all", as_role="governance", **answer)[0] == 303
    assert desk.send(at, "all", as_role="guardian", **answer)[0] == 403
    assert "Human resources" not in desk.read(f"/cases/{case}/pass-on", "reviewer")
    assert (
        desk.send(at, "guardian", as_role="guardian", **answer)[0] == 422
    )  # in the words of the other
    own = answer | {"words": "Nobody speaks up in it, and the patient can be found by it"}
    assert desk.send(at, "guardian", as_role="guardian", **own)[0] == 303
    assert "Human resources" in desk.read(f"/cases/{case}/pass-on", "reviewer")


def _in_the_lane(desk: Desk, told: Told) -> None:
    """Seen by the Guardian and governance, and by nobody else in any way."""
    case = desk.case(told)
    for who in ("guardian", "governance"):
        assert SECRET in desk.read(f"/guardian/{case}", who)
    for who in ("viewer", "reviewer", "lead", "admin"):
        assert desk.status(f"/cases/{case}", who) == 404, who
        if who != "admin":
            assert SECRET not in desk.read(f"/all?q={SECRET}&exact=1", who).replace(f"“{SECRET}”", "").replace(f"Words: {SECRET}", ""), who  # fmt: skip
    assert SECRET not in desk.read("/trends", "governance")


def asks_23(desk: Desk) -> None:
    said = desk.page("/guardian")
    assert "It leaves everyone else’s lists, searches, figures and exports at once" in said
    _in_the_lane(desk, DISCLOSURE)
    assert desk.status(f"/cases/{desk.case(DISCLOSURE)}/evidence", "governance") == 404


def asks_24(desk: Desk) -> None:
    assert "union matters" in desk.page("/guardian")
    _in_the_lane(desk, UNION)
    # who says neither that they work here nor what it is about is read like anybody
    assert desk.status(f"/cases/{desk.case(PUBLIC)}", "viewer") == 200


def asks_25(desk: Desk) -> None:
    said = desk.paper("Equality impact assessment")
    assert "nothing is known beyond typing errors" in said
    assert "Flagged needlessly, by whom a post speaks of or how it is written" in said
    assert "discrimination told of oneself" in desk.page("/guardian")
    _in_the_lane(desk, UNFAIR)


def asks_26(desk: Desk) -> None:
    schedule = desk.paper("Retention schedule")
    for name, of_platform in terms.all_terms().items():
        assert ("employment" in of_platform.not_for) == (name not in ("youtube", "bluesky", "mastodon")), name  # fmt: skip
    assert re.search(r"X \(Twitter\) 7 days .{0,200}employment", schedule)
    assert "Reddit read on 29 November 2026, in a stored copy" in schedule
    assert (
        "“uses the Reddit Services and Data for law enforcement or surveillance purposes”"
        in schedule
    )
    assert "neither document could be read on 29 November 2026" in schedule
    changed(desk.config, collectors={"mastodon": {"on": True}})
    assert "not read whole for mastodon" in desk.run("check", "--offline", status=1)
    threat = replace(IN_DANGER, about={"platform": "reddit", "issuer": "reddit"})
    assert "let them ask the platform for the rest" in desk.page(
        "/cases/N/police", desk.case(threat)
    )


def asks_27(desk: Desk) -> None:
    said = desk.run("backup", desk.folder / "b1")
    assert "it opens with the same keys. No erasure ledger lies beside it" in said
    assert b"Zanzibarquux" not in (desk.folder / "b1").read_bytes()
    desk.mentions("erase", "rowan_ashdown", "--yes", "--config", desk.config, *ASKED)
    _without_database(desk.folder)
    assert "erased again, as the erasure ledger says; proved" in desk.run("restore", desk.folder / "b1")  # fmt: skip


def asks_28(desk: Desk) -> None:
    assert shipped().store.keys == ("file:data/key",)
    assert str(shipped().store.path).startswith("data/")  # beside it
    new = desk.config.parent / "key-new"
    new.touch(0o600)
    new.write_text(Fernet.generate_key().decode())
    changed(desk.config, store={"keys": ["file:key-new", "file:key"]})
    assert "every field opens with it alone" in desk.run("rotate-keys")
    changed(desk.config, store={"keys": ["file:key-new"]})
    (desk.config.parent / "key").unlink()
    assert "the chain's head is" in desk.run("verify")


def asks_29(desk: Desk) -> None:
    case = desk.case(NAMED)
    desk.read(f"/cases/{case}", "vera")
    post_number = desk.house.store.cases.mentions(case)[0].item.number
    assert desk.send(f"/cases/{case}/show", "amina", post=post_number, form="show", why="check")[0] in (200, 303)  # fmt: skip
    desk.read("/done", "bea")  # a list is no look
    assert desk.house.desk.views.flush()
    said = desk.page("/looked-at", query=f"?case={case}")
    assert "Vera Lindqvist" in said.partition("On which page")[2]
    assert "Lists are not in it" in said
    assert "Amina Yusuf" in desk.page("/audit/reveals")
    head = desk.house.store.audit.check_chain().head
    assert "The head that you noted is among them" in desk.page("/audit/chain", query=f"?head={head}")  # fmt: skip
    desk.mentions("find", "Zanzibarquux", "--config", desk.config, *ASKED)  # an event to begin with
    with at_home(desk.config) as (run, _):
        own = run.store.maintenance.verify().head
    assert "the chain still holds that head" in desk.run("verify", "--head", own, names="mentions verify --head")  # fmt: skip
    lost = desk.mentions("verify", "--head", "0" * 64, "--config", desk.config)
    assert (lost.exit_code, "does not hold the head" in lost.output) == (1, True)


def asks_30(desk: Desk) -> None:
    said = desk.page("/exports")
    assert "never holds a writer’s name, account or address" in said
    assert "everything from LinkedIn and Pinterest" in said
    with at_home(desk.config) as (run, _):
        run.store.users.add("local", "lee", "Lee Marsh", ("reviewer", "lead"), at=AT)
    output = desk.folder / "out.csv"
    desk.run("export", "mentions", "--by", "lee", "--for", "board", "--reason", "The board asks for numbers", "--output", output)  # fmt: skip
    table = output.read_text("utf-8-sig")
    assert "[name] was rude to us in the queue" in table
    assert "rowan" not in table.lower()
    # refused: no purpose of the list, somebody's employment, no reason; and whoever is no lead
    for by, purpose, reason in (
        ("lee", "police", "They ask for it"),
        ("lee", "board", "For the disciplinary panel"),
        ("lee", "board", "x"),
        ("gwen", "board", "The board asks for numbers"),
    ):
        refused = desk.mentions("export", "mentions", "--by", by, "--for", purpose, "--reason", reason, "--output", desk.folder / "no.csv", "--config", desk.config)  # fmt: skip
        assert refused.exit_code == 1, (by, purpose, reason)
        assert not (desk.folder / "no.csv").exists()
    with at_home(desk.config) as (run, _):
        (taken,) = run.store.exports.latest()
        assert (taken.what, taken.by_name.split()[-2:]) == ("mentions", ["Lee", "Marsh"])


def asks_31(desk: Desk) -> None:
    roles = desk.paper("Who may do what")
    assert "email, with the case’s number and link" in roles
    assert (
        "The end of the record of decisions leaves with no email here" in roles
    )  # nobody is named for it
    said = desk.page("/cases/N/pass-on", desk.case(NAMED), who="reviewer")
    email = said[said.index("What Information governance gets") : said.index("PALS and complaints")]
    assert "passed case 1 to you" in email
    assert "This email holds no words of the post and no name of its writer" in email
    assert "neighbour" not in email
    assert "rowan" not in said.lower()


def asks_32(desk: Desk) -> None:
    with_employment(desk)
    case, store = desk.case(OTHERS_STAFF), desk.house.store
    posts = ",".join(f"{one.item.number}:{one.item.revision}" for one in store.cases.mentions(case))
    assert "Not every writer says that they work for the ICB: the policy binds nobody else" in desk.page("/cases/N/employer", case)  # fmt: skip
    form = {"posts": posts, "reason": "patient", "words": "He names a patient of the ward by her full name"}  # fmt: skip
    assert desk.send(f"/cases/{case}/employer", "reviewer", **form)[0] == 422
    # the case's page says it to who acts on it, and no list does
    said = desk.read(f"/cases/{case}", "reviewer")
    assert "our policy does not bind them" in said or "policy binds nobody else" in said
    assert "does not bind" not in desk.read("/all", "reviewer") + desk.read("/today", "reviewer")


# ── what was tried, and no other test shows ──────────────────────────────────────────────────────


def _cases(store: Store) -> None:
    for number, told in enumerate((NAMED, IN_DANGER), start=1):
        tell(store, told, number)


def test_a_risk_that_is_changed_and_sealed_again_with_key_and_file_is_not_noticed(
    tmp_path: Path,
) -> None:
    """What the document admits: once it is noticed, the document must say so."""
    path = tmp_path / "mentions.db"
    new_store(path, _cases)
    with Store.open(path, [KEY]) as store:
        head = store.maintenance.verify().head
        kept = store.database.value(
            "SELECT sql FROM sqlite_schema WHERE name = 'risks_never_change'"
        )
        store.database.execute("DROP TRIGGER risks_never_change")
        store.database.execute("UPDATE risks SET risk = 'none'")
        assert (
            "risks_never_change: this trigger was removed"
            in store.maintenance.verify(head).problems[0]
        )
        store.database.execute(kept)
        verified = store.maintenance.verify(head)
    assert verified.problems == ()
    assert verified.holds_anchor
