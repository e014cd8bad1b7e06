"""Whether a colleague's words of a post tell of despair that the plain words of a post do not name: pills that are ready, a goodbye, a ledge.

A report is a line about what somebody saw, and a person looks at it: the net is wider than that of plain_words.toml, which decides of a post by itself. Each
entry needs two things that belong together (a means and that it is ready, a farewell and a night), so that a pharmacy, a roof and a goodbye to a clinic are none.
"""

from __future__ import annotations

import re

_MEANS = r"(?:pills?|tablets?|tabs|capsules|paracetamols?|co-?codamol|painkillers|insulin|medication|meds|morphine|sleepers|rope|belt|blades?|razors?|knife|bleach)"
_READY = (
    r"(?:ready|lined up|line up|laid out|counted(?: out)?|saved up|hoard\w*|stash\w*|stockpil\w*|in (?:my|his|her|their) hand|round (?:my|his|her|their) neck"
    r"|all (?:of )?(?:the|my|his|her|their)|too many|a (?:whole )?(?:box|bottle|handful) of)"
)
_NIGHT = r"(?:tonight|tonite|this evening|before morning|by morning|tomorrow|now|today|soon)"
_WHO = r"(?:i|i['’]?m|i['’]?ll|he|he['’]?s|he['’]?ll|she|she['’]?s|she['’]?ll|they|they['’]?re|they['’]?ll|someone|somebody|the (?:woman|man|girl|boy|lad|writer|author|poster))"
_FAREWELL = r"(?:goodbyes?|good bye|bye|farewell|sorry|forgive me)"
_HEIGHT = r"(?:roof|ledge|bridge|viaduct|flyover|balcony|cliff|car ?park|multi-?storey|tracks?|rails|railway line|platform(?: edge)?|top floor)"
# What stands between two things of one entry: a few words, over a full stop too
_NEAR = r"\W+(?:[\w'’]+\W+){0,5}?"


def _both(first: str, second: str) -> str:
    return rf"{first}{_NEAR}{second}|{second}{_NEAR}{first}"


_PHRASES = (
    # it ends
    _both(r"(?:end|ends|ending|finish|finishing) (?:it|everything|this)(?: all)?", _NIGHT), r"(?:end|ends|ending) it all",
    rf"{_WHO}\W+(?:[\w'’]+\W+){{0,3}}?(?:won['’]?t|will not|not going to|isn['’]?t going to|aren['’]?t going to) (?:be (?:here|around|alive)|see (?:tomorrow|the morning)|wake up)",
    r"no (?:more )?tomorrows?(?: for (?:me|him|her|them))", r"(?:sleep|asleep) for ?ever|(?:never|not)(?: (?:going )?to)? wake (?:up )?again",
    r"nothing (?:left )?to live for|(?:given|giving|gives) up on (?:life|living)|tired of (?:living|being alive)|done with (?:life|living)",
    r"(?:last|final) (?:night|day|message|post|words|goodbye) (?:(?:for|from|of) (?:me|him|her|them|(?:my|his|her|their) life)|alive|on earth)",
    # a farewell
    rf"(?:say|says|said|saying|wrote|writes|writing|posted|left|leaving) (?:(?:a|his|her|their|my|all) ){{0,2}}(?:{_FAREWELL}|(?:suicide|goodbye|farewell) (?:note|letter))"
    r"(?! to (?:the|our|a|an|this|its?) )",
    r"(?:suicide|goodbye|farewell) (?:note|letter)s?", _both(_FAREWELL, _MEANS),
    # a means, and that it is ready
    _both(_MEANS, rf"{_READY}{_NEAR}{_NIGHT}"), _both(_MEANS, rf"(?:{_FAREWELL}|the end)"),
    rf"{_WHO}\W+(?:[\w'’]+\W+){{0,4}}?(?:saved up|saving up|hoard\w*|stash\w*|stockpil\w*|counted out|counting out|lined up){_NEAR}{_MEANS}",
    rf"{_WHO}\W+(?:[\w'’]+\W+){{0,3}}?(?:may|might|could|will|['’]ll|going to|gonna|about to|wants? to|threaten\w* to) (?:take|swallow|down|neck)(?:\W+[\w'’]+){{0,4}}?\W+{_MEANS}(?:\W+[\w'’]+){{0,3}}?\W+(?:tonight|tonite|this evening|now|all)",
    rf"{_WHO}\W+(?:[\w'’]+\W+){{0,3}}?(?:took|taken|swallowed|necked) (?:all|too many|a (?:whole )?(?:box|bottle|handful|lot) of|(?:his|her|their|my) whole)",
    r"noose|ligatures?|(?:slit|slitting|cutting|cut) (?:my|his|her|their) (?:wrists?|throat|arms?)",
    # a place
    rf"{_WHO}\W+(?:[\w'’]+\W+){{0,4}}?(?:on|off|near|at|by|over) (?:the|a) (?:edge (?:of (?:the|a) )?|wrong side of (?:the|a) )?(?:[\w'’]+ )?{_HEIGHT}(?: edge)?",
    rf"(?:standing|sitting|sat|stood|climbed?|climbing) (?:on|over|onto|up on) (?:the|a) (?:edge|(?:[\w'’]+ )?{_HEIGHT})",
    rf"{_WHO}\W+(?:[\w'’]+\W+){{0,4}}?(?:jump|jumping|throw (?:him|her|my|them)sel(?:f|ves))\b",
)  # fmt: skip
_DESPAIR = re.compile(rf"(?<!\w)(?:{'|'.join(_PHRASES)})(?!\w)", re.IGNORECASE)


def told_in(report: str) -> bool:
    """Whether a colleague's report tells of somebody who may end their life."""
    return _DESPAIR.search(report) is not None
