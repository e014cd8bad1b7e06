"""Settings as a stranger mistypes them: each message names file, line and key, and says what was meant, in plain words."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import factory, platforms
from core.errors import ConfigError
from settings import schema
from settings.faults import FORMS
from settings.files.catalogue import FREE, catalogue
from settings.shipped import shipped_config
from tests.fuzz.profiles import examples

# A site.toml, the line that is to blame, and what the message must say of it.
TYPOS: list[tuple[str, int, tuple[str, ...]]] = [
    # keys and tables that are spelt otherwise
    ("[alerts]\nretry_minuts = 5.0", 2, ("alerts.retry_minuts: unknown key", "did you mean retry_minutes?")),
    ("[schedul-e]\ndaily_at = '08:00'", 1, ("schedul-e: unknown key",)),
    ("[alert]\non = true", 1, ("alert: unknown key", "did you mean alerts?")),
    ("[Alerts]\non = true", 1, ("did you mean alerts?",)),
    ("[alerts.smtp]\nhost = 'x'", 1, ("alerts.smtp: unknown key",)),
    ("[mail]\nhost = 'x'", 1, ("mail: unknown key", "did you mean the table [alerts.mail]?")),
    ("[alerts]\nhost = 'x'", 2, ("alerts.host: unknown key", "host stands under [alerts.mail]")),
    ("[alerts]\ndaily_at = '08:00'", 2, ("daily_at stands under [schedule]",)),
    ("[alerts]\nTo = ['duty@example.org']", 2, ("did you mean to?",)),
    ("[[alerts.routes]]\nflags = ['pid']", 1, ("did you mean route?",)),
    ("[[alerts.route]]\nflag = ['pid']\nto = ['duty@example.org']", 2, ("alerts.route, entry 1, flag: unknown key", "did you mean flags?")),
    ("[organisation]\nname = 'Testshire ICB'", 2, ("organisation.name: unknown key", "did you mean names?")),
    ("[organization]\ntopics = []", 1, ("did you mean organisation?",)),
    ("[[organisation.places]]\nname = 'Elder Row'\nalias = ['Row']", 3, ("organisation.places, entry 1, alias", "did you mean aliases?")),
    ("[[organisation.names]]\nname = 'Testshire ICB'\nto = 2027-01-01", 3, ("organisation.names, entry 1, to: unknown key",)),
    ("[[organisation.accounts]]\nplatform = 'twitter'\nhandle = 'x'\nowner = 'organisation'", 2, ('"twitter" is not allowed', '"x"')),
    ("[[organisation.accounts]]\nplatform = 'x'\nhandle = 'x'\nowner = 'us'", 4, ('"us" is not allowed', '"organisation"', '"provider" or "body"')),
    ("[[organisation.accounts]]\nplatform = 'x'\nhandel = 'ExampleICB'\nowner = 'body'", 3, ("did you mean handle?",)),
    ("[schedule]\nweekly_day = 'mon'", 2, ("schedule.weekly_day: unknown key", "did you mean weekly_")),
    ("[retention]\ndays_kept = 30", 2, ("retention.days_kept: unknown key", "did you mean days?")),
    ("[retention.platforms]\ntwitter = 7", 2, ("retention.platforms.twitter", "there are x, ")),
    ("[retention.platforms]\nredit = 7", 2, ("did you mean reddit?",)),
    ("[collectors.bluesky]\nenabled = true", 2, ("[collectors.bluesky] enabled: unknown key",)),
    ("[collectors.bluesky]\nOn = true", 2, ("[collectors.bluesky] On: unknown key", "did you mean on?")),
    ("[collectors.bluesky]\nhandle = 'x.example.org'", 2, ("[collectors.bluesky] handle: unknown key",)),
    ("[collectors.bluesky]\nidentifer = 'x.example.org'", 2, ("did you mean identifier?",)),
    ("[collectors.feeds]\nfeeds = ['https://blog.example.org/feed']", 2, ("did you mean feed?",)),
    ("[[collectors.feeds.feed]]\nlink = 'https://blog.example.org/feed'", 2, ("[collectors.feeds] feed 1 link: unknown key",)),
    ("[[collectors.mastodon.servers]]\nurl = 'https://social.example.org'", 1, ("did you mean server?",)),
    ("[governance]\ndpia_approved = 'SIRO'", 2, ("did you mean dpia_approved_",)),
    ("[review]\nport_number = 8765", 2, ("did you mean port?",)),
    ("[review]\nurl = 'https://mentions.example.org'", 2, ("review.url: unknown key",)),
    ("[store]\nkey = ['file:data/key']", 2, ("store.key: unknown key", "did you mean keys?")),
    # values of another type or form
    ("[alerts]\non = 'yes'", 2, ('alerts.on: "yes" is not allowed', "true or false", "did you mean on = true?")),
    ("[alerts]\non = 1", 2, ("true or false", "did you mean on = true?")),
    ("[alerts]\nto = 'duty@example.org'", 2, ("a list in square brackets", 'did you mean to = ["duty@example.org"]?')),
    ("[alerts]\nto = ['duty']", 2, ('alerts.to, entry 1: "duty" is not allowed', "a whole email address", 'such as to = ["comms-duty@example.org"]')),
    ("[alerts]\nto = ['a@example.org, b@example.org']", 2, ("a whole email address",)),
    ("[alerts]\nretry_minutes = '5 minutes'", 2, ("a number without quotes above 0, up to 1,440", "did you mean retry_minutes = 5?")),
    ("[alerts.mail]\nport = '587'", 2, ('"587" is not allowed', "a whole number without quotes from 1 to 65,535", "did you mean port = 587?")),
    ("[alerts.mail]\nport = 0", 2, ("alerts.mail.port: 0 is not allowed", "from 1 to 65,535, such as port = 587")),
    ("[alerts.mail]\nport = 587.5", 2, ("a whole number",)),
    ("[alerts.mail]\nsecurity = 'ssl'", 2, ('"starttls", "tls" or "none"',)),
    ("[alerts.mail]\nsecurity = 'STARTTLS'", 2, ('did you mean "starttls"?',)),
    ("[alerts.mail]\nsender = 'Mentions'", 2, ("a whole email address",)),
    ("[alerts.mail]\nuser = 12345", 2, ("text in quotes", 'did you mean user = "12345"?')),
    ("[alerts.mail]\nby = 'exchange'", 2, ('"smtp" or "graph"',)),
    ("[schedule]\ndaily_at = '8:00'", 2, ("a time of day", 'did you mean "08:00"?')),
    ("[schedule]\ndaily_at = '8am'", 2, ('did you mean "08:00"?',)),
    ("[schedule]\ndaily_at = '24:00'", 2, ('from "00:00" to "23:59"',)),
    ("[schedule]\ndaily_at = 08:00:00", 2, ("a time of day",)),
    ("[schedule]\nweekly_on = 'monday'", 2, ('did you mean "mon"?',)),
    ("[schedule]\ncollect_every_minutes = 0", 2, ("from 1 to 1,440",)),
    ("[governance]\nreview_date = '02.11.2027'", 2, ("governance.review_date: ", "a day as year-month-day", "did you mean 2027-11-02?")),
    ("[governance]\ndpia_approved_on = '2nd November 2026'", 2, ("governance.dpia_approved_on: ", "did you mean 2026-11-02?")),
    ("[governance]\nreview_date = 'next year'", 2, ("governance.review_date: ", "a day as year-month-day")),
    ("[governance.employment]\nreview_by = '02.11.2027'", 2, ("governance.employment.review_by: ", "did you mean 2027-11-02?")),
    ("[[organisation.names]]\nname = 'Testshire ICB'\nuntil = '31/03/2027'", 3, ("a day as year-month-day", "did you mean 2027-03-31?")),
    ("[[organisation.names]]\nname = 'T'", 2, ("at least 2 characters",)),
    ("[organisation]\nnames = ['Testshire ICB']", 2, ("organisation.names, entry 1", "a table")),
    ("[organisation]\nnames = []", 2, ("an empty list is not allowed", "at least one entry")),
    ("[organisation]\nplaces = 'Brent'", 2, ("a list in square brackets",)),
    ("[review]\npublic_url = 'mentions.example.org'", 2, ("https://", 'did you mean "https://mentions.example.org"?')),
    ("[review]\npublic_url = 'http://mentions.example.org'", 2, ("plain HTTP is for 127.0.0.1 alone",)),
    ("[[rules]]\nname = 'phones'\nrule = '(phone OR'", 3, ("rules, entry 1, rule",)),
    ("alerts = true", 1, ("alerts: true is not allowed", "a table")),
    # what is no TOML
    ("[alerts.mail]\nhost = smtp.example.org", 2, ("text stands in quotes", 'host = "smtp.example.org"')),
    ("[alerts]\non = True", 2, ("small letters", "on = true")),
    ("[alerts]\non = yes", 2, ("on = true",)),
    ("[alerts]\non = false,", 2, ("on = false",)),
    ("[alerts]\non: true", 2, ("an equals sign stands between",)),
    ("[alerts]\non true", 2, ("the equals sign is missing",)),
    ("[alerts]\non == true", 2, ("one equals sign",)),
    ("[alerts]\non =", 2, ("nothing stands after the equals sign",)),
    ("[alerts]\nretry_minutes = 5,5", 2, ("a point, not a comma", "retry_minutes = 5.5")),
    ("[alerts]\nmost_an_hour = 010", 2, ("begins with no 0",)),
    ("[alerts]\nmost_an_hour = 10 alerts", 2, ("without its unit", "most_an_hour = 10")),
    ("[alerts]\nto = [duty@example.org]", 2, ("each entry of a list stands in quotes",)),
    ("[alerts]\nto = ['a@example.org' 'b@example.org']", 2, ("a comma is missing",)),
    ("[alerts]\nto = 'a@example.org', 'b@example.org'", 2, ("square brackets",)),
    ("[alerts]\nto = ['a@example.org'\nnext = []", 2, ("never closed",)),
    ("[alerts.mail]\nhost = \"smtp.example.org", 2, ("never closed",)),
    ("[alerts.mail]\nhost = \u201csmtp.example.org\u201d", 2, ("curly quotes",)),
    ("[alerts.mail]\nca_file = \"C:\\mentions\\ca.pem\"", 2, ("a backslash in double quotes",)),
    ("[alerts.mail]\nca_file = C:\\mentions\\ca.pem", 2, ("text stands in quotes",)),
    ("[alerts\non = true", 1, ("the ] is missing",)),
    ("[[alerts.route]\nto = []", 1, ("as many brackets",)),
    ("[alerts mail]\nhost = 'x'", 1, ("a heading has no spaces",)),
    ("[alerts] on = true", 1, ("a heading stands on a line of its own",)),
    ("[schedule]\ndaily at = '08:00'", 2, ("a key has no spaces",)),
    ("[schedule]\ndaily_at = 8:00", 2, ("a time of day stands in quotes",)),
    ("[[organisation.names]]\nname = 'Testshire ICB'\nuntil = 31/03/2027", 3, ("a date as year-month-day",)),
    ("[[organisation.names]]\nname = 'Testshire ICB'\nuntil = 2027-02-30", 3, ("no such day",)),
    ("[alerts]\n// who is told\non = true", 2, ("a remark begins with #",)),
    ("[alerts]\n; who is told\non = true", 2, ("a remark begins with #",)),
    ("[alerts]\non = true\non = false", 3, ("stands twice",)),
    ("[alerts]\non = true\n[schedule]\n[alerts]\nto = []", 4, ("stands twice",)),
    ("<<<<<<< HEAD\n[alerts]", 1, ("git left both versions",)),
    ("[alerts]\n\u00a0on\u00a0= true", 2, ("can't be seen",)),
    ("{\n\"alerts\": {\"on\": true}\n}", 1, ("reads like JSON",)),
    ("alerts:\n  on: true", 1, ("an equals sign stands between",)),
    ("[[organisation.contacts]]\nname = 'PALS'\nphones = 020 7946 0111", 3, ("a telephone number stands in quotes",)),
]  # fmt: skip


def refusal(folder: Path, text: str) -> str:
    (folder / "site.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as refused:
        schema.load(folder / "config.toml")
    return str(refused.value)


@pytest.mark.parametrize(("text", "line", "words"), TYPOS, ids=[text for text, *_ in TYPOS])
def test_a_typo_is_told_with_its_line_and_what_was_meant(
    tmp_path: Path, text: str, line: int, words: tuple[str, ...]
) -> None:
    message = refusal(tmp_path, text)
    first = message.splitlines()[0]
    assert first.startswith(f"site.toml line {line}: "), message
    for word in words:
        assert word in first, message


@pytest.mark.parametrize("text", [text for text, *_ in TYPOS])
def test_no_message_has_a_pattern_or_a_type_of_the_program(tmp_path: Path, text: str) -> None:
    message = refusal(tmp_path, text)
    for machine in ("^", "\\d", "\\w", "[^", "pydantic", "Input should", "string_", "NoneType", "tuple", "dict", "Traceback", "boolean", "integer"):  # fmt: skip
        assert machine not in message.replace("\\mentions", ""), message
    assert all(line.startswith("site.toml line ") for line in message.splitlines()), message


def test_there_are_enough_of_them() -> None:
    assert len(TYPOS) >= 60
    assert len({text for text, *_ in TYPOS}) == len(TYPOS)


def test_several_faults_are_all_told(tmp_path: Path) -> None:
    message = refusal(
        tmp_path,
        "[alerts]\non = 'yes'\nretry_minuts = 5.0\n[alerts.mail]\nport = 0\n[collectors.bluesky]\nOn = true\n",
    )
    lines = sorted(int(re.findall(r"line (\d+)", line)[0]) for line in message.splitlines())
    assert lines == [2, 3, 5, 7]


def test_several_lines_that_are_no_toml_are_all_told(tmp_path: Path) -> None:
    message = refusal(
        tmp_path,
        "[alerts]\non = True\nto = [duty@example.org]\n[alerts.mail]\nhost = smtp.example.org\n",
    )
    assert [line.split(":")[0] for line in message.splitlines()] == [
        "site.toml line 2", "site.toml line 3", "site.toml line 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "[alerts.mail]\npassword = 'hunter2'",
        "[alerts.mail]\npassword = hunter2",
        "[store]\nkeys = ['hunter2']",
        "[store]\nkeys = 'hunter2'",
        "[alerts.mail]\npassword = ['hunter2']",
        "[alerts.mail]\npasword = 'hunter2'",
        "[[alerts.second.channels]]\nname = 'T'\nkind = 'teams'\naddress = 'https://hunter2.example.org'",
        "[review.oidc]\nclient_secret = 'hunter2'",
        "[collectors.bluesky]\napp_pasword = 'hunter2'",
    ],
)
def test_a_secret_is_never_repeated(tmp_path: Path, text: str) -> None:
    assert "hunter2" not in refusal(tmp_path, text)


SITE = """# ours
[[organisation.names]]
name = "Testshire ICB"
until = 2027-03-31
[alerts]
on = true
to = ["duty@example.org"]
retry_minutes = 5.0
[[alerts.route]]
flags = ["pid"]
to = ["lead@example.org"]
[alerts.mail]
host = "smtp.example.org"
port = 587
[schedule]
daily_at = "08:00"
[collectors.feeds]
on = false
[[collectors.feeds.feed]]
url = "https://blog.example.org/feed"
[review]
roles = [{ key = "pals", name = "PALS", when = "A complaint" }]
"""


@examples(37)
@given(
    st.integers(0, len(SITE)),
    st.integers(0, 6),
    st.text("\"'[]{}=,.#\\\n\t 0aZ\u201c\u00a0:-_", max_size=4),
)
def test_whatever_is_mistyped_is_read_or_told_in_lines(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, typed: str
) -> None:
    folder = tmp_path_factory.mktemp("mistyped")
    (folder / "site.toml").write_text(SITE[:start] + typed + SITE[start + length :], "utf-8")
    try:
        schema.load(folder / "config.toml")
    except ConfigError as error:
        for line in str(error).splitlines():
            assert re.match(r"site\.toml line \d+: ", line), line
            assert not re.search(r"\(\?|\\[dws]|\^\[|Input should|type=", line), line


def test_a_configuration_can_be_handed_to_another_process(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE, "utf-8")
    config = schema.load(tmp_path / "config.toml")
    again = pickle.loads(pickle.dumps(config))
    assert again == config
    assert again.layers.where(("alerts", "mail", "port")) == "site.toml line 14: "


# ── files as editors save them ───────────────────────────────────────────────────────────────────

TEXT = '# caf\u00e9\n[schedule]\ndaily_at = "07:10"\n'


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r\n").encode("utf-16"),
        TEXT.replace("\n", "\r").encode(),
        TEXT.encode() + b"\x1a",
    ],
    ids=["UTF-8", "with a mark", "UTF-16", "UTF-16, big end first", "UTF-32", "CRLF", "UTF-16 and CRLF", "CR", "Ctrl-Z"],
)  # fmt: skip
def test_a_file_is_read_however_an_editor_saved_it(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "site.toml").write_bytes(raw)
    assert schema.load(tmp_path / "config.toml").schedule.daily_at == "07:10"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (TEXT.encode("cp1252"), "site.toml line 1: a character there is not saved as UTF-8"),
        (TEXT.encode("utf-16-le"), "site.toml is not plain text: save it again with the encoding UTF-8"),
        (b"PK\x03\x04\x00\x00", "site.toml is not plain text"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_named_with_the_mend(tmp_path: Path, raw: bytes, says: str) -> None:
    (tmp_path / "site.toml").write_bytes(raw)
    with pytest.raises(ConfigError, match=re.escape(says)):
        schema.load(tmp_path / "config.toml")


# ── what the words are made of ───────────────────────────────────────────────────────────────────


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for part in node.values():
            yield from patterns(part)
    elif isinstance(node, list):
        for part in node:
            yield from patterns(part)


def test_every_form_of_text_has_words() -> None:
    nodes = [schema.json_schema()] + [
        factory._json_schema(factory.collector_class(each.name)) for each in platforms.INTEGRATIONS
    ]
    assert {pattern for node in nodes for pattern in patterns(node)} - set(FORMS) == set()


def test_every_key_of_a_source_stands_in_the_file_that_ships() -> None:
    for each in platforms.INTEGRATIONS:
        table = f"collectors.{each.name}"
        fields = set(factory._model(factory.collector_class(each.name)).model_fields)
        known = set(catalogue().keys_of(table))
        assert fields - known - {"terms"} == set(), each.name
        assert known - fields == {"on"}, each.name


def test_examples_of_the_file_that_ships_are_settings_too() -> None:
    """What stands there as a remark is as valid as what doesn't."""
    lists = catalogue().lists
    assert {"rules", "alerts.route", "collectors.feeds.feed", "organisation.campaigns"} <= lists
    assert catalogue().example("alerts.to") == 'to = ["comms-duty@example.org"]'
    assert FREE == ("collectors.files.columns",)
    assert shipped_config().is_file()
