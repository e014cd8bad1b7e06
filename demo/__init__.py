"""A whole world on loopback, so that the real program can be seen at work without credentials."""

from __future__ import annotations

from demo.world import SUBREDDITS, TERMS, World

__all__ = ["SUBREDDITS", "TERMS", "World"]
