"""An export of another tool's search for a person is refused before a row of it is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.files.collector import Files
from collectors.files.people_named import PeopleNamed
from collectors.files.subject import check
from collectors.http.client import Http
from core.errors import InputError, PersonSearchError, PlatformRefused
from demo.world import World
from steps import import_file
from tests.collectors.cases import AT
from tests.cycles import at_home, settled

HEAD = "Query Name,Full Text,Author,Date,Url\n"


def written(folder: Path, rows: list[str], name: str = "export.csv", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "\n".join(rows) + "\n", "utf-8")
    return path


def row(number: int, author: str = "", query: str = "NHS North West London") -> str:
    return f'"{query}",Words about the ward {number},{author or f"writer{number}"},21/11/2026 09:05,https://x.com/i/{number}'


def test_an_export_about_a_subject_passes(tmp_path: Path) -> None:
    check(written(tmp_path, [row(number) for number in range(9)]), {}, register=())


@pytest.mark.parametrize(
    "query",
    ["Marguerite Ashdown", "ward OR Kev", "icb; Fiona Macalister", "jo_icb_comms", "ward 7 sister"],
)
def test_a_search_for_a_person_is_refused_by_the_column_that_names_it(
    tmp_path: Path, query: str
) -> None:
    path = written(tmp_path, [row(1), row(2, query=query)])
    with pytest.raises(InputError, match="a search for a person") as refused:
        check(path, {}, register=())
    assert query not in str(refused.value)


def test_a_file_that_is_called_after_a_person_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name reads like a person’s"):
        check(written(tmp_path, [row(1)], "marguerite-ashdown_2026.csv"), {}, register=())


def test_one_writers_posts_are_refused_unless_a_body_wrote_them(tmp_path: Path) -> None:
    path = written(tmp_path, [row(number, "somebody_private") for number in range(8)] + [row(9)])
    with pytest.raises(InputError, match="one writer’s posts"):
        check(path, {}, register=("healthiernwl",))
    check(path, {}, register=("somebody_private",))
    check(
        written(tmp_path, [row(n, "somebody_private") for n in range(4)], "few.csv"),
        {},
        register=(),
    )


def test_a_name_that_two_people_agreed_to_may_be_taken_in(tmp_path: Path) -> None:
    path = written(tmp_path, [row(1, query="Fiona Macalister")])
    check(path, {}, register=(), allowed=["Fiona Macalister"])


def test_nothing_of_it_is_stored_by_an_import(calm: World, tmp_path: Path) -> None:
    path = settled(tmp_path, calm, only=("files",))
    file = written(tmp_path, [row(1, query="Marguerite Ashdown")])
    with at_home(path) as (house, _):
        with pytest.raises(InputError):
            import_file.import_file(house, file)
        assert house.store.figures.row_counts()["mentions"] == 0


def test_the_folder_of_exports_takes_it_in_no_more(tmp_path: Path) -> None:
    written(tmp_path, [row(1, query="Marguerite Ashdown")])
    files = Files(http=Http(user_agent="t"), at=AT, folder=str(tmp_path))
    with pytest.raises(PlatformRefused, match="a search for a person"):
        list(files.collect(AT))


def words(*texts: str) -> list[str]:
    return [
        f"{text},writer{number},21/11/2026 09:05,https://x.com/i/{number}"
        for number, text in enumerate(texts)
    ]


WITHOUT_COLUMN = "Full Text,Author,Date,Url\n"


def test_posts_that_name_nothing_of_ours_are_counted_and_an_export_of_them_is_refused(
    calm: World, tmp_path: Path
) -> None:
    path = settled(tmp_path, calm, only=("files",))
    about = "Marguerite Ashdown was on the news again"
    refused = written(tmp_path, words(about, "She spoke well"), "found.csv", WITHOUT_COLUMN)
    mixed = written(
        tmp_path, words(about, "Ealing Hospital was kind", "NHS NWL answered at last"), "mixed.csv", WITHOUT_COLUMN
    )  # fmt: skip
    with at_home(path) as (house, told):
        with pytest.raises(InputError, match="2 of 2 name nothing of ours") as why:
            import_file.import_file(house, refused)
        assert "Marguerite" not in str(why.value)
        assert house.store.figures.row_counts()["mentions"] == 0
        import_file.import_file(house, mixed)
        assert "mixed.csv: 1 of 3 name nothing of ours" in list(told)
        assert house.store.figures.row_counts()["mentions"] == 3


def test_the_folder_of_exports_refuses_them_too(tmp_path: Path) -> None:
    written(tmp_path, words("Nothing that we know of", "Nor this"), "found.csv", WITHOUT_COLUMN)
    files = Files(http=Http(user_agent="t"), at=AT, folder=str(tmp_path), named_by=("NHS NWL",))
    with pytest.raises(PlatformRefused, match="2 of 2 name nothing of ours"):
        list(files.collect(AT))


@pytest.mark.parametrize("query", ["Slorrin", "slorr*", "NHS NWL AND Slorrin"])
def test_a_search_for_what_no_list_knows_is_refused(tmp_path: Path, query: str) -> None:
    path = written(tmp_path, [row(1, query=query)])
    with pytest.raises(InputError, match="a search for a person"):
        check(path, {}, register=(), ours=("NHS NWL",))
    check(path, {}, register=(), ours=("NHS NWL",), allowed=["Slorrin", "slorr*"])


PLAIN_HEAD = "Full Text,Author,Date,Url\n"
RINGS = ("said the phones fail", "is right about the wait", "has not answered", "writes again of the ward", "was on the radio", "and the letter")  # fmt: skip


def of_words(folder: Path, texts: list[str]) -> Path:
    rows = [f'"{text}",writer{number},21/11/2026 09:05,https://x.com/i/{number}' for number, text in enumerate(texts)]  # fmt: skip
    return written(folder, rows, head=PLAIN_HEAD)


OURS = ("NHS North West London", "Northwick Park Hospital")


@pytest.mark.parametrize(
    "name",
    ["Marguerite Ashdown", "MARGUERITE ASHDOWN", "marguerite ashdown", "Hope Winter", "Mark Long", "Dr Okonjo", "Slorance", "@marguerite_ashdown", "Keir Starmer"],
)  # fmt: skip
@pytest.mark.parametrize("others", [0, 5])
def test_rows_of_many_writers_about_one_person_are_asked_about_as_a_term_is(
    tmp_path: Path, name: str, others: int
) -> None:
    texts = [f"NHS North West London: {name} {told}, {number}" for number, told in enumerate(RINGS)]
    texts += [f"The lift of NHS North West London is broken, day {number}" for number in range(others)]  # fmt: skip
    path = of_words(tmp_path, texts)
    with pytest.raises(PersonSearchError, match="a lead and governance agree to a name first") as refused:  # fmt: skip
        check(path, {}, register=(), ours=OURS)
    assert name.split()[-1].casefold().lstrip("@") not in str(refused.value).casefold()
    check(path, {}, register=("marguerite_ashdown",), allowed=[name, name.title()], ours=OURS)


ORDINARY = (
    "Six hours at Northwick Park Hospital, staff lovely, no beds", "NHS North West London says flu jabs start in Harrow this week", "Keir Starmer visits Hillingdon Hospital today",
    "Queen Charlotte’s maternity ward rang back at last", "Thank you to the team at St Mary’s Hospital in Paddington", "May and June are the worst months at Charing Cross",
    "NHS North West London board papers are out", "Parking at Northwick Park Hospital is a joke", "The Grace Church Ward move is off", "Elliott Hall Medical Centre never picks up",
    "Martha’s Rule at Northwick Park Hospital", "Mount Vernon Cancer Centre is moving", "I’ve waited and they’ll ring, they didn’t", "Marie Curie nurses in Harrow",
    "Ich warte seit Stunden in der Notaufnahme, es ist voll", "Nikt nic nie mówi, czekam na wizytę",
)  # fmt: skip


def test_an_export_of_many_subjects_passes_with_a_name_in_some(tmp_path: Path) -> None:
    check(of_words(tmp_path, [*ORDINARY, *ORDINARY]), {}, register=(), ours=OURS)


@pytest.mark.parametrize("subject", [*(each for each in ORDINARY if "Keir" not in each)])
def test_so_does_one_about_one_place_or_subject(tmp_path: Path, subject: str) -> None:
    check(of_words(tmp_path, [f"{subject}, {number}" for number in range(8)]), {}, register=(), ours=OURS)  # fmt: skip


def test_it_is_told_of_a_file_of_more_rows_than_are_counted_at_a_time(tmp_path: Path) -> None:
    words = PeopleNamed((), (), ())
    for number in range(9_000):
        words.look(f"Row {number} on the lift" if number < 4_400 else f"Marguerite Ashdown, {number}")  # fmt: skip
    assert words.names_one(5)
    few = PeopleNamed((), (), ())
    for number in range(9_000):
        few.look(f"Row {number} on the lift" if number % 3 else f"Marguerite Ashdown, {number}")
    assert not few.names_one(5)


def test_four_rows_are_too_few_to_say_whom_a_file_is_about(tmp_path: Path) -> None:
    texts = [f"Marguerite Ashdown {told}" for told in RINGS[:4]]
    check(of_words(tmp_path, texts), {}, register=(), ours=OURS)
