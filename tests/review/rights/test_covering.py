"""What names a child is read by those on duty and by governance; who only reads along sees that it is there."""

from __future__ import annotations

import pytest

from review.rights.covering import COVERED, NOT_YET, REASON
from store import Early
from tests.review.conftest import House
from tests.review.factories import NOW, PRESS, Told, case_of, tell
from tests.review.pages import Tags, cases_in, read
from tests.store.factories import DAY

PAGES = ("/today", "/cases/{case}", "/cases/{case}/full", "/all", "/rest", "/mentions/{post}", "/mentions/{post}/report", "/mine", "/done", "/waiting")  # fmt: skip
WORDS = "DMs open"


def child(house: House) -> tuple[int, int]:
    """A post whose words are told apart from all others; it names a child."""
    case = case_of(house.store, PRESS)
    for mention in house.store.cases.mentions(case):
        house.store.children.mark({mention.item.number: True})
    return case, house.store.cases.mentions(case)[0].item.number


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("handle", ["vera", "ada"])
def test_who_only_reads_along_sees_no_word_of_it(anew: House, page: str, handle: str) -> None:
    case, post = child(anew)
    text = read(anew, page.format(case=case, post=post), handle).text
    assert WORDS not in text


@pytest.mark.parametrize("handle", ["amina", "bea", "gwen"])
def test_those_on_duty_and_governance_read_it_like_any_other(anew: House, handle: str) -> None:
    case, _ = child(anew)
    page = read(anew, f"/cases/{case}", handle)
    assert WORDS in page.text
    assert "names a child" in page.text


def test_who_reads_along_sees_that_it_is_there(anew: House) -> None:
    case, _ = child(anew)
    assert COVERED in read(anew, f"/cases/{case}", "vera").text
    assert REASON in read(anew, "/all", "vera").text


def test_without_the_mark_it_is_read_by_all(anew: House) -> None:
    """The check of the check."""
    case = case_of(anew.store, PRESS)
    assert WORDS in read(anew, f"/cases/{case}", "vera").text


def test_it_stands_in_todays_list_at_the_same_place(anew: House) -> None:
    before = [one["href"] for one in read(anew, "/today", "amina").all("a") if one.get("href", "").startswith("/cases/")]  # fmt: skip
    child(anew)
    after = [one["href"] for one in read(anew, "/today", "amina").all("a") if one.get("href", "").startswith("/cases/")]  # fmt: skip
    assert before == after


def test_the_case_shows_what_was_put_right_and_that_its_writer_objected(anew: House) -> None:
    from store import Correction

    case, post = child(anew)
    anew.store.corrections.add(Correction(
        mention=post, what="label", name="derogatory", at=NOW, by=None, before="insult", now="no insult", note="quoted it",
    ))  # fmt: skip
    anew.store.database.execute("UPDATE mentions SET objected = 'high' WHERE number = ?", post)
    text = read(anew, f"/cases/{case}").text
    assert "insult no insult (quoted it)" in text
    assert "they objected; saved because it’s a high risk" in text


def test_a_child_is_kept_while_something_runs_on_its_case(anew: House) -> None:
    case, post = child(anew)
    week = DAY * 7
    anew.store.retention.purge(
        NOW + 8 * DAY, {}, deleted_after=999 * DAY, early=Early(children=week)
    )
    running = [clock for clock in anew.store.deadlines.of_case(case) if clock.stopped_at is None]
    assert bool(running) == (anew.store.mentions.get(post) is not None)
    assert running
    anew.store.database.execute("UPDATE deadlines SET stopped_at = began_at, outcome = 'done'")
    anew.store.database.execute("UPDATE handoffs SET state = 'answered'")
    anew.store.retention.purge(
        NOW + 9 * DAY, {}, deleted_after=999 * DAY, early=Early(children=week)
    )
    assert anew.store.mentions.get(post) is None


NAMING = Told(text="Quillfeather School boy of 13 thumped by his dad, he waits for Zebulon ward in Harrow", risk="low")  # fmt: skip
# Every address that finds cases by what somebody types or chooses
SEARCHES = ("/all?q={}", "/all?exact=yes&q={}", "/all?tab=all&q={}", "/all?state=new&q={}", "/cases?q={}", "/new-items?q={}", "/search?q={}", "/today?q={}", "/rest?q={}", "/audit?q={}", "/exports?q={}")  # fmt: skip
TYPED = ("Quillfeather", "quillfether", "Quillfea", "thumped", "thumpd", "thump", "Zebulon", "zebuln", '"Zebulon ward"', "Quillfeather School boy")  # fmt: skip


def naming(house: House, mark: bool | None) -> int:
    """A case that a child's post is alone in; `mark` None: nobody has looked at it yet."""
    tell(house.store, NAMING, 960, NOW, alone=True)
    number = int(house.store.database.value("SELECT max(number) FROM mentions"))
    if mark is None:
        house.store.database.execute("UPDATE mentions SET child = NULL WHERE number = ?", number)
        house.store.database.connection.commit()
    else:
        house.store.children.mark({number: mark})
    return case_of(house.store, NAMING)


@pytest.mark.parametrize("mark", [True, None])
@pytest.mark.parametrize("handle", ["vera", "ada"])
def test_what_they_may_not_read_is_found_by_no_search(
    anew: House, handle: str, mark: bool | None
) -> None:
    """By no word, beginning or slip, in no list and no count, and no search offers one of its words."""
    case = naming(anew, mark)
    nothing = {}
    with anew.asks(handle) as client:
        for address in SEARCHES:
            nothing[address] = client.get(address.format("wwqzx")).status_code
            for typed in TYPED:
                answer = client.get(address.format(typed))
                assert answer.status_code == nothing[address]
                page = Tags(answer.text)
                found = cases_in(page) if "exports" not in address and "audit" not in address else set()  # fmt: skip
                if address.startswith(("/all", "/cases", "/new-items")):
                    assert case not in found, (address, typed)
                for word in ("quillfeather", "thumped", "zebulon"):
                    assert word not in page.text.casefold().replace(typed.casefold(), "")
        assert case not in cases_in(Tags(client.get("/all?place=Harrow").text))


@pytest.mark.parametrize("handle", ["amina", "bea", "gwen"])
def test_those_on_duty_and_governance_find_it(anew: House, handle: str) -> None:
    """The check of the check: without it the one above could not fail."""
    case = naming(anew, True)
    for typed in ("Quillfeather", "quillfether", "thumped", "Zebulon"):
        assert case in cases_in(read(anew, f"/all?q={typed}", handle))


def test_a_post_that_names_no_child_is_found_and_mended_for_all(anew: House) -> None:
    case = naming(anew, False)
    for typed in ("Quillfeather", "quillfether", "thumped"):
        assert case in cases_in(read(anew, f"/all?q={typed}", "vera"))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("handle", ["vera", "ada"])
def test_what_nobody_has_looked_at_yet_is_covered_from_who_only_reads_along(
    anew: House, page: str, handle: str
) -> None:
    """A report, a post that was read and not sorted, a post that was edited: covered until looked at."""
    case = naming(anew, None)
    post = anew.store.cases.mentions(case)[0].item.number
    text = read(anew, page.format(case=case, post=post), handle).text
    for word in ("Quillfeather", "thumped", "Zebulon"):
        assert word not in text
    if page == "/cases/{case}":
        assert NOT_YET in text
