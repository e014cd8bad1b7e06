"""The list of boards and trusts, and what the settings say of one."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest

from classify.people import search_terms
from settings.files.bodies import FILE, Bodies, load, organisation
from settings.organisation import Name, Organisation, Place, today

ON = date(2026, 11, 29)


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    return load()


def test_the_42_boards_of_2022_are_36_since_april_2026(bodies: Bodies) -> None:
    boards = [body for body in bodies.by_code.values() if body.kind == "board"]
    assert sum(body.since == date(2022, 7, 1) for body in boards) == 42
    assert sum(not body.ended(ON) for body in boards) == 36
    assert sum(not body.ended(date(2026, 3, 31)) for body in boards if body.since == date(2022, 7, 1)) == 42  # fmt: skip


def test_every_area_has_a_board_and_every_board_trusts_and_places(bodies: Bodies) -> None:
    trusts = [body for body in bodies.by_code.values() if body.kind == "trust" and not body.until]
    assert len(trusts) >= 195
    for trust in trusts:
        assert trust.town
        assert all(not bodies.by_code[board].until for board in trust.boards), trust.code
    for board in bodies.by_code.values():
        if board.kind == "board" and not board.until:
            assert len(bodies.trusts_of(board.code)) >= 2, board.code
            assert board.places


def test_what_ended_says_what_it_became_and_no_place_is_lost(bodies: Bodies) -> None:
    ended = [body for body in bodies.by_code.values() if body.kind == "board" and body.until]
    assert len(ended) == 12
    for body in ended:
        after = {place for other in bodies.successors(body) for place in other.places}
        lost = (
            set(body.places) - after - {"Farnham", "Waveney"}
        )  # parts of Waverley and East Suffolk
        assert after
        assert not lost, (body.code, lost)


def test_nothing_has_two_codes(bodies: Bodies) -> None:
    names = [body.name for body in bodies.by_code.values()]
    assert len(names) == len(set(names))
    for body in bodies.by_code.values():
        assert all(code in bodies.by_code for code in (*body.became, *body.boards, *body.cluster))
        assert all(body.code in bodies.by_code[other].cluster for other in body.cluster)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("qwo", "QWO"), ("NHS West Yorkshire ICB", "QWO"), ("west & north london", "Z9B2Z"), ("Warrington Halton", "RWW"),
        ("north west london icb", "QRV"), ("alder hey", "RBS"), ("Keighley", "RCF"), ("king’s college", "RJZ"),
    ],
)  # fmt: skip
def test_a_body_is_found_by_code_name_town_or_former_name(bodies: Bodies, words: str, code: str) -> None:  # fmt: skip
    assert code in [body.code for body in bodies.search(words)][:2]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("brighton icb", "S9B9J"), ("Brighton and Hove CCG", "S9B9J"), ("NHS Brighton and Hove CCG", "S9B9J"), ("Birmingham CCG", "QHL"), ("BSOL", "QHL"),
        ("bsol icb", "QHL"), ("NHS Kernow CCG", "QT6"), ("BLMK", "QHG"), ("Leeds integrated care board", "QWO"), ("Castle Point and Rochford CCG", "D7T5G"),
        ("Ealing Clinical Commissioning Group", "Z9B2Z"),
    ],
)  # fmt: skip
def test_what_people_call_a_board_or_its_ccgs_leads_to_a_board(bodies: Bodies, words: str, code: str) -> None:  # fmt: skip
    first = bodies.search(words)[0]
    assert {body.kind for body in bodies.search(words)} == {"board"}
    assert code in {first.code, *(body.code for body in bodies.successors(first))}


def test_a_body_that_ended_never_stands_first_unless_it_is_called_just_so(bodies: Bodies) -> None:
    for words in ("brighton", "sussex", "surrey", "camden", "essex", "leeds", "oxford"):
        found = bodies.search(words)
        ended = [body.until is not None and not body.is_called(words) for body in found]
        assert ended == sorted(ended), words


def test_every_body_of_which_other_names_are_known_is_in_the_list(bodies: Bodies) -> None:
    table = tomllib.loads(FILE.read_text("utf-8"))
    assert set(table["also"]) <= set(table["icb"])


def test_words_that_name_no_body_find_none(bodies: Bodies) -> None:
    assert bodies.search("the NHS trust") == []
    assert bodies.search("Testshire") == []


def test_a_board_is_known_by_its_names_and_those_of_whom_it_came_from(bodies: Bodies) -> None:
    rows = organisation(bodies.by_code["Z9B2Z"], bodies)
    settings = Organisation(
        names=tuple(Name.model_validate(row) for row in rows["names"]),
        places=tuple(Place.model_validate(row | {"aliases": tuple(row.get("aliases", ()))}) for row in rows["places"]),
        providers=tuple(Place.model_validate(row | {"aliases": tuple(row.get("aliases", ()))}) for row in rows["providers"]),
    )  # fmt: skip
    assert settings.name == "NHS West and North London"
    now, later = today(settings, ON), today(settings, date(2027, 4, 1))
    assert {"West and North London ICB", "North Central London ICB"} <= set(now.terms)
    assert "North Central London ICB" not in later.terms
    assert "North Central London ICB" in later.names, "what was said of it before is still known"
    assert {"Brent", "Camden"} <= set(now.places)
    assert "Whittington Health" in now.providers


@pytest.mark.parametrize(("code", "short"), [
    ("RMC", ("Bolton NHS Trust",)), ("RXL", ("Blackpool Teaching Hospitals",)), ("RDR", ("Sussex Community NHS Trust",)), ("RX2", ("Sussex Partnership NHS Trust",)),
    ("RYY", ("Kent Community Health NHS Trust",)), ("REP", ("Liverpool Women's NHS Trust", "Liverpool Women's Hospital")), ("RXC", ()), ("RPG", ("Oxleas",)),
])  # fmt: skip
def test_a_place_is_no_short_name_of_a_trust(bodies: Bodies, code: str, short: tuple[str, ...]) -> None:  # fmt: skip
    trust = bodies.by_code[code]
    rows = organisation(bodies.by_code[trust.boards[0]], bodies)["providers"]
    assert [tuple(row["aliases"]) for row in rows if row["name"] == trust.name] == [short]


# Short names without NHS, trust, hospital or the like that somebody looked at: each has a word that nobody writes of anything else.
LOOKED_AT = frozenset(
    (
        "Alder Hey Children's", "Barts Health", "Christie", "Clatterbridge Cancer Centre", "Guy's and St Thomas'", "Homerton Healthcare",
        "Imperial College Healthcare", "Mersey Care", "North Staffordshire Combined Healthcare", "Northern Care Alliance", "Oxleas", "Pennine Care",
        "Royal Marsden", "South London and Maudsley", "South West London and St George's Mental Health", "Tavistock and Portman", "Whittington Health",
        "Dorset Healthcare University", "Essex Partnership University", "Hertfordshire Partnership University", "London North West University Healthcare",
        "Midlands Partnership University", "Royal Devon University Healthcare",
    )
)  # fmt: skip


def test_no_short_name_of_any_body_is_an_ordinary_phrase(bodies: Bodies) -> None:
    kind = re.compile(r"\b(?:NHS|Trust|Hospitals?|Infirmary|Ambulance|ICB|Board)\b")
    short = {
        name
        for body in bodies.by_code.values()
        for rows in (organisation(body, bodies),)
        for row in (*rows["names"], *rows["providers"])
        for name in (row["name"], *row.get("aliases", ()))
        if not kind.search(name)
    }
    ended = {body.short for body in bodies.by_code.values() if body.until is not None}
    assert short - ended == LOOKED_AT


def test_a_trust_that_was_renamed_is_still_known_by_its_former_name(bodies: Bodies) -> None:
    names = organisation(bodies.by_code["RWW"], bodies)["names"]
    assert {"name": "Warrington and Halton Teaching Hospitals NHS Foundation Trust", "until": date(2027, 3, 31)} in names  # fmt: skip


def test_nothing_that_is_filled_in_reads_as_a_persons_name(bodies: Bodies) -> None:
    written = {
        name
        for body in bodies.by_code.values()
        for rows in organisation(body, bodies).values()
        for row in rows
        for name in (row["name"], *row.get("aliases", ()))
    }
    assert [name for name in sorted(written) if search_terms.in_term(name, frozenset())] == []
