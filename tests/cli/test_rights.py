"""A person's rights at the command line: found, given, erased, put right, objected, held; each in the record, for whom in none."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from collectors import terms
from core import clock
from core.models import Author, Role
from review import audit
from steps.group import group
from store import ERASURE
from tests.conftest import Command
from tests.cycles import at_home, changed
from tests.decisions import AT, found, post, settled
from tests.store.factories import assess_all, flag
from tests.stores import KEY

WHO = Author(handle="rowan_ashdown", id="77", name="Rowan Ashdown")
OTHER = Author(handle="bryn_talog", id="88", name="Bryn Talog")
THEIRS = "Zanzibarquux waited nine hours at Northwick Park with my mother"
ABOUT = "Rowan Ashdown was rude to us in the queue, and Petra Vance laughed"
BY = ("--by", "gwen")
ASKED = (*BY, "--requester", "R. Ashdown, from the account itself", "--reference", "IG/26/118")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = settled(tmp_path)
    with at_home(path) as (house, _):
        house.store.users.add("local", "gwen", "Gwen Gov", ["governance"], at=AT)
        house.store.users.add("local", "sirius", "Sirius Sloan", ["lead"], at=AT)
        house.store.users.add("local", "rita", "Rita Reviewer", ["reviewer"], at=AT)
        found(house, post(1, THEIRS, author=WHO), post(2, ABOUT, author=OTHER), post(3, "The clinic is dear", author=OTHER))  # fmt: skip
        assess_all(house.store, "medium", flags=[flag("derogatory")], masked="[name] was rude to us in the queue, and [name] laughed")  # fmt: skip
    return path


def last_events(path: Path) -> list[str]:
    with at_home(path) as (house, _):
        events = house.store.audit.events()
        assert "rowan" not in str(events).lower()
        return [event.kind for event in events]


def test_a_person_is_found_by_what_they_wrote_and_where_they_are_mentioned(
    made: Path, mentions: Command
) -> None:
    done = mentions("find", "Rowan Ashdown", "--config", made, *ASKED)
    assert done.exit_code == 0, done.output
    lines = [line.split("  ")[:2] for line in done.stdout.splitlines() if line]
    assert lines == [["1", "by them"], ["2", "mentions them"]]
    assert "looked through 3 of 3" in done.stderr
    assert "Zanzibarquux" not in done.output
    assert last_events(made)[-1] == "searched for a person"


@pytest.mark.parametrize(
    "given",
    [(), ("--requester", "........", "--reference", "IG/26/118"), ("--requester", "R. Ashdown, from the account itself"),
     ("--requester", "R. Ashdown, from the account itself", "--reference", "----")],
)  # fmt: skip
def test_nobody_is_looked_for_without_a_request_that_says_something(
    made: Path, mentions: Command, given: tuple[str, ...]
) -> None:
    done = mentions("find", "Rowan Ashdown", "--config", made, *BY, *given)
    assert done.exit_code == 2
    assert "--re" in done.output
    assert "searched for a person" not in last_events(made)


def test_of_a_reference_that_is_too_thin_it_says_so_and_of_a_requester_too(
    made: Path, mentions: Command
) -> None:
    who, thin = "R. Ashdown, from the account itself", ("--requester", "R. Ashdown, from the account itself", "--reference", "IG/1")  # fmt: skip
    said = mentions("find", who, "--config", made, *BY, *thin).output
    assert "--reference: give what their letter is filed under, of four signs" in said.replace("\n", " ")  # fmt: skip
    said = mentions("find", who, "--config", made, *BY, "--requester", "x", "--reference", "IG/26/118").output  # fmt: skip
    assert "--requester: say who asks" in said


def test_a_search_writes_a_request_down_or_is_for_one_and_whom_is_sealed_with_it(
    made: Path, mentions: Command
) -> None:
    done = mentions("find", "Rowan Ashdown", "--config", made, *ASKED)
    assert "request 1 was written down" in done.stderr
    first = ("find", "bryn_talog", "--config", made, *BY, "--request", "1")
    assert "request 1 is of somebody else" in mentions(*first).output
    check = ("--same-person", "letter", "--checked-by", "Ann Ode", "--checked-on", "2026-11-02")
    assert "nobody else here has the role governance" in mentions(*first, *check).output
    with at_home(made) as (house, _):
        other = house.store.users.add("local", "gus", "Gus Govern", ["governance"], at=AT).number
    assert "another person of governance has to agree" in mentions(*first, *check).output
    with at_home(made) as (house, _):
        (waiting,) = house.store.person_searches.waiting()
        house.store.person_searches.answer(waiting.number, request=1, agrees=True, by=other, at=AT)
    again = mentions(*first)
    assert again.exit_code == 0, again.output
    assert mentions("find", "bryn_talog", "--config", made, *BY, "--request", "7").exit_code == 1
    with at_home(made) as (house, _):
        store = house.store
        assert [one.by_name for one in store.person_searches.of_request(1)] == ["gwen", "gwen"]
        assert [one.by is not None for one in store.person_searches.of_request(1)] == [True, True]
        assert store.person_searches.open(2, request=1, by=other, at=AT) == "bryn_talog"


def test_whom_it_is_about_is_asked_for_so_that_no_shell_remembers_it(
    made: Path, mentions: Command
) -> None:
    done = mentions("find", "--author", "--config", made, *ASKED, given="@Rowan_Ashdown\n")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("1  by them")


def test_a_pack_has_their_words_and_masks_others_as_a_page_and_as_json(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    output = tmp_path / "pack" / "out.html"
    done = mentions(
        "disclose", "rowan_ashdown", "--post", "2", "--own", "Rowan Ashdown", "--output", output,
        "--config", made, *ASKED,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    page, data = output.read_text("utf-8"), json.loads(output.with_suffix(".json").read_text("utf-8"))  # fmt: skip
    assert [(one["number"], one["theirs"]) for one in data["posts"]] == [(1, True), (2, False)]
    for text in (page, str(data)):
        assert "Petra" not in text
        assert "bryn" not in text.lower()
        assert "rowan_ashdown" in text
    assert "Everything else that names or describes somebody stays masked" in done.output
    assert output.stat().st_mode & 0o777 == 0o600
    assert last_events(made)[-1] == "disclosed"
    mentioned = mentions("disclose", "Petra Vance", "--output", output, "--config", made, *ASKED)
    assert mentioned.exit_code == 1
    assert "such as --post 2" in mentioned.output


def test_of_who_is_only_mentioned_the_copy_leads_to_the_posts_and_then_to_what_is_theirs(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        found(house, post(4, "My aunt Philippa Quill is on Ward 7, says Petra Vance", author=OTHER))
        assess_all(house.store, masked="My aunt [name] is on [details], says [name]")
    output = tmp_path / "out.html"
    copy = ("disclose", "Quill", "--output", output, "--config", made)
    nothing = mentions(*copy, *ASKED)
    assert nothing.exit_code == 1
    assert "1 post that others wrote mentions this name and is not in the copy: 4" in nothing.output
    assert "name the posts that are about them with --post" in nothing.output
    marked = mentions(*copy, "--post", "4", "--own", "Philippa Quill", *ASKED)
    assert marked.exit_code == 0, marked.output
    assert "not decided: 4.2  details" in marked.stdout
    assert "NOT READY TO BE SENT" in marked.stdout
    assert "Ward 7" not in marked.output
    decided = mentions(*copy, "--post", "4", "--own", "Philippa Quill", "--decide", *ASKED, given="y\nn\n")  # fmt: skip
    assert decided.exit_code == 0, decided.output
    assert "My aunt Philippa Quill is on Ward 7, says [name]" in output.read_text("utf-8")
    assert "NOT READY" not in decided.output
    assert "revealed" in last_events(made)
    named = mentions(*copy, "--post", "4", "--theirs", "4.2", *ASKED)
    assert "My aunt [name] is on Ward 7, says [name]" in output.read_text("utf-8"), named.output
    assert mentions(*copy, "--post", "4", "--theirs", "Ward", *ASKED).exit_code == 2


def test_what_holds_the_name_beside_the_posts_is_named_and_goes_into_a_copy_and_outlives_an_erasure(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        gwen = next(user.number for user in house.store.users.all() if user.handle == "gwen")
        house.store.handovers.add("Rowan Ashdown rang, so did Petra Vance", by=gwen, at=AT, after=0, figures={})  # fmt: skip
    looked = mentions("find", "Rowan Ashdown", "--config", made, *ASKED)
    assert "handovers.1  handover note" in looked.stdout
    assert "Petra" not in looked.output
    assert "1 × handover note" in looked.stderr.replace("\n", " ")
    output = tmp_path / "out.html"
    copy = mentions("disclose", "Rowan Ashdown", "--record", "handovers.1", "--output", output, "--config", made, *ASKED)  # fmt: skip
    assert copy.exit_code == 0, copy.output
    assert "Rowan Ashdown rang, so did [name]" in output.read_text("utf-8")
    gone = mentions("erase", "Rowan Ashdown", "--yes", "--though-urgent", "--config", made, *ASKED)
    assert "no erasure of posts takes them" in gone.stdout.replace("\n", " ")


def test_an_erasure_says_what_would_go_and_asks(made: Path, mentions: Command) -> None:
    refused = mentions("erase", "rowan_ashdown", "--config", made, *ASKED, given="n\n")
    assert refused.exit_code == 1
    assert "1 post would go: 1" in refused.output
    done = mentions("erase", "rowan_ashdown", "--config", made, "--yes", *ASKED)
    assert done.exit_code == 0, done.output
    assert "1 post erased" in done.output
    assert "proved: nothing of it is left" in done.output
    again = mentions("find", "--author", "rowan_ashdown", "--config", made, *ASKED)
    assert again.stdout == ""


def test_a_request_of_one_person_erases_gives_holds_and_corrects_nothing_of_another(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    assert mentions("find", "rowan_ashdown", "--config", made, *ASKED).exit_code == 0
    one = ("--config", made, *BY, "--request", "1")
    output = tmp_path / "out.html"
    for command in (
        ("erase", "--post", "3", "--yes", "--though-urgent", *one),
        ("erase", "rowan_ashdown", "--post", "3", "--yes", "--though-urgent", *one),
        ("erase", "bryn_talog", "--yes", "--though-urgent", *one),
        ("disclose", "rowan_ashdown", "--post", "3", "--output", output, *one),
        ("disclose", "bryn_talog", "--output", output, *one),
        ("hold", "3", "--reason", "A claim was filed", "--approver", "sirius", "--until", "2027-02-28", *one),
        ("rectify", "3", "--what", "note", "--now", "no", "--note", "as the letter says", *one),
    ):  # fmt: skip
        done = mentions(*command)
        assert done.exit_code == 1, (command, done.output)
        assert "request 1" in done.output, command
    with at_home(made) as (house, _):
        assert house.store.mentions.get(3) is not None
    assert not output.exists()
    # the post says whose request it is where nobody was looked for yet
    assert mentions("erase", "--post", "3", "--yes", "--though-urgent", "--config", made, *ASKED).exit_code == 0  # fmt: skip
    later = mentions("erase", "--post", "1", "--yes", "--config", made, *BY, "--request", "2")
    assert "neither by the person of request 2" in later.output, later.output


def test_an_erasure_names_what_somebody_has_to_see_to_first_and_asks_again(
    made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        found(house, post(4, "We told the board and were shut out", author=OTHER))
        assess_all(house.store, "medium", flags=[flag("grievance")], protected="disclosure", staff="nhs")  # fmt: skip
    command = ("erase", "--post", "4", "--config", made)
    hasty = mentions(*command, "--yes", *ASKED)
    assert (hasty.exit_code, "4 may be speaking up" in hasty.output) == (1, True)
    twice = mentions(*command, *ASKED, given="y\nn\n")
    assert (twice.exit_code, "somebody has to look at first" in twice.output) == (1, True)
    other = mentions(*command, *("--by", "rita", *ASKED[2:]), given="n\n")
    assert (other.exit_code, "speaking up" in other.output) == (1, False)
    assert mentions(*command, *ASKED, given="y\ny\n").exit_code == 0


def test_one_command_erases_nothing_of_the_guardians_lane_however_urgent(
    made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        guardian = house.store.users.add("local", "farah", "Farah Iqbal", ["guardian"], at=AT)
        found(house, post(4, "We told the board and were shut out", author=OTHER))
        assess_all(house.store, "medium", flags=[flag("grievance")], protected="disclosure", staff="nhs")  # fmt: skip
        group(house)
        lane = house.store.speaking_up.posts()
        assert lane == {4}
    command = ("erase", "bryn_talog", "--post", "4", "--config", made, "--yes", "--though-urgent")
    asked = mentions(*command, *ASKED)
    assert (asked.exit_code, "the Guardian has to agree" in asked.output) == (1, True)
    lead = mentions(*command, "--by", "sirius", *ASKED[2:])
    assert (lead.exit_code, "it is for governance" in lead.output) == (1, True)
    with at_home(made) as (house, _):
        assert house.store.mentions.get(4) is not None
        (request,) = house.store.lane_packs.open_requests(ERASURE)
        assert house.store.lane_packs.answer(request, agrees=True, by=guardian.number, at=AT)
    assert mentions(*command, "--by", "gwen", "--request", "1").exit_code == 0
    with at_home(made) as (house, _):
        assert house.store.mentions.get(4) is None
        assert house.store.audit.lane_erased(AT)


def test_who_was_erased_is_gone_again_after_the_commands_that_bring_a_backup_back(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    assert mentions("backup", "--config", made, tmp_path / "backups" / "b1").exit_code == 0
    assert mentions("erase", "rowan_ashdown", "--config", made, "--yes", *ASKED).exit_code == 0
    second = mentions("backup", "--config", made, tmp_path / "later" / "b2")
    assert "A copy of the erasure ledger lies beside it: mentions.db.ledger" in second.stdout
    for file in tmp_path.glob("mentions.db*"):
        if file.name in ("mentions.db", "mentions.db-wal", "mentions.db-shm"):
            file.unlink()
    done = mentions("restore", "--config", made, tmp_path / "backups" / "b1")
    assert done.exit_code == 0, done.output
    assert "1 post erased again, as the erasure ledger says; proved" in done.output
    assert "! 1 requests to write down again" in done.output  # the one that the erasure was for
    assert "everybody signs in anew" in done.output
    assert "tells nothing of after this backup" not in done.output
    assert mentions("find", "Zanzibarquux", "--config", made, *ASKED).stdout == ""
    assert b"Zanzibarquux" not in (tmp_path / "mentions.db").read_bytes()
    assert mentions("verify", "--config", made).exit_code == 0


def test_a_restore_with_a_ledger_as_old_as_the_backup_says_that_it_tells_nothing_of_after_it(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    assert mentions("erase", "rowan_ashdown", "--config", made, "--yes", *ASKED).exit_code == 0
    assert mentions("backup", "--config", made, tmp_path / "backups" / "b1").exit_code == 0
    for file in tmp_path.glob("mentions.db*"):
        if file.name in ("mentions.db", "mentions.db-wal", "mentions.db-shm"):
            file.unlink()
    done = mentions("restore", "--config", made, tmp_path / "backups" / "b1")
    assert done.exit_code == 0, done.output
    assert "! the erasure ledger here tells nothing of after this backup" in done.output


def test_a_restore_without_a_ledger_says_so_and_check_and_verify_go_on_saying_it(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    assert mentions("backup", "--config", made, tmp_path / "backups" / "b1").exit_code == 0
    for file in tmp_path.glob("mentions.db*"):
        file.unlink()
    done = mentions("restore", "--config", made, tmp_path / "backups" / "b1")
    assert done.exit_code == 1, done.output  # it is restored, and somebody has to answer that line
    assert "NO ERASURE LEDGER" in done.output
    for carried in ("erased", "objected", "on hold", "account was closed", "searched for", "sent to the Guardian", "stepped back", "employer was refused", "packs of the Guardian", "requests about data", "settings"):  # fmt: skip
        assert carried in done.output, carried
    checked = mentions("check", "--offline", "--config", made).output
    assert "MISSING  erasure ledger: no erasure ledger was found" in checked
    assert mentions("verify", "--config", made).exit_code == 1


def test_a_hold_waits_for_who_approves_it_and_then_keeps_what_is_erased_until_it_is_lifted(
    made: Path, mentions: Command
) -> None:
    soon = (AT + timedelta(days=30)).date().isoformat()
    held = mentions("hold", "1", "--config", made, "--reason", "A claim about the clinic was filed", "--approver", "sirius", "--until", soon, *BY)  # fmt: skip
    assert held.exit_code == 0, held.output
    assert "It waits until Sirius Sloan says yes, signed in" in held.output
    refused = mentions("erase", "rowan_ashdown", "--config", made, *ASKED, given="n\n").output
    assert "1 post would go: 1" in refused
    assert "nobody agreed yet, of 1" in refused
    hasty = mentions("erase", "rowan_ashdown", "--config", made, "--yes", *ASKED)
    assert (hasty.exit_code, "nothing was erased" in hasty.output) == (1, True)
    with at_home(made) as (house, _):
        store, asked = house.store, house.store.hold_requests.waiting(AT)
        assert not store.retention.on_hold(1, AT)
        sirius = next(user for user in store.users.all() if user.handle == "sirius")
        count = store.hold_requests.answer([asked[0].number], agrees=True, by=sirius.number, by_name=sirius.name, at=AT)  # fmt: skip
        assert count == 1
    assert "a hold keeps 1" in mentions("erase", "rowan_ashdown", "--config", made, "--yes", *ASKED).output  # fmt: skip
    assert mentions("hold", "1", "--lift", "--config", made, *BY).exit_code == 0
    assert "1 post erased" in mentions("erase", "--post", "1", "--config", made, "--yes", *ASKED).output  # fmt: skip


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("hold", "1", "--reason", "A claim about the clinic was filed", "--approver", "sirius"), "needs an end"),
        (("hold", "1", "--reason", "A claim about the clinic was filed", "--approver", "Gwen", "--until", "2030-01-01"), "another person"),
        (("hold", "1", "--approver", "sirius", "--until", "2030-01-01"), "why they must stay"),
        (("hold", "1", "--reason", "........", "--approver", "sirius", "--until", "2030-01-01"), "why they must stay"),
        (("hold", "1", "--reason", "looking into it", "--approver", "sirius", "--until", "2030-01-01"), "why they must stay"),
        (("hold", "1", "--reason", "A claim about the clinic was filed", "--approver", "G Gov", "--until", "2030-01-01"), "governance or a lead"),
        (("hold", "1", "--reason", "A claim about the clinic was filed", "--approver", "rita", "--until", "2030-01-01"), "governance or a lead"),
        (("hold", "1", "--reason", "A claim about the clinic was filed", "--approver", "Gwen Gov", "--until", "2030-01-01"), "another person"),
        (("hold", "99", "--reason", "A claim about the clinic was filed", "--approver", "sirius", "--until", "2030-01-01"), "there is no mention 99"),
        (("erase", "--post", "99", "--yes", *ASKED[2:]), "nothing of this can be erased"),
        (("rectify", "99", "--what", "note", "--note", "He was not there"), "there is no mention 99"),
        (("object", "--platform", "x", "--account", "@", *ASKED[2:]), "handle or its id"),
        (("find", "@", *ASKED[2:]), "write a name, an account"),
        (("find", "my manager", *ASKED[2:]), "names no person"),
        (("disclose", "nurse", "--output", "copy.html", *ASKED[2:]), "no account of exactly this name"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(
    made: Path, mentions: Command, given: tuple[str, ...], why: str
) -> None:
    done = mentions(*given, "--config", made, *BY)
    assert done.exit_code != 0
    assert why in done.output


def test_an_objection_keeps_out_and_can_be_withdrawn(made: Path, mentions: Command) -> None:
    them = ("--platform", "bluesky", "--account", "@rowan_ashdown", "--config", made)
    mentions("erase", "rowan_ashdown", "--post", "1", "--config", made, "--yes", *ASKED)
    other = mentions("object", *them, *BY, "--request", "1").output
    assert "request 1 stands in the register as erasure, and stays so" in other
    assert "1 new on the list" in other
    assert "It holds on Bluesky alone, for this very handle or id" in other
    assert "matched by the author’s name as it was given" in other
    assert "0 new on the list" in mentions("object", *them, *ASKED).output
    with at_home(made) as (house, _):
        requests = [house.store.rights_requests.get(number) for number in (1, 2)]
        erased = [event.about for event in house.store.audit.events() if event.kind == "erased"]
    # the register and the record say of each what was done under it, and by whom
    assert [(one.kind, one.state, one.owner is not None) for one in requests if one] == [("erasure", "ready", True), ("objection", "ready", True)]  # fmt: skip
    assert [about["request"] for about in erased] == [1]
    assert "1 taken off" in mentions("object", *them, "--withdraw", *BY, "--request", "2").output


def test_an_objection_is_of_the_person_whose_request_it_is_alone(
    made: Path, mentions: Command
) -> None:
    def listed(account: str, *more: str) -> str:
        return mentions("object", "--platform", "bluesky", "--account", account, "--config", made, *more).output  # fmt: skip

    assert "--request: name the request" in listed("@rowan_ashdown", *BY)
    assert "--request: name the request" in listed("@rowan_ashdown", *BY, "--withdraw")
    assert "1 new" in listed("@rowan_ashdown", *ASKED)
    of_first = (*BY, "--request", "1")
    for other in ("@tamsin_quill", "https://bsky.app/profile/tamsin.example.org"):
        assert "request 1 is of somebody else" in listed(other, *of_first)
        assert "request 1 is of somebody else" in listed(other, *of_first, "--withdraw")
    assert "is not one of" in listed("@tamsin_quill", *of_first, "--same-person", "same person")
    assert "who checked" in listed("@tamsin_quill", *of_first, "--same-person", "letter")
    checked = ("--same-person", "letter", "--checked-by", "Ann Ode", "--checked-on", "2026-11-02")
    assert "somebody else" in listed("@rowan_ashdown", "--account", "did:plc:of-tamsin", *of_first)
    with at_home(made) as (house, _):
        assert len(house.store.objections.all()) == 1
    assert "1 new" in listed("@r_ashdown", *of_first, *checked)  # fmt: skip


def test_something_put_right_stands_in_the_pack_beside_what_stood_there(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    done = mentions(
        "rectify", "1", "--what", "label", "--name", "derogatory", "--before", "insult", "--now", "no insult",
        "--note", "they quoted what was said to them", "--config", made, *BY,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    output = tmp_path / "out.html"
    mentions("disclose", "rowan_ashdown", "--output", output, "--config", made, *ASKED)
    assert "<s>insult</s> no insult" in output.read_text("utf-8")


def test_the_record_says_of_each_command_who_ran_it_beside_in_whose_name(
    made: Path, tmp_path: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.base.login", lambda: "ann as root")
    until = ("--until", (AT + timedelta(days=30)).date().isoformat())
    for words in (
        ("find", "Rowan Ashdown", *ASKED), ("disclose", "rowan_ashdown", "--output", tmp_path / "out.html", *ASKED),
        ("object", "--platform", "bluesky", "--account", "@rowan_ashdown", *ASKED),
        ("rectify", "1", "--what", "note", "--note", "He was not there at all", *BY),
        ("hold", "2", "--reason", "A claim about the clinic was filed", "--approver", "sirius", *until, *BY),
        ("erase", "--post", "1", "--yes", *ASKED),
        ("export", "mentions", "--output", tmp_path / "out.csv", "--for", "complaint", "--reason", "A complaint of 12 November is answered", "--by", "sirius"),
    ):  # fmt: skip
        done = mentions(*words, "--config", made)
        assert done.exit_code == 0, done.output
    with at_home(made) as (house, _):
        store = house.store
        events = [event for event in store.audit.events() if "by" in event.about]
        people = audit.People({user.number: user.name for user in store.users.all()}, store.audit.fingerprints())  # fmt: skip
        assert {event.kind for event in events} >= {
            "request came", "searched for a person", "disclosed", "objected", "corrected", "hold asked for", "erased", "exported",
        }  # fmt: skip
        said = {people.who(event) for event in events}
        assert said == {f"At the command line of “ann as root”, for {name}" for name in ("Gwen Gov", "Sirius Sloan")}  # fmt: skip
        assert store.exports.latest()[0].by_name == "At the command line of “ann as root”, for Sirius Sloan"  # fmt: skip
        assert store.person_searches.by_person(AT - timedelta(days=1))[0][0].startswith("At the command line of “ann as root”, for")  # fmt: skip
        gwen = next(user for user in store.users.all() if user.handle == "gwen")
        assert store.person_searches.open(1, request=1, by=gwen.number, at=AT) == "Rowan Ashdown"


def test_keys_are_rotated_and_the_old_one_is_thrown_away(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    (tmp_path / "key-new").touch(0o600)
    (tmp_path / "key-new").write_text(Fernet.generate_key().decode())
    changed(made, store={"keys": ["file:key-new", "file:key"]})
    done = mentions("rotate-keys", "--config", made)
    assert done.exit_code == 0, done.output
    assert "sealed" in done.stderr
    assert "older backups open with the old key alone" in done.output
    changed(made, store={"keys": ["file:key-new"]})
    (tmp_path / "key").unlink()
    assert mentions("verify", "--config", made).exit_code == 0
    assert mentions("find", "zanzibarquux", "--config", made, *ASKED).stdout.startswith("1  ")
    assert KEY not in tomllib.loads(made.read_text("utf-8"))["store"]["keys"]


def test_a_ledger_at_another_place_is_used(made: Path, tmp_path: Path, mentions: Command) -> None:
    changed(made, store={"erasures": "elsewhere/erasures"})
    assert mentions("erase", "rowan_ashdown", "--config", made, "--yes", *ASKED).exit_code == 0
    assert (
        len((tmp_path / "elsewhere" / "erasures").read_text().splitlines()) == 3
    )  # its beginning, the request, the erasure
    assert not (tmp_path / "erasures" / "mentions.db.ledger").exists()


def test_check_and_verify_say_whether_the_ledger_is_whole(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    assert (
        "erasure ledger: nobody was erased yet"
        in mentions("check", "--offline", "--config", made).output
    )
    mentions("erase", "rowan_ashdown", "--config", made, "--yes", *ASKED)
    assert (
        "erasure ledger: 3 lines, whole" in mentions("check", "--offline", "--config", made).output
    )
    with (tmp_path / "erasures" / "mentions.db.ledger").open("a") as file:
        file.write('{"kind":"erased"}\n')
    assert "changed by hand" in mentions("check", "--offline", "--config", made).output
    done = mentions("verify", "--config", made)
    assert done.exit_code == 1
    assert "changed by hand" in done.output


def test_verify_names_a_change_of_keys_that_has_not_ended(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        house.store.database.insert("key_rotations", began_at=clock.text(AT), key_hash="a")
    done = mentions("verify", "--config", made)
    assert done.exit_code == 1
    assert "has not ended: run `mentions rotate-keys`" in done.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("erase", "--post", "1", "--yes", "--by", "Nobody At All"), "has an account here"),
        (("erase", "--post", "1", "--yes", "--request", "7", *BY), "request 7 does not stand in the register"),
        (("hold", "1", "--lift", "--by", "Nobody At All"), "has an account here"),
        (("object", "--platform", "x", "--account", "rowan", "--request", "7", *BY), "does not stand in the register"),
        (("rectify", "1", "--what", "note", "--note", "as shown", "--now", "so", "--request", "7", *BY), "does not stand in the register"),
    ],
)  # fmt: skip
def test_nothing_is_done_for_a_request_that_is_none_or_by_nobody(
    made: Path, mentions: Command, words: tuple[str, ...], why: str
) -> None:
    result = mentions(*words, "--config", made)
    assert result.exit_code != 0
    assert why in result.output
    with at_home(made) as (house, _):
        assert house.store.mentions.get(1) is not None


def test_a_hold_says_on_which_day_the_platforms_terms_take_the_post_all_the_same(
    tmp_path: Path, mentions: Command
) -> None:
    path = settled(tmp_path)
    with at_home(path) as (house, _):
        house.store.users.add("local", "gwen", "Gwen Gov", ["governance"], at=AT)
        house.store.users.add("local", "sirius", "Sirius Sloan", ["lead"], at=AT)
        found(house, post(1, THEIRS, platform="x", issuer="x", issued_id="1"))
    until = (AT + timedelta(days=90)).date().isoformat()
    held = mentions("hold", "1", "--config", path, "--reason", "A claim about the clinic was filed", "--approver", "sirius", "--until", until, *BY)  # fmt: skip
    assert held.exit_code == 0, held.output
    day = AT + terms.limits()["x"]
    assert f"Post 1 goes by {day:%-d %B %Y}, unless it is seen there again by then" in held.output
    assert (
        "saved another way before: a copy of it as it stands on its platform" in held.output
    )  # it is in no case yet


def test_who_stepped_back_from_a_case_meets_nothing_of_it_in_any_command(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        store = house.store
        group(house)
        case = store.cases.of_mention(2)
        assert case is not None
        gwen = next(user.number for user in store.users.all() if user.handle == "gwen")
        store.recusals.step_back(case, gwen, at=AT)
        store.users.add("local", "gus", "Gus Govern", ["governance"], at=AT)
    copy = ("--output", tmp_path / "out.html", "--config", made)
    asked = ("--requester", "R. Ashdown, from the account itself", "--reference", "IG/26/118")
    for command in (
        ("find", "bryn_talog", "--config", made), ("find", "Petra Vance", "--config", made), ("disclose", "bryn_talog", *copy), ("disclose", "Rowan Ashdown", "--post", "2", *copy),
        ("erase", "bryn_talog", "--yes", "--config", made), ("erase", "--post", "2", "--yes", "--config", made),
        ("hold", "2", "--reason", "a claim", "--until", "2027-02-01", "--config", made), ("rectify", "2", "--what", "note", "--note", "as the letter says", "--config", made),
    ):  # fmt: skip
        more = () if command[0] in ("hold", "rectify") else asked
        done = mentions(*command, *BY, *more)
        assert "stepped back from" in done.output, command
        assert not [line for line in done.stdout.splitlines() if line.startswith("2  ")]
        assert (done.exit_code == 0) == (command[0] == "find"), done.output
    people: tuple[tuple[str, Role], ...] = (("gwen", "governance"), ("lena", "lead"))
    for who, roles in people:
        with at_home(made) as (house, _):
            users = house.store.users
            known = next((user.number for user in users.all() if user.handle == who), 0) or users.add("local", who, "Lena Lead", [roles], at=AT).number  # fmt: skip
            if roles == "lead":
                house.store.recusals.step_back(case, known, at=AT)
        pack = mentions("export", "evidence", "--case", str(case), "--by", who, "--for", "court", "--reason", "a claim", "--output", tmp_path / "p.pdf", "--config", made)  # fmt: skip
        assert (pack.exit_code, f"there is no case {case}" in pack.output) == (1, True), pack.output
    with at_home(made) as (house, _):
        assert house.store.mentions.get(2) is not None
        assert not house.store.hold_requests.waiting(AT)
    other = mentions("find", "Petra Vance", "--config", made, "--by", "gus", *asked)
    assert other.stdout.startswith("2  mentions them")


def test_a_copy_says_that_what_may_be_speaking_up_is_held_and_left_out(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        found(house, post(4, "Petra Vance told us to sign for checks that we never did", author=OTHER))  # fmt: skip
        assess_all(house.store, flags=[flag("grievance")], protected="disclosure", staff="icb", masked="[name] told us to sign")  # fmt: skip
        group(house)
    copy = ("disclose", "Petra Vance", "--output", tmp_path / "out.html", "--config", made, *ASKED)
    for more in ((), ("--post", "4")):
        done = mentions(*copy, *more)
        flat = " ".join(done.output.split())
        assert done.exit_code == 1
        assert "may be speaking up" in flat
        assert "Don’t tell the person that nothing is held" in flat
        assert "held any more" not in flat
        assert "such as --post 4" not in flat
    done = mentions(*copy, "--post", "2", "--post", "4")
    assert done.exit_code == 0, done.output
    assert "1 left out, of somebody who may speak up" in done.output


def test_words_of_what_others_say_who_may_be_speaking_up_are_the_guardians_at_the_command_too(
    made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        found(house, post(4, "Petra Vance told us to sign for checks that we never did", author=OTHER))  # fmt: skip
        assess_all(house.store, flags=[flag("grievance")], protected="disclosure", staff="icb", masked="[name] told us to sign")  # fmt: skip
        group(house)
    done = mentions("find", "Petra Vance", "--config", made, *ASKED)
    assert "4  mentions them" in done.stdout
    assert "the Guardian sees its words" in done.stdout
    assert "told us to sign" not in done.stdout
