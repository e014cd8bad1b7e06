"""Makes a model: fine-tunes MiniLM on public data and on the mentions written for this project.

Two stages on one network. The first reads the public sets (hate, offence, toxic spans) and is slow;
its checkpoint can be kept. The second reads our mentions several times over, with some of the public
rows mixed in so that nothing is forgotten. The recipe follows the figures in the model's card.
"""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from classify.model.labels import EVIDENCE, FLAGS, OUTPUTS, SENTIMENT, STAFF
from classify.training.dataset import Example
from core.models import PROTECTED

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one stage is trained. Rates are AdamW's; `tokens` bounds the length of a training row."""

    epochs: float = 1.0
    batch: int = 64
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    word_rate: float = 0.0  # of the word embeddings; 0: they stay as they are
    warm_up: float = 0.06  # part of all steps
    tokens: int = 64
    evidence_weight: float = 0.5
    averaged: float = 0.0  # decay of the running mean of the weights that is kept; 0: the last ones
    seed: int = 1


def train(network: Network, examples: Sequence[Example], recipe: Recipe, keep: Path) -> None:
    """Fine-tunes `network` in place and writes it to `keep` now and then and at the end."""
    torch.manual_seed(recipe.seed)
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(recipe.word_rate > 0)
    optimiser = _optimiser(network, recipe)
    steps = math.ceil(len(examples) * recipe.epochs / recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: _rate(s, steps, recipe.warm_up)
    )
    # in bfloat16 on a processor it takes a tenth less time than the attention that torch chooses
    network.encoder.set_attn_implementation("eager")
    network.train()
    mean = _Mean(network, recipe.averaged)
    started, seen, running = time.monotonic(), 0, 0.0
    for step, batch in zip(range(steps), _batches(examples, recipe), strict=False):
        loss = _step(network, batch, recipe)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        mean.follow(step)
        seen, running = seen + len(batch), 0.98 * running + 0.02 * loss.item()
        if step % 50 == 49:
            speed = seen / (time.monotonic() - started)
            log.info("step %d of %d, loss %.4f, %.0f rows a second", step + 1, steps,
                     running / (1 - 0.98 ** (step + 1)), speed)  # fmt: skip
        if step % 400 == 399:
            torch.save(network.state_dict(), keep)
    mean.settle()
    torch.save(network.state_dict(), keep)


