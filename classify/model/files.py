"""The files of a model: which there must be, and that they are the ones that were listed. Nothing of them is loaded here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from core.errors import ModelError

SHIPPED = Path(__file__).parent / "weights"
FILES = ("model.onnx", "tokenizer.json", "model.json")
CHECKPOINT = ("config.json", "model.safetensors", "tokenizer.json")  # of a Hugging Face checkpoint


def verify(folder: Path) -> None:
    """Refuses a folder for whose files `opened` would raise ModelError, or of which any file is not the one that was listed.

    Nothing is loaded: it takes as long as reading the files.
    """
    foreign = (folder / "config.json").is_file() and not (folder / "model.json").is_file()
    check(folder, dict.fromkeys((*(CHECKPOINT if foreign else FILES), *listed(folder))))


def check(folder: Path, files: Iterable[str] = FILES) -> None:
    """Refuses a folder whose files are missing or not those that SHA256SUMS names."""
    named = listed(folder)
    for name in files:
        try:
            digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"the model's {name} is missing from {folder}; reinstall") from error
        if digest != named.get(name):
            raise ModelError(
                f"the model's {name} isn't the one that SHA256SUMS names (SHA-256 differs); reinstall"
            )


def listed(folder: Path) -> dict[str, str]:
    """What SHA256SUMS of a model's folder names: the SHA-256 of each file. Raises ModelError where there is none."""
    try:
        lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"no model in {folder}: SHA256SUMS is missing; reinstall or mend [classifier] model"
        ) from error
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {pair[-1]: pair[0] for pair in pairs}


def version_of(folder: Path) -> str:
    """The version of the model in a folder, as its files say it; nothing of it is loaded or checked. Raises ModelError."""
    if not (folder / "model.json").is_file():
        return checkpoint_version(folder)
    try:
        return str(json.loads((folder / "model.json").read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"model.json in {folder} describes no model of ours; reinstall") from error


def checkpoint_version(folder: Path) -> str:
    """What a model of one's own is called: it has no number, and its files have sums."""
    try:
        sums = (folder / "SHA256SUMS").read_bytes()
    except OSError as error:
        raise ModelError(
            f"no model in {folder}: SHA256SUMS is missing; reinstall or mend [classifier] model"
        ) from error
    return f"checkpoint-{hashlib.sha256(sums).hexdigest()[:12]}"
