"""The network: one MiniLM encoder, read once, with every head on it. Needs torch (extra `train`).

The encoder gives one vector a token. A post is the mean and the maximum over the tokens of its text,
beside the mean over the tokens of who wrote it where (platform and bio); one linear layer turns that
into a logit for each of `OUTPUTS`. A second one turns each token into a logit for each of
`EVIDENCE`: is this token part of what shows the flag? The likeliest token of each flag speaks for the
post, too, with a weight that is learnt, so that few telling words in a long post are not drowned.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from classify.outputs import EVIDENCE, FLAGS, OUTPUTS


class Network(nn.Module):
    """Token ids in, logits out: (posts, len(OUTPUTS)) and (posts, tokens, len(EVIDENCE))."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.posts = nn.Linear(3 * width, len(OUTPUTS))
        self.tokens = nn.Linear(width, len(EVIDENCE))
        self.telling = nn.Parameter(torch.full((len(FLAGS),), 0.3))
        self.dropout = nn.Dropout(0.1)

    @classmethod
    def from_pretrained(cls, folder: Path) -> Network:
        """Starts from a checkpoint in Hugging Face's layout, read from disk only."""
        return cls(
            BertModel.from_pretrained(folder, add_pooling_layer=False, local_files_only=True)
        )

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state
        own = (mask * (1 - types)).unsqueeze(-1).to(hidden.dtype)
        about = (mask * types).unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * own).sum(1) / own.sum(1).clamp(min=1.0)
        peak = (hidden + (own - 1.0) * 1e4).amax(1)
        author = (hidden * about).sum(1) / about.sum(1).clamp(min=1.0)
        post = self.dropout(torch.cat([mean, peak, author], dim=-1))
        shown = self.tokens(self.dropout(hidden))
        likeliest = (shown[:, :, : len(FLAGS)] + (own - 1.0) * 1e4).amax(1)
        told = functional.pad(
            likeliest.clamp(-8.0, 8.0) * self.telling, (0, len(OUTPUTS) - len(FLAGS))
        )
        return self.posts(post) + told, shown