class _Mean:
    """The running mean of the weights that are trained: steadier than the last step's."""

    def __init__(self, network: Network, decay: float) -> None:
        self._decay = decay
        self._live = [p for p in network.parameters() if p.requires_grad] if decay else []
        self._mean = [p.detach().clone() for p in self._live]

    def follow(self, step: int) -> None:
        """Moves the mean toward the weights as they are now; faster at the start."""
        decay = min(self._decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for live, mean in zip(self._live, self._mean, strict=True):
                mean.lerp_(live, 1.0 - decay)

    def settle(self) -> None:
        """Puts the mean in the place of the weights."""
        with torch.no_grad():
            for live, mean in zip(self._live, self._mean, strict=True):
                live.copy_(mean)


def _optimiser(network: Network, recipe: Recipe) -> torch.optim.AdamW:
    heads = [*network.posts.parameters(), *network.tokens.parameters(), network.telling]
    words = network.encoder.embeddings.word_embeddings.weight
    body = [p for p in network.encoder.parameters() if p.requires_grad and p is not words]
    learnt = [{"params": body, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}]
    if words.requires_grad:
        learnt.append({"params": [words], "lr": recipe.word_rate})
    return torch.optim.AdamW(
        learnt,
        weight_decay=0.01,
        fused=True,
    )


def _rate(step: int, steps: int, warm_up: float) -> float:
    warm = max(1.0, warm_up * steps)
    return min((step + 1) / warm, max(0.02, (steps - step) / max(1.0, steps - warm)))


def _batches(examples: Sequence[Example], recipe: Recipe) -> Iterator[list[Example]]:
    """Batches of similar length, in random order, epoch after epoch."""
    chance = random.Random(recipe.seed)
    while True:
        order = list(range(len(examples)))
        chance.shuffle(order)
        pools = [order[i : i + 50 * recipe.batch] for i in range(0, len(order), 50 * recipe.batch)]
        batches = []
        for pool in pools:
            pool.sort(key=lambda i: len(examples[i].ids))
            batches += [pool[i : i + recipe.batch] for i in range(0, len(pool), recipe.batch)]
        chance.shuffle(batches)
        for batch in batches:
            yield [examples[i] for i in batch]


def collate(batch: Sequence[Example], most: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Ids, mask, types (posts, tokens), targets (posts, outputs), token targets, padded."""
    cut = [_fit(example, most) for example in batch]
    width = max(len(example.ids) for example in cut)
    ids = torch.zeros((len(cut), width), dtype=torch.long)
    mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
    evidence = torch.full((len(cut), width, len(EVIDENCE)), float("nan"))
    for row, example in enumerate(cut):
        length = len(example.ids)
        ids[row, :length] = torch.tensor(example.ids)
        mask[row, :length] = 1
        types[row, :length] = torch.tensor(example.types)
        if example.evidence is not None:
            evidence[row, :length] = torch.from_numpy(example.evidence)
    targets = torch.from_numpy(np.stack([example.wanted for example in cut]))
    return ids, mask, types, targets, evidence


def _fit(example: Example, most: int) -> Example:
    """At most `most` tokens: the second segment stays, the first is cut at its end."""
    over = len(example.ids) - most
    first = example.types.count(0)
    if over <= 0:
        return example
    keep = max(8, first - 1 - over)
    order = [*range(keep), *range(first - 1, len(example.ids))][:most]
    return Example(
        [example.ids[i] for i in order],
        [example.types[i] for i in order],
        example.wanted,
        None if example.evidence is None else example.evidence[order],
    )


def _step(network: Network, batch: Sequence[Example], recipe: Recipe) -> Tensor:
    ids, mask, types, targets, evidence = collate(batch, recipe.tokens)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        posts, tokens = network(ids, mask, types)
    loss = _post_loss(posts.float(), targets)
    known = ~torch.isnan(evidence)
    if known.any():
        per_token = functional.binary_cross_entropy_with_logits(
            tokens.float()[known], evidence[known], pos_weight=torch.tensor(3.0)
        )
        loss = loss + recipe.evidence_weight * per_token * 5
    return loss


_CHOICES = [
    [OUTPUTS.index(f"staff.{value}") for value in STAFF],
    [OUTPUTS.index(f"sentiment.{value}") for value in SENTIMENT],
    [OUTPUTS.index(f"protected.{value}") for value in PROTECTED],
]
_EITHER = [i for i in range(len(OUTPUTS)) if not any(i in group for group in _CHOICES)]


def _post_loss(posts: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy, over the choices by softmax and the rest by sigmoid; summed over outputs."""
    either, known = posts[:, _EITHER], ~torch.isnan(targets[:, _EITHER])
    truth = torch.nan_to_num(targets[:, _EITHER])
    each = functional.binary_cross_entropy_with_logits(either, truth, reduction="none")
    loss = (each * known).sum() / len(posts)
    for group in _CHOICES:
        answered = ~torch.isnan(targets[:, group[0]])
        if answered.any():
            truth = targets[answered][:, group].argmax(1)
            loss = (
                loss
                + functional.cross_entropy(posts[answered][:, group], truth)
                * answered.float().mean()
            )
    return loss


# ── The network: one MiniLM encoder, read once, with every head on it. Needs torch (extra `train`).
#
# The encoder gives one vector a token. A post is the mean and the maximum over the tokens of its text,
# beside the means over the tokens of who wrote it where (platform and bio) and of its context; one linear
# layer turns that into a logit for each of `OUTPUTS`. A second one turns each token into a logit for each of
# `EVIDENCE`: is this token part of what shows the flag? The likeliest token of each flag speaks for the
# post, too, with a weight that is learnt, so that few telling words in a long post are not drowned.


class Network(nn.Module):
    """Token ids in, logits out: (posts, len(OUTPUTS)) and (posts, tokens, len(EVIDENCE))."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.posts = nn.Linear(4 * width, len(OUTPUTS))
        self.tokens = nn.Linear(width, len(EVIDENCE))
        self.telling = nn.Parameter(torch.full((len(FLAGS),), 0.3))
        self.dropout = nn.Dropout(0.1)

    @classmethod
    def from_pretrained(cls, folder: Path) -> Network:
        """Starts from a checkpoint in Hugging Face's layout, read from disk only."""
        encoder = BertModel.from_pretrained(folder, add_pooling_layer=False, local_files_only=True)
        return cls(with_third_segment(encoder))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state
        own, about, around = (
            (mask * (types == kind)).unsqueeze(-1).to(hidden.dtype) for kind in (0, 1, 2)
        )
        mean, author, context = (
            (hidden * part).sum(1) / part.sum(1).clamp(min=1.0) for part in (own, about, around)
        )
        peak = (hidden + (own - 1.0) * 1e4).amax(1)
        post = self.dropout(torch.cat([mean, peak, author, context], dim=-1))
        shown = self.tokens(self.dropout(hidden))
        likeliest = (shown[:, :, : len(FLAGS)] + (own - 1.0) * 1e4).amax(1)
        token_logits = functional.pad(
            likeliest.clamp(-8.0, 8.0) * self.telling, (0, len(OUTPUTS) - len(FLAGS))
        )
        return self.posts(post) + token_logits, shown


def with_third_segment(encoder: BertModel) -> BertModel:
    """The same encoder with a segment of its own for context, which begins as a copy of the second's."""
    known = encoder.embeddings.token_type_embeddings.weight.detach()
    if len(known) == 2:
        embedding = nn.Embedding(3, known.shape[1])
        with torch.no_grad():
            embedding.weight.copy_(torch.cat([known, known[1:]]))
        encoder.embeddings.token_type_embeddings = embedding
        encoder.config.type_vocab_size = 3
    return encoder
