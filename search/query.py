"""Boolean rules over what was collected: a small grammar, what a rule means in words, and its FTS5 query.

    rule   = and ("OR" and)*
    and    = part (["AND"] part)*          two parts side by side are both meant
    part   = ["NOT" | "-"] (near | atom)
    near   = atom "NEAR/" number atom      at most so many words between them, in either order; each atom
                                           a word, a phrase, or several of them joined by OR
    atom   = "(" rule ")" | word | "a phrase" | begin* | @handle | #tag

Operators are in capitals. A hyphen joins words as people write them: walk-in finds "walk-in", "walk in"
and "walkin". Text is folded before (case, width, curly quotes, N.H.S., hidden characters), then indexed
in two columns: `plain` has words alone, `signs` keeps handles and tags as one word each.
"""

from __future__ import annotations

from core.errors import ConfigError
from search.nodes import Node

LONGEST = 2000  # characters of a rule


def parse(rule: str) -> Node:
    """What a rule means. Raises ConfigError, naming the character, where it can't be read."""
    # who only asks for help reads no rule: lark takes 25 ms to import, the grammar 25 ms to build (once a process)
    from search import parser

    if len(rule) > LONGEST:
        raise ConfigError(f"it has {len(rule):,} characters; at most {LONGEST:,} are read")
    if not rule.strip():
        raise ConfigError("it is empty: write words to look for")
    return parser.parse(rule)
