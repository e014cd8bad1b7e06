"""What the answers of a catalogue depend on, written beside them, so that a resume under anything else is refused.

OUTPUT/manifest.json says it once; OUTPUT/parts/NAME.json is a part's receipt, written after its answers, OUTPUT/parts/NAME.jsonl, and the words as they may be
shown, OUTPUT/masked/NAME.jsonl.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4

from classify.inputs import Known
from classify.model.files import SHIPPED, verify
from classify.policy.schema import Policy
from core import clock
from core.errors import InputError
from steps.catalogue.parts import Part
from steps.catalogue.places import Place

MANIFEST = "manifest.json"
PARTS, MASKED = "parts", "masked"
FORM = 1  # of what is written here
MOST_NAMED = 100  # lines that a receipt names; the others are counted


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that an answer depends on but the post itself; it is handed to every worker. `model`: None for the one that ships."""

    known: Known
    policy: Policy
    model: Path | None
    all_scopes: bool

    @property
    def folder(self) -> Path:
        """Where the model lies on the machine that asks."""
        return self.model or SHIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the answers of a folder were given by: checksums (SHA-256) and versions, and no name of anything.

    `begun` is the moment by which names of the organisation hold, on a later day too.
    """

    input: str
    part_bytes: int
    all_scopes: bool
    model_sha256: str
    policy: str
    policy_sha256: str
    settings_sha256: str
    begun: str
    form: int = FORM

    @property
    def at(self) -> datetime:
        """When it was begun."""
        return clock.parse(self.begun)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of a part: how many posts were answered, which were not, and the checksum and size of the answers.

    `cpu_seconds` of the processor were spent on it; `left_out_count` may be more than are named.
    """

    part: Part
    model_sha256: str
    answered: int
    left_out: tuple[str, ...]
    left_out_count: int
    sha256: str
    size: int
    masked_sha256: str
    masked_size: int
    cpu_seconds: float

    def as_json(self) -> dict[str, Any]:
        """As it is written."""
        return asdict(self)

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Receipt:
        """What `as_json` wrote. Raises TypeError, KeyError for what is none."""
        return cls(**{
            **written, "part": Part.from_json(written["part"]), "left_out": tuple(written["left_out"]),
        })  # fmt: skip


def model_sha256(folder: Path) -> str:
    """The checksum of a model: of the list of its files' checksums, each of which is checked. Raises ModelError."""
    verify(folder)
    return hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()


def checksum(value: Policy | Known) -> str:
    """The checksum of a policy, or of what is known of the organisation, whatever the order in its sets."""
    plain = value.model_dump() if isinstance(value, Policy) else asdict(value)
    written = json.dumps(plain, sort_keys=True, default=_plain)
    return hashlib.sha256(written.encode()).hexdigest()


def _plain(value: object) -> Any:
    return sorted(map(str, value)) if isinstance(value, AbstractSet) else str(value)


def read(place: Place) -> Manifest | None:
    """The manifest of a folder of answers; None where there is none. Raises InputError for one that is damaged."""
    written = read_json(place, MANIFEST)
    if written is None:
        return None
    try:
        manifest = Manifest(**written)
    except TypeError as error:
        raise _damaged(place) from error
    if manifest.form != FORM:
        raise InputError(f"{place.address} was written by another version of this program")
    return manifest


def difference(before: Manifest, now: Manifest) -> str:
    """What of a catalogue is another than when it was begun, in words; "" where all is the same."""
    words = {
        "input": "the posts", "part_bytes": "--part-mb", "all_scopes": "--all-scopes",
        "model_sha256": "the model", "policy": "the policy", "policy_sha256": "the policy",
        "settings_sha256": "what config.toml says of the organisation",
    }  # fmt: skip
    return ", ".join(
        dict.fromkeys(
            words[each.name]
            for each in fields(before)
            if each.name in words and getattr(before, each.name) != getattr(now, each.name)
        )
    )


def answers_name(part: str) -> str:
    """Where the answers of a part lie."""
    return f"{PARTS}/{part}.jsonl"


def masked_name(part: str) -> str:
    """Where its words lie as they may be shown, a line an answer: what a store needs and no answer says."""
    return f"{MASKED}/{part}.jsonl"


def receipt_name(part: str) -> str:
    """Where its receipt lies."""
    return f"{PARTS}/{part}.json"


def receipts(place: Place) -> Iterator[Receipt]:
    """Those of the parts that are whole: their answers are there, and as long as the receipt says. In the order of names."""
    sizes = {file.name: file.size for file in place.files()}
    for name in sorted(sizes):
        if name.startswith(f"{PARTS}/") and name.endswith(".json"):
            try:
                receipt = Receipt.from_json(read_json(place, name) or {})
            except (TypeError, KeyError, InputError):  # it is answered again
                continue
            part = receipt.part.name
            if (sizes.get(answers_name(part)), sizes.get(masked_name(part))) == (
                receipt.size, receipt.masked_size,
            ):  # fmt: skip
                yield receipt


def why_not_whole(place: Place, part: str) -> str:
    """Why a part is none of those that `receipts` gives, in words."""
    if place.listed(receipt_name(part)) is None:
        return "it was never answered to its end"
    return "its answers, their words as they may be shown or its receipt are damaged or gone"


def read_json(place: Place, name: str) -> dict[str, Any] | None:
    """A JSON object of a place; None where it is not there. Raises InputError for one that is damaged."""
    if place.listed(name) is None:
        return None
    with place.open(name) as file:
        try:
            return cast(dict[str, Any], json.loads(file.read()))
        except ValueError as error:
            raise _damaged(place) from error


def write_json(place: Place, name: str, value: Mapping[str, Any]) -> None:
    """Writes a JSON object, whole or not at all."""
    with writing(place, name) as file:
        file.write(json.dumps(value, indent=1).encode("utf-8") + b"\n")


@contextmanager
def writing(place: Place, name: str) -> Iterator[IO[bytes]]:
    """A file that is of this name once it is whole; where what writes it fails, nothing is left of it."""
    path = place.scratch() / f"{uuid4().hex}.{os.getpid()}"
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            yield file
        place.put(name, path)
    finally:
        path.unlink(missing_ok=True)


def _damaged(place: Place) -> InputError:
    return InputError(
        f"{place.address}: {MANIFEST} is damaged: give another folder for the answers"
    )
