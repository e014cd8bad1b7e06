"""Public records by presets: Parliament, coroners, regulators, councils, requests and petitions.

What a preset is stands in public_records.toml; which of them are read, in [[organisation.records]] of config.toml, in
`mentions init` or in the page. Whoever speaks there speaks for a body, or asks one in public: nobody is looked into, taken
for staff or counted as a writer (decision 44).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ValidationInfo, field_validator, model_validator

from core.validation import STRICT

PresetName = Literal[
    "whatdotheyknow", "whatdotheyknow_body", "hansard", "written_questions", "petitions", "council_papers", "board_papers",
    "cqc", "hssib", "coroners",
]  # fmt: skip
PRESET_NAMES: tuple[PresetName, ...] = get_args(PresetName)
Format = Literal["feed", "page", "hansard", "questions", "petitions", "coroners", "cqc"]
MOST_TERMS = 40  # search terms of one record: each is a request of its own in every run
_FILE = Path(__file__).with_name("public_records.toml")


class Preset(BaseModel):
    """One record that can be read; the head of public_records.toml says what each field holds."""

    model_config = STRICT
    name: str
    publisher: str
    kind: Literal["official", "public"]
    reads_as: Literal["media", "criticism"]
    format: Format
    address: str
    asks: str
    of: str
    example: str
    terms: tuple[str, ...]
    whole: bool
    language: str
    licence: str
    terms_page: str
    shape: str
    read: str
    first: str
    caveat: str

    @property
    def searches(self) -> bool:
        """Whether it is asked for each term by itself, rather than read and held to the terms."""
        return "{phrase}" in self.address or self.format in (
            "hansard", "questions", "petitions", "coroners",
        )  # fmt: skip

    def tidied(self, of: str) -> str:
        """What is filled in, as people paste it: a host out of a whole address, in small letters; a code in capitals."""
        of = of.strip()
        if self.format == "cqc":
            return of.rstrip("/").rpartition("/")[2].upper()
        if self.address.startswith("https://{of}"):
            return of.partition("://")[2].partition("/")[0].lower() if "://" in of else of.lower()
        if "whatdotheyknow.com/" in of:
            return of.partition("/body/")[2].partition("/")[0].partition("?")[0]
        return of

    def fault(self, of: str) -> str:
        """What is wrong with what is filled in; "" where nothing is."""
        if not self.asks:
            return "nothing is to be filled in here" if of else ""
        if not re.fullmatch(self.of, of):
            return f"write {self.asks}, such as {self.example}"
        return ""


@cache
def presets() -> Mapping[PresetName, Preset]:
    """Every preset, in the order of `PresetName`."""
    table = tomllib.loads(_FILE.read_text("utf-8"))
    by_name = {name: Preset.model_validate(row, strict=False) for name, row in table.items()}
    return {name: by_name[name] for name in PRESET_NAMES}


class PublicRecord(BaseModel):
    """One public record that is read. `of` is what its preset asks for; `terms` are looked for there instead of the organisation's."""

    model_config = STRICT
    preset: PresetName
    of: str = ""
    terms: tuple[str, ...] = ()

    @field_validator("of", mode="before")
    @classmethod
    def _tidied(cls, of: Any, known: ValidationInfo) -> Any:
        preset = presets().get(known.data.get("preset", ""))
        return preset.tidied(of) if preset and isinstance(of, str) else of

    @model_validator(mode="after")
    def _filled_in(self) -> Self:
        if why := presets()[self.preset].fault(self.of):
            raise ValueError(why)
        if any(len(term.strip()) < 2 for term in self.terms):
            raise ValueError("a search term has at least 2 characters")
        if len(self.terms) > MOST_TERMS:
            raise ValueError(f"{MOST_TERMS} search terms at most")
        return self


def cqc_lacks_key(collectors: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the key is not set without which the CQC is not read. `collectors` are the tables of that name."""
    return not str(collectors.get("feeds", {}).get("cqc_key", "")).strip()
