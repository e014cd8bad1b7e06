"""Another model by config: a Hugging Face checkpoint of one's own, under the same contract as `Model`.

The folder holds config.json, model.safetensors, tokenizer.json and SHA256SUMS; the head is multi-label and
names its outputs as ours (`id2label`): any of the flags, and beside them what else the shipped model tells.
A flag that it doesn't name scores 0. Where it says nothing of scope, staff, sentiment or target, the rules
decide alone: what they leave open is in scope, by nobody of staff, neutral and aimed at nobody.
Needs torch (the extra `torch`). Nothing is downloaded, unpickled or run from the folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classify.model.files import CHECKPOINT as FILES
from classify.model.files import check, checkpoint_version
from classify.model.onnx_model import Model
from classify.model.windows import (
    AUTHOR,
    WINDOW,
    Cutter,
    Floats,
    Progress,
    Scores,
    Text,
    Window,
    cores,
    in_chunks,
    joined,
    overlaid,
    read,
)
from classify.policy import schema
from core.errors import ModelError
from core.models import TARGETS

CHUNK = 128  # posts whose windows are held at a time
EXCLUDE = (("icb", "nhs", "no"), ("negative", "neutral", "positive"))
# What is said where the checkpoint says nothing. A scope of one half leaves it to the rules.
UNSAID: Mapping[str, float] = {
    "in_scope": 0.5,
    **{f"staff.{value}": float(value == "no") for value in EXCLUDE[0]},
    **{f"sentiment.{value}": float(value == "neutral") for value in EXCLUDE[1]},
    **{f"target.{value}": float(value == "none") for value in TARGETS},
    "harm.serious": 0.0,
}
ALSO_SHOWN = ("toxic", "name")  # evidence of the shipped model that a checkpoint can't show


def opened(
    folder: Path, threads: int = 0, rules: schema.Policy | None = None
) -> Model | Checkpoint:
    """The model in a folder: ours, or a checkpoint where a config.json stands and no model.json."""
    if (folder / "config.json").is_file() and not (folder / "model.json").is_file():
        return Checkpoint(folder, threads, rules)
    return Model(folder, threads)


class Checkpoint:
    """A checkpoint that was checked, ready to read. Raises ModelError where it can't be used.

    `rules` are the policy whose thresholds say which flags are shown by evidence; the one that ships if
    left out. `threads` as for `Model`.
    """

    def __init__(self, folder: Path, threads: int = 0, rules: schema.Policy | None = None) -> None:
        check(folder, FILES)
        rules = rules or schema.load()
        self.version = checkpoint_version(folder)
        self.flags: tuple[str, ...] = rules.names(source="model")
        self._least = {name: rules.flags[name].threshold for name in self.flags}
        self._evidence = {name: at for at, name in enumerate((*self.flags, *ALSO_SHOWN))}
        self._torch, self._network = _network(folder)
        config = self._network.config
        self._labels = [config.id2label[at] for at in range(config.num_labels)]
        if not set(self._labels) & set(self.flags):
            raise ModelError(
                f"the checkpoint in {folder} names none of the policy's flags; its config.json must "
                "give them in id2label"
            )
        self.outputs: list[str] = list(dict.fromkeys((*self.flags, *UNSAID, *self._labels)))
        self._choices = list(self._excluding())
        self._thresholds = dict(getattr(config, "task_thresholds", None) or {})
        # RoBERTa and its like keep two of their places for themselves
        room = int(getattr(config, "max_position_embeddings", WINDOW + 2)) - 2
        self._segments = getattr(config, "type_vocab_size", 0) == 2
        size = min(WINDOW, room)
        author = min(AUTHOR, size // 4) if self._segments else 0
        self._cutter = Cutter(folder / "tokenizer.json", size, author)
        self._threads = threads or cores()

    def _excluding(self) -> list[list[int]]:
        """Columns of outputs that exclude each other, of those that it tells whole."""
        prefixes = ("staff", "sentiment")
        groups = [
            [f"{prefix}.{value}" for value in values]
            for prefix, values in zip(prefixes, EXCLUDE, strict=True)
        ]
        return [
            [self._labels.index(name) for name in group]
            for group in groups
            if set(group) <= set(self._labels)
        ]

    def task_threshold(self, name: str) -> float:
        """From which score on the auxiliary head `name` says yes; 0.5 where config.json names none."""
        return float(self._thresholds.get(name, 0.5))

    def scores(self, texts: Sequence[Text], progress: Progress | None = None) -> list[Scores]:
        """One Scores a text, in order. `progress` is told how many windows were read since it last was."""
        return in_chunks(texts, CHUNK, lambda some: self._scores(some, progress))

    def _scores(self, texts: Sequence[Text], progress: Progress | None) -> list[Scores]:
        cut = self._cutter.cut(texts)
        windows = cut.windows
        window_outputs = read(windows, self._run, self._threads, progress)
        posts = joined(windows, np.stack([logits for logits, _ in window_outputs]), self._choices)
        shown = overlaid(windows, np.concatenate([tokens for _, tokens in window_outputs]))
        unsaid = {name: UNSAID.get(name, 0.0) for name in self.outputs}
        return [
            Scores(
                unsaid | dict(zip(self._labels, post, strict=True)), tokens, place, self._evidence
            )
            for post, tokens, place in zip(posts.tolist(), shown, cut.places, strict=True)
        ]

    def _run(self, window: Window) -> tuple[Floats, Floats]:
        """Logits of the window, and how much each of its own tokens shows each flag."""
        torch = self._torch
        torch.set_num_threads(1)  # of this thread: a window is too small to be shared out
        ids, types = self._cutter.row(window)
        inputs = {"attention_mask": torch.ones((1, len(ids)), dtype=torch.long)}
        if self._segments:
            inputs["token_type_ids"] = torch.tensor([types])
        with torch.no_grad():
            words = self._network.get_input_embeddings()(torch.tensor([ids]))
            logits = self._network(inputs_embeds=words, **inputs).logits[0]
        likelihood = torch.sigmoid(logits).tolist()
        active_outputs = [
            at
            for at, name in enumerate(self._labels)
            if likelihood[at] >= self._least.get(name, 2.0)
        ]
        tokens = np.zeros((len(window.ids), len(self._evidence)), np.float32)
        for at, shown in zip(
            active_outputs, self._attributed(words, inputs, active_outputs), strict=True
        ):
            peak = max(float(np.max(shown[1 : 1 + len(tokens)], initial=0.0)), 1e-9)
            column = self._evidence[self._labels[at]]
            tokens[:, column] = shown[1 : 1 + len(tokens)] / peak * likelihood[at]
        return logits.numpy().astype(np.float32), tokens

    def _attributed(
        self, words: Any, inputs: Mapping[str, Any], active_outputs: Sequence[int]
    ) -> list[Floats]:
        """By output: what each token adds to it (gradient times input, where that is more than 0).

        A foreign checkpoint has no head that tells what it saw. Method: Shrikumar et al., 2016,
        arXiv:1605.01713.
        """
        if not active_outputs:
            return []
        torch = self._torch
        with torch.enable_grad():
            words = words.detach().requires_grad_()
            logits = self._network(inputs_embeds=words, **inputs).logits[0]
            attributions = []
            for at in active_outputs:
                (gradient,) = torch.autograd.grad(logits[at], words, retain_graph=True)
                added = (gradient * words).sum(-1)[0].clamp(min=0.0)
                attributions.append(added.detach().numpy().astype(np.float32))
        return attributions


def _network(folder: Path) -> tuple[Any, Any]:
    """torch, and the network in a folder. Imported here, since running ours needs neither torch nor transformers."""
    try:
        import torch
        from transformers import AutoModelForSequenceClassification as Loader
        from transformers.utils.logging import disable_progress_bar
    except ImportError as error:
        raise ModelError(
            f"{folder} holds a Hugging Face checkpoint, which needs torch and transformers; {error.name} is not "
            "installed here (the container and requirements/slim.lock have neither): pip install 'nwl-mentions[torch]', "
            "or mend [classifier] model"
        ) from error
    disable_progress_bar()  # type: ignore[no-untyped-call]  # the program tells of progress itself
    try:
        network, loading_report = Loader.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, use_safetensors=True,
            output_loading_info=True, dtype=torch.float32,
        )  # fmt: skip
    except Exception as error:  # the library raises whatever it meets
        raise ModelError(
            f"the checkpoint in {folder} is no sequence classifier that transformers can read: "
            f"{type(error).__name__}"
        ) from error
    kind = network.config.problem_type
    if loading_report["missing_keys"] or kind not in (None, "multi_label_classification"):
        raise ModelError(
            f"the checkpoint in {folder} has no trained multi-label head: train one, or mend "
            "[classifier] model"
        )
    network.eval()
    return torch, network
