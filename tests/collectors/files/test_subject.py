"""An export of another tool's search for a person is refused before a row of it is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.files.collector import Files
from collectors.files.subject import check
from collectors.http.client import Http
from core.errors import InputError, PlatformRefused
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
