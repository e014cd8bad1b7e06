"""Every text that people read says things in the words that the page agreed on, and never in those that it left behind."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from collectors.platforms import PLATFORM_NAMES
from core.models import Kind
from review.wording import post_name

ROOT = Path(__file__).parents[2]

# What is never said, with what is said in its place. Names in code stay as they are.
NEVER: Mapping[str, str] = {
    r"gravest": "most urgent",
    r"\banew\b": "refresh, again",
    r"\bkept\b|\bkeep (?:this|the|your) (?:decision|note|answer|reply)|^\s*keep\b": "saved, save",
    r"\bsomebody\b|assigned to nobody": "someone; nobody has it",
    r"pass(?:ed)? (?:this one|it) over": "skip",
    r"what holds of it": "is it still true?",
    r"is it whole": "have we got all of it?",
    r"that day included": "until and including Friday",
    r"emergency service": "this page does not call anyone; call 999",
    r"\b(?:reach|contact|contacted) (?:them|us|him|her|you|the|a person|someone|safeguarding)\b": "call, ring",
    r"\bPID\b|personal data of a patient": "patient’s details; a leak",
    r"\bgrievances?\b|\bdisclosures?\b": "speaking up, a concern",
    r"\bscor(?:e|es|ed)\b|of 100\b": "very sure, sure, not sure",
    r"\bderogatory\b|\bmisinformation\b|\bimpersonation\b": "insult, false claim, page in our name",
    r"\bescalat": "pass on",
    r"\brespond|\bI have replied\b": "answer; I’ve answered",
    r"\bmoderat(?:e|es|ed|ing|ion|ions)\b|\btake(?:s|n)? (?:it )?out\b": "hide, remove",
    r"\bmonitor": "watch",
    r"\bsnooz": "bring back later",
    r"\bsecond opinion": "ask a colleague",
    r"\bduplicat": "same as another case",
    r"\bnot relevant\b|\b(?:out of|in) scope\b": "not about us",
    r"\bclaims? (?:it|this case|and)\b|\bclaimed (?:it|by|no)\b|\b(?:your|their) claim\b|\bleas(?:e|ed)\b|\bassign": "take it, give back, take over",
    r"\bredact|\bblank(?:s|ed)?\b|\breveal(?:s|ed|ing)?\b": "masked; show; cover again; opened",
    r"\bpartial\b|\bunread\b|\bnot read by the\b": "could not be read in full",
    r"\brevisions?\b": "edited since",
    r"\bsamples?\b|\bsampled\b": "quality check",
    r"\bmodels?\b|\bclassifiers?\b|\bAI\b": "the program",
    r"\bauthors?\b|\busers?\b": "writer; people",
    r"\bengagement\b|\bmetrics?\b": "seen by, reach",
    r"failed its last run|\bincomplete\b": "failing since Thursday",
    r"\bspik(?:e|es|ed|ing)\b": "above usual",
    r"\bingest|\bcollected at\b": "it was found at",
    r"\baudit log\b|\bthe audit\b|\bchains?\b": "record of decisions",
    r"\brouted\b|\bprotected\b": "went to the Guardian",
    r"\bstatutory\b|\bArt\. ?33\b|\bArticle 33\b": "72 hours, by law",
    r"\bfour eyes\b|\bdual control\b": "the two of you must agree",
    r"\breversible\b|\bare you sure\b": "you can undo this; this can’t be undone",
    r"\bcollectors?\b|\bfeeds?\b": "sources",
    r"(?-i:\bSet up\b)|\bset-up\b|\bsetup\b|\bconfigur": "settings",
    r"\bclusters?\b|\bnear-dup": "story",
    r"\boffenders?\b|\bculprits?\b|\btrolls?\b|\btargets?\b|\bflagged staff\b": "say what was said",
    r"\bclean\b|\bsafe\b": "nothing spotted; nothing in it",
}  # fmt: skip
WRONG = re.compile("|".join(f"(?:{pattern})" for pattern in NEVER), re.IGNORECASE | re.MULTILINE)

# Where such a word stands all the same: the file, what stands there, and why.
_EVENT = "the name of a kind of event in the record, which code and exports know it by"
_MACHINE = "a setting, a command or a line for whoever installed it"
ALLOWED: tuple[tuple[str, str, str], ...] = (
    *((path, "Take it out", "of words that people typed, which is to be done to them; never of a post") for path in ("review/free_text.py", "steps/search_checks.py")),
    *(("review/audit.py", event, _EVENT) for event in (
        "user added", "user changed", "case assigned", "sample drawn", "sample answered", "sample passed over",
        "moderation began", "moderation ended", "model accepted",
    )),
    ("review/auth/users.py", "user changed", _EVENT),
    ("review/audit.py", "Chain", "governance looks at the chain of the record, and compares its end"),
    ("review/templates/audit/chain.html", "chain", "governance looks at the chain of the record, and compares its end"),
    ("review/templates/insights/governance.html", "one chain", "governance looks at the chain of the record"),
    ("reports/quality.py", "in scope", "the key by which a figure is known"),
    ("reports/exports.py", "Target=", "XML of a spreadsheet"),
    ("review/templates/insights/quality.html", "in scope", "the key by which a figure is known"),
    ("review/desk/home.py", "Protected by law", "of people, who are; never of a post"),
    ("review/templates/desk/welcome.html", "protected by law", "of people, who are; never of a post"),
    ("review/templates/static_pages/accessibility.html", "contact the Equality Advisory", "the words that the law’s model statement has"),
    ("review/auth/oidc_views.py", "user ", "what the log calls a person, by number"),
    ("reports/papers/pack.py", "monitoring workers", "the title of the regulator’s guidance"),
    ("reports/templates/looks.txt", "/audit/reveals", "an address of the page"),
    ("reports/templates/papers/dpia.html", "monitoring workers", "the title of the regulator’s guidance"),
    ("reports/templates/papers/dpia.html", "model card", "what such a paper is called"),
    ("reports/templates/papers/atrs.html", "model card", "what such a paper is called"),
    ("reports/templates/papers/atrs.html", "large language model", "what else there is, as the standard asks"),
    ("reports/templates/papers/paper.html", "model", "which version of what it learnt, for whoever compares papers"),
    ("reports/templates/papers/policy_document.html", "statutory and government purposes", "the name of a condition in the Act"),
    ("store/encryption.py", "URL-safe base64", "the name of an encoding, for whoever installed it"),
    *((path, phrase, _MACHINE) for path, phrase in (
        ("steps/ask_world.py", "this user"), ("steps/ask_world.py", "user "), ("steps/channels/smtp.py", "user and password"), ("steps/channels/smtp.py", "user, password"),
        ("steps/context.py", "give this user"), ("steps/backups.py", "unbroken chain"), ("steps/moderate.py", "`mentions moderate "), ("steps/moderate.py", "under [collectors."),
        ("steps/note_form.py", "[collectors.files]"), ("steps/part_places.py", "see [collectors."), ("steps/pins.py", "[collectors.pinterest]"),
        ("steps/sample.py", "sample: "), ("core/context.py", "replies_to.author.official"),
    )),
    *((path, phrase, "the model as a file of the installation, which whoever looks after it has to find") for path, phrase in (
        ("steps/assess.py", "its model or its installation"), ("steps/health.py", "its model is damaged"), ("steps/catalogue/answering.py", "model of a worker"),
        ("steps/catalogue/manifest.py", "the model"), ("steps/catalogue/processes.py", "its model"),
    )),
    ("steps/catalogue/importing.py", "in scope", "of a file of answers, for whoever runs the command"),
    ("steps/sample.py", "in scope", "the key by which a figure is known"),
    ("steps/lane_packs.py", "whose claim it is", "of a claim in court, and of no case that is taken"),
    *(("steps/models.py", phrase, "of an email, which is taken out of a folder; never of a post") for phrase in ("Take it out of", "Taken out of")),
    ("steps/reasons.py", "somebody", "words that people type, which are looked for"),
    *(("classify/policy/policy.toml", phrase, "by law, of people and works; never of a post") for phrase in ("protected characteristic", "protected by copyright")),
    ("config.toml", "protected by law", "of people who speak up, who are; never of a post"),
    ("store/sqlite.py", "rights of this user", "an account of the server, for whoever installed it"),
)  # fmt: skip


class Text(NamedTuple):
    """Words that a person may read, and where."""

    path: str
    line: int
    words: str


_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_FIELD = re.compile(r"\{\w*\}")  # which is filled in
_QUOTED = re.compile(r'"([^"\n]*)"|\'([^\'\n]*)\'')
_SHOWN = re.compile(r'\b(?:title|alt|aria-label|placeholder|content|label)="([^"]*)"')
_SCRIPT_COMMENT = re.compile(r"(?:^|(?<=\s))//[^\n]*|/\*.*?\*/", re.DOTALL | re.MULTILINE)
_SCRIPT_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
_SCRIPT_FIELD = re.compile(r"\$\{[^{}]*\}")
_PATTERN = re.compile(
    r"\\[bswdB]|\(\?|\[\^|\w\|\w"
)  # a regular expression, which posts and forms are read by
_TAG = re.compile(r"<(?:!--.*?--|[^<>]*)>", re.DOTALL)
_STYLE = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
# Words rather than a name in code: a space between letters, or a capital before small letters, or a key of words.
_WORDS = re.compile(r"[^\W\d_].* |^[A-Z][a-z’]+[.?!]?$|^\W*[A-Z][a-z]+\W*$", re.DOTALL)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def of_template(path: str, source: str) -> Iterator[Text]:
    """What a template shows: its words, the attributes that are read, and the words in its expressions."""
    source = _COMMENT.sub(_blank, source)
    for code in _CODE.finditer(source):
        for quoted in _QUOTED.finditer(code[0]):
            words = quoted[1] or quoted[2] or ""
            if _WORDS.search(words):
                yield Text(path, source.count("\n", 0, code.start() + quoted.start()) + 1, words)
    source = _CODE.sub(lambda match: " …" + _blank(match)[2:], source)
    source = _STYLE.sub(_blank, source)
    for shown in _SHOWN.finditer(source):
        yield Text(path, source.count("\n", 0, shown.start()) + 1, shown[1])
    for number, line in enumerate(_TAG.sub(_blank, source).split("\n"), 1):
        if words := " ".join(line.split()):
            yield Text(path, number, words)


def of_code(path: str, source: str, *, raised: bool = False) -> Iterator[Text]:
    """The words in a module’s strings, but for docstrings and what is written to the log; those of errors alone where `raised`."""
    tree = ast.parse(source)
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in ("log", "logging", "re"):
                silent.update(id(each) for each in ast.walk(node))
    nodes = (part for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)) if raised else ast.walk(tree)  # fmt: skip
    for node in nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            words = _FIELD.sub("…", node.value)
            if _WORDS.search(words):
                yield Text(path, node.lineno, words)


def of_script(path: str, source: str) -> Iterator[Text]:
    """What a script writes into the page: its strings of words, with what is filled in as a gap."""
    source = _SCRIPT_COMMENT.sub(_blank, source)
    for found in _SCRIPT_STRING.finditer(source):
        words = _SCRIPT_FIELD.sub("…", found[1] or found[2] or "")
        if _WORDS.search(words):
            yield Text(path, source.count("\n", 0, found.start()) + 1, words)


def of_policy(path: str, source: str) -> Iterator[Text]:
    """What a flag is called and means, and the fixed words of its reason, its emails and what is written to a platform."""
    for flag in tomllib.loads(source)["flags"].values():
        for key in ("label", "means", "reason", "mail_words", "report_text"):
            yield Text(path, 0, str(flag.get(key, "")))


def of_settings(path: str, source: str) -> Iterator[Text]:
    """What an officer is offered to answer with, and what it is called: the templates, lines and policies that ship."""
    for table in tomllib.loads(source).get("review", {}).values():
        for row in table if isinstance(table, list) else ():
            for key in ("name", "text", "topic", "line", "when"):
                yield Text(path, 0, str(row.get(key, "")))


def texts() -> Iterator[Text]:
    yield from of_settings("config.toml", (ROOT / "config.toml").read_text("utf-8"))
    for folder in ("review", "reports"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in (".html", ".txt") and "templates" in path.parts:
                yield from of_template(name, path.read_text("utf-8"))
            elif path.suffix == ".py":
                yield from of_code(name, path.read_text("utf-8"))
    for folder in ("steps", "core"):  # rows, lines of state, emails and what is sent to a platform
        for path in sorted((ROOT / folder).rglob("*.py")):
            for text in of_code(str(path.relative_to(ROOT)), path.read_text("utf-8")):
                if not _PATTERN.search(text.words):
                    yield text
    for path in sorted((ROOT / "review/static").glob("*.js")):
        if ".min." not in path.name:
            yield from of_script(str(path.relative_to(ROOT)), path.read_text("utf-8"))
    for name in ("settings/sections.py", "settings/warnings.py"):  # the words of the settings
        yield from of_code(name, (ROOT / name).read_text("utf-8"))
    for path in sorted(
        (ROOT / "store").rglob("*.py")
    ):  # the page says why a thing could not be saved
        yield from of_code(str(path.relative_to(ROOT)), path.read_text("utf-8"), raised=True)
    yield from of_policy(
        "classify/policy/policy.toml", (ROOT / "classify/policy/policy.toml").read_text("utf-8")
    )


def wrong(text: Text) -> list[str]:
    return [
        found[0]
        for found in WRONG.finditer(text.words)
        if not any(text.path == path and phrase in text.words and found[0] in phrase for path, phrase, _ in ALLOWED)
    ]  # fmt: skip


def test_every_text_is_in_the_words_that_the_page_agreed_on() -> None:
    faults = [
        f"{text.path}:{text.line}: {', '.join(wrong(text))}: {text.words[:160]!r}"
        for text in texts()
        if wrong(text)
    ]
    assert not faults, f"{len(faults)} texts:\n" + "\n".join(faults)


def test_every_place_that_may_still_say_it_does() -> None:
    found = list(texts())
    assert [
        (path, phrase)
        for path, phrase, _ in ALLOWED
        if not any(text.path == path and phrase in text.words for text in found)
    ] == []


@pytest.mark.parametrize("word", ["Somebody has it", "This page is no emergency service", "Set up", "score 0.97"])  # fmt: skip
@pytest.mark.parametrize("template", ["<p>{}</p>", '{{{{ "{}" if it else "" }}}}', '<a title="{}">x</a>', '{{% set it = "{}" %}}'])  # fmt: skip
def test_an_old_word_is_found_wherever_a_template_shows_it(word: str, template: str) -> None:
    assert any(wrong(text) for text in of_template("x.html", template.format(word)))


def test_an_old_word_is_found_in_a_string_and_not_in_a_comment_a_docstring_or_the_log() -> None:
    quiet = '"""Somebody did it."""\n# somebody\nlog.info("somebody did it")\nsomebody = 1\n'
    assert [text for text in of_code("x.py", quiet) if wrong(text)] == []
    assert [text.line for text in of_code("x.py", f'{quiet}say(f"{{n}} somebody did")\n') if wrong(text)] == [5]  # fmt: skip


def test_an_old_word_is_found_in_a_string_of_a_script_and_not_in_its_comments() -> None:
    quiet = '// somebody did it\nconst somebody = 1; // somebody\nfind("[data-somebody]");\n'
    assert [text for text in of_script("x.js", quiet) if wrong(text)] == []
    shown = f'{quiet}hint("Somebody has it.");\nhint(`${{one}} somebody had it`);\n'
    assert [text.line for text in of_script("x.js", shown) if wrong(text)] == [4, 5]


@pytest.mark.parametrize("key", ["label", "means", "reason", "mail_words", "report_text"])
def test_an_old_word_is_found_in_whatever_a_flag_says(key: str) -> None:
    assert any(wrong(text) for text in of_policy("x.toml", f'[flags.one]\n{key} = "Somebody may be"\n'))  # fmt: skip


@pytest.mark.parametrize("key", ["name", "text", "topic", "line", "when"])
def test_an_old_word_is_found_in_whatever_an_officer_is_offered_to_answer_with(key: str) -> None:
    assert any(wrong(text) for text in of_settings("x.toml", f'[[review.templates]]\n{key} = "Somebody may be"\n'))  # fmt: skip


# What stands in config.toml or is typed at a terminal, and says nothing to whoever reads a page.
_NAME_IN_SETTINGS = re.compile(
    r"\[[a-z]+(?:[._][a-z]+)+\]|\bby_hand\b|\bchain_end_to\b|`mentions |\bmentions verify\b"
)
_FOR_WHO_INSTALLED = (
    "review/templates/setup",
    "review/templates/insights/papers",
    "reports/templates",
)


# and the page on which governance compares the end of the record, which says where a copy comes from
def test_no_page_of_the_desk_or_of_governance_names_a_key_of_the_settings_or_a_command() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "review/templates").rglob("*.html"))
        if not str(path.relative_to(ROOT)).startswith(_FOR_WHO_INSTALLED)
        and path.name != "chain.html"
        for text in of_template(str(path), path.read_text("utf-8"))
        for match in _NAME_IN_SETTINGS.finditer(text.words)
    ]
    assert named == []


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_a_post_is_called_no_kind_twice(platform: str, kind: str) -> None:
    words = [word.removesuffix("s") for word in post_name(platform, kind).lower().split()]
    assert words[-1] == kind.split()[-1] or kind in words
    assert len(words) == len(set(words))
