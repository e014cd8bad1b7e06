"""Whether an author says that the views are their own (clause 6.6), in whatever words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from classify.pid.base import lowered
from classify.text.clean import plain
from core.patterns import lazy_compile

# ── The words by which authors say that views are their own, and those that only sound like it. ───
#
# A mapping is one way to say it: an example, and the pattern that finds it. Texts are in lower case, with
# straight quotes, '-' for every dash and '.' for '•' (`plain`). `disclaimer.py` puts the patterns together.
# A test reads every example.


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


def _words_after(most: int) -> str:
    """Up to so many words, each after a blank; as few as will do."""
    return rf"(?: \w+){{0,{most}}}?"


def _words_before(most: int) -> str:
    """Up to so many words, each with a blank after it."""
    return rf"(?:\w+ ){{0,{most}}}"


# ── words ────────────────────────────────────────────────────────────────────────────────────────

# What is somebody's own.
VIEWS = _any(
    "views?", "opinions?", "thoughts?", "ideas", "feelings", "words?", "takes?", "comments?", "statements?", "remarks?", "musings?",
    "tweets?", "posts?", "posting", "toots?", "skeets?", "rt", "content", "chat", "jokes?", "mistakes", "typos",
    "rants?", "ramblings?", "waffles?", "nonsense", "rubbish", "drivel", "mutterings?", "grumbles?", "moans?", "gob", "mouth",
    "this account", "the account", "profile", "page", "feed",
    "all (?:of )?this", "everything (?:here|i (?:say|post|write|tweet))", "anything i (?:say|post|write|tweet)",
    "what i (?:say|post|write|tweet|think)(?: here)?",
)  # fmt: skip
# Whose it is.
MINE = _any(
    "mine", "my own", "me own", "own", "me", "personal", "personally", "just me", "only me", "myself",
    "my (?:fault|problem|responsibility)",
)  # fmt: skip
# Whose views they are not.
EMPLOYER = _any(
    "employers?", "employer's", "trust'?s?", "nhs(?:'s)?", "nhse", "icb(?:'s)?", "ccg(?:'s)?", "las", "lnwh", "cnwl", "clch", "imperial",
    "hospital'?s?", "practice'?s?", "surgery'?s?", "organisations?'?s?", "organization'?s?", "org'?s?", "company", "board", "department",
    "system", "university", "union", "work", "workplace'?s?", "day job", "team'?s?", "boss'?s?", "bosses", "line manager",
    "any (?:client|employer|trust|organisation)'?s?",
    "anyone(?: else)?", "anyone's", "anybody", "theirs", "they", "them", "others",
)  # fmt: skip
# What an employer has, and does through those who speak for it.
OFFICIAL_VOICE = _any(
    "views?", "opinions?", "voice", "thoughts?", "words?", "positions?", "stance", "line", "policy",
    r"speak\w*", r"represent\w*", r"reflect\w*", r"endorse\w*", "tweet(?:ing)?", "post(?:ing)?", r"spokes\w+", "mouthpiece",
)  # fmt: skip
# What may stand between 'views' and 'my own'.
BETWEEN = _any(
    rf"and (?:\w+ )?{VIEWS}", "here", "expressed", "shared", "on here", "on this (?:account|page)", "posted", "are", "is", "r",
    "all", "entirely", "purely", "solely", "strictly", "very much", "only", "just", "always", "remain", "stay", "therein",
    "obviously", "definitely", "of course",
)  # fmt: skip
# Whom one speaks for, or as what.
MYSELF = _any(
    "myself", "himself", "herself", r"self\b", r"me\b", "my own (?:name|right|time)", "an individual",
    "a private (?:individual|citizen|person)", "my personal capacity", "a personal capacity",
)  # fmt: skip
# What one does as oneself.
SPEAKING = _any(
    "speak(?:s|ing)?", "tweet(?:s|ing)?", "post(?:s|ing)?", "writ(?:e|es|ing)", "typ(?:e|es|ing)", "talk(?:s|ing)?", "here",
    "think(?:ing)?", "opinions?",
)  # fmt: skip
# Ways to say no; each as a branch of a group.
NOTHING = r"\bno|\bnothing|\bnone"
NOT = r"\bnot|n't|\bnor|\bnever"


# ── in a bio or a text ───────────────────────────────────────────────────────────────────────────

# 'views my own': views, then whose they are.
VIEWS_MINE: Mapping[str, str] = {
    "views and opinions expressed here are entirely my own": (
        rf"\b{VIEWS}(?: {BETWEEN}){{0,20}}\W{{0,4}}(?:are |is |all )?{MINE}\b"
    ),
}
# 'my own views': whose they are, then views.
MY_OWN_VIEWS: Mapping[str, str] = {
    "these are personal opinions": (
        r"\b(?:all |any |these (?:are )?|the )?"
        rf"(?:my own|me own|own|personal|all my own|my personal) (?:\w+ )?{VIEWS}\b"
    ),
    "all my own badly spelt waffle": rf"\b(?:all my own|my own) {_words_before(2)}{VIEWS}\b",
}
# 'speaking for myself', 'in a personal capacity'
FOR_MYSELF: Mapping[str, str] = {
    "i speak only for myself": rf"\b{SPEAKING}\b{_words_after(2)} (?:for|as|in) {MYSELF}",
    "with my private account": (
        r"\b(?:in|with) (?:a|my) (?:purely |strictly |entirely |own )?"
        r"(?:personal|private|individual) (?:capacity|account|name)"
    ),
    "personal capacity": r"\bpersonal capacity\b",
}
# Nobody has approved them, or nobody else holds them.
NOBODY_ELSES: Mapping[str, str] = {
    "tweets are unauthorised": (
        r"\b(?:views?|opinions?|comments?|feelings|tweets?|posts?|jokes|this) (?:is |are )?"
        r"(?:not|un)[ -]?(?:authorised|approved|endorsed|sanctioned)\b"
    ),
    "opinions belong to no one but me": r"\bbelongs? to (?:nobody|no one|no-one) but me\b",
    "the views of nobody": r"\bthe views of nobody\b",
    "mine and nobody else's": r"\b(?:mine,? (?:and )?no ?(?:one|body) else'?s)\b",
}
# A private person, and what is theirs.
PRIVATE: Mapping[str, str] = {
    "as a private citizen": r"\b(?:a |as a )private citizen\b",
    "(personal page)": r"\(?personal page\b",
    "my page, my say": r"\bmy page,? my say\b",
    "personal account": (
        r"\bpersonal (?:account|profile|opinions?|views?|musings|feed|acc|acct|handle|twitter|blog)\b"
    ),
    "private opinions": r"\b(?:private|own) (?:opinions?|views?|musings)\b",
}
# "not my employer's view"
NOT_THEIRS: Mapping[str, str] = {
    "nothing here reflects the views of my employer": (
        rf"(?:{NOT}|{NOTHING})\b{_words_after(3)} (?:the |an? )?(?:official |corporate )?"
        rf"{OFFICIAL_VOICE}\b{_words_after(5)} (?:of|for|from|by|on behalf of|to)?"
        rf"{_words_after(3)} ?{EMPLOYER}\b"
    ),
    "i never post on behalf of anyone": (
        rf"(?:{NOT}|\bnothing|\bnone|\bno one's|\bnobody's)\b{_words_after(4)} (?:on )?behalf of\b"
    ),
    "not my trust's opinion": (
        rf"\bnot (?:the |my |an? )?{_words_before(2)}{EMPLOYER} "
        r"(?:views?|opinions?|voice|thoughts?|words?|position|line)\b"
    ),
    "mine alone and not my employer's": (
        r"\b(?:mine|me|my own|myself|my words|me talking)\b,?(?: and)?(?: alone)?,? (?:and )?"
        r"(?:not|never) (?:my |the |those of (?:my |the )?|of (?:my |the )?|their |an? )?"
        rf"{EMPLOYER}"
    ),
    "not those of the hospital": (
        r"\bnot (?:those |that |the views? |the opinions? )?of (?:my|the|any|our) "
        rf"{_words_before(2)}{EMPLOYER}\b"
    ),
    "does not necessarily reflect": r"\bdo(?:es)? not (?:necessarily )?(?:represent|reflect)\b",
    "views don't represent": (
        r"\b(?:views|opinions) (?:do|does)n'?t (?:necessarily )?(?:represent|reflect)\b"
    ),
}
# The first that matches at a place counts, so their order matters.
ANYWHERE = (VIEWS_MINE, MY_OWN_VIEWS, FOR_MYSELF, NOBODY_ELSES, PRIVATE, NOT_THEIRS)


# ── in a bio alone, where fewer words will do ────────────────────────────────────────────────────

# As all that a bio says, or between signs.
_ALONE = _any(
    "personal", "private", "all mine", "mine alone", "my own", "all my own", "own (?:views?|page|voice|account|opinions?)",
    "(?:it's )?just me(?: talking)?", "speaking only for me", "not official", "unofficial",
)  # fmt: skip
BIO_ALONE: Mapping[str, str] = {
    "nurse. just me, obvs": rf"(?:^|[|.,;:/\n(*~\-]) ?{_ALONE}\b(?: obvs)? ?(?:$|[|.,;:/\n)*~!\-])",
}
# Views, and somewhere after them whose they are.
BIO_VIEWS: Mapping[str, str] = {
    "tweets = mine": rf"\b{VIEWS} ?[=:?-]+ ?(?:all )?(?:mine|me|my own|own|personal)\b",
    "opinions, good or bad, come from me": (
        r"\b(?:views?|opinions?|thoughts?|takes|tweets?|posts|words|comments|rants?|jokes"
        r"|everything here|nonsense)\b[^.|/\n]{0,45}?"
        r"\b(?:mine|own|from me|to me|is me|just me|all me|personal|personally"
        r"|not (?:my|the|any|those)|aren't|are not|isn't)\b"
    ),
    "opinions are this nurse's alone": (
        r"\b(?:views?|opinions?|thoughts)\b[^.|/\n]{0,45}?\b(?:alone|only)\b"
    ),
    "opinions are colin's": r"\b(?:opinions|views|thoughts)\b[^.|]{0,12} (?:are |is )?\w+'s$",
    "these words are mine": r"\bthese (?:ones|words|views) are mine\b",
}
# 'my words': whose they are, without a word on anybody else.
BIO_MINE: Mapping[str, str] = {
    "my gob my words": r"\bmy (?:gob|words|mouth|rules),? my \w+",
    "my opinions": r"\bmy (?:own )?(?:words|views|opinions|thoughts|tweets|takes)\b",
    "own views": r"\bown (?:views?|opinions?|thoughts?|words?|takes|account)\b",
    "twitter is strictly personal": (
        r"\b(?:bluesky|twitter|x|mastodon|linkedin|insta(?:gram)?|account|profile|page|this|feed"
        r"|here) is (?:all |just |strictly |purely )?personal\b"
    ),
    "my own two pence": (
        r"\bmy own (?:say|voice|tuppence|two (?:pence|cents?)|2p|moans?|blethers|line|letter)\b"
    ),
    "mine and mine alone": r"\bmine (?:and|&|n) mine\b|\bmine,? (?:alone|only)\b",
    "my account, my voice": r"\bmy (?:account|page|feed|blog|channel|posts),? (?:my|is (?:just )?mine|are mine)\b",
    "just one man's opinion": r"\b(?:just|only) (?:one|a) \w+'s (?:opinions?|views?|take)\b",
    "personal ramblings": r"\bpersonal (?:reflections?|thoughts?|takes?|stuff|ramblings?)\b",
    "this account is just me": r"\bthis (?:account )?is (?:just |only )?me\b",
}
# 'posting personally', in fewer words than elsewhere.
BIO_FOR_MYSELF: Mapping[str, str] = {
    "posting personally": r"\b(?:posting|speaking|writing|tweeting|talking) personally\b",
    "personally speaking": r"\bpersonally speaking\b",
    "this is just jo talking": r"\b(?:just|only) \w+ (?:talking|speaking)\b",
    "posting in no capacity but my own": r"\bno capacity but (?:my|his|her) own\b",
    "talking here as": r"\b(?:speak|talk|write|post|tweet)(?:ing)? here as\b",
    "i type as me": r"\b(?:type|write|post|speak|tweet) (?:for|as) (?:me|myself)\b",
    "in my own time": r"\bin my own (?:time|name)\b",
}
# 'mine not theirs': whose they are not, or for whom one does not speak.
BIO_NOT_THEIRS: Mapping[str, str] = {
    "mine not theirs": r"\b(?:mine|me|my own)\b,? not (?:theirs|yours|work|my \w+|the \w+)",
    "mine, not somebody else": r"\bmine,? no(?:t|body| one)[^.|]{0,20}\b(?:else|theirs)",
    "no one else's": r"\bnot? (?:one|body) else'?s?\b",
    "not a spokesman": r"\bnot a spokes\w+",
    "nobody's mouthpiece": r"\b(?:not an?|nobody's|no one's|no) mouthpiece\b",
    "not an official account": r"\bnot an official (?:account|channel|page|feed)\b",
    "works for the icb, doesn't speak for it": (
        r"\b(?:does not|doesn't|won't|will not|can't) (?:speak|tweet|post|write) for\b"
    ),
    "nothing here is my trust's view": (
        rf"(?:{NOT}|{NOTHING}|isn't)\b{_words_after(4)} {EMPLOYER} (?:views?|opinions?|voice|position)\b"
    ),
    "i don't speak for": r"\b(?:i|we) (?:don't|do not|never) (?:speak|tweet|post|write) for\b",
    "not here tweeting for": (
        r"\bnot (?:here )?(?:speaking|tweeting|posting|writing) (?:for|as|on behalf)\b"
    ),
}
IN_BIO = (BIO_ALONE, BIO_VIEWS, BIO_MINE, BIO_FOR_MYSELF, BIO_NOT_THEIRS)

# 'RTs are not endorsements', which says nothing of one's own views until the bio is 'personal' too.
RTS_NO_ENDORSEMENT = (
    r"\b(?:rts?|retweets?|likes?|shares?|reposts?|follows?)\b[^.|]{0,25}"
    r"(?:not|n't|≠|!=|aren't|isn't)[^.|]{0,12}endors\w+"
)
PERSONAL = r"\bpersonal\b|\bprivate account\b|\bmine\b|\bme\b"


# ── what is none ─────────────────────────────────────────────────────────────────────────────────

SOUNDS_LIKE: Mapping[str, str] = {
    "own my mistakes": r"\bown (?:my|your|our|up to) \w+",
    "own views of the city skyline": (
        r"\b(?:own )?views? (?:of|over|across|from) the (?:\w+ )?"
        r"(?:city|thames|river|canal|park|sea|sky\w*|hills?|garden|car park|balcony)\b"
    ),
}
# What stands right before the words when the views are somebody else's.
SOMEBODY_ELSES: Mapping[str, str] = {
    "the patients' own ": (
        r"\b(?:your|their|his|her|patients?'?s?'?|people'?s?|\w+'s|its|public'?s?|residents?'?"
        r"|minister'?s?|others'?|users?'?|our) (?:own |personal )?$"
    ),
    "please share any ": (
        r"\b(?:share|give|hear|collect|gather|express(?:ed)?|have) (?:\w+ ){0,2}$"
    ),
}

# A disclaimer in a text has one of these words.
TEXT_WORDS = (
    "views?", "opinions?", "thoughts", "tweets?", "posts", "takes", "rants?", "ramblings?", "waffle", "account", "profile",
    "capacity", "myself", "behalf", "words", "employer", "trust", "voice", "comment", "feelings", "jokes", "citizen", "page", "self",
    "say", "icb", "nhs", "else", "reflect", "represent", "mine",
)  # fmt: skip
# Everyday words of a text that only a bio would mean as a disclaimer.
EVERYDAY: Mapping[str, str] = {
    "in my own opinion": r"\bin my (?:own )?(?:view|opinion)",
    "my own view is": (
        r"\bmy (?:own )?(?:view|opinion|words?|thoughts?|comments?|mistakes?) (?:is|was|on|about)"
    ),
    "personal remarks": r"\bpersonal (?:comments?|remarks?|statements?)\b",
    "lost for words": r"\blost for words",
    "private profile": r"\bprivate (?:page|profile|blog)",
}


# ── Whether it is said. ──────────────────────────────────────────────────────────────────────────

LONGEST_BIO = 2000  # code points that are searched
LONGEST_TEXT = 20_000


def has_disclaimer(text: str, bio: str) -> bool:
    """Whether bio or text says that the views are the author's own.

    'RTs are not endorsements' alone does not; somebody else's views ('views expressed by the
    minister', 'share your views') do not either.
    """
    about = _SOUNDS_LIKE.sub(" ", lowered(plain(bio[:LONGEST_BIO]).text))
    if _IN_BIO.search(about) or _says(about):
        return True
    if _RTS_NO_ENDORSEMENT.search(about) and _PERSONAL.search(about):
        return True
    low = lowered(plain(text[:LONGEST_TEXT]).text)
    return _TEXT_WORD.search(low) is not None and _says(low, strict=True)


def _says(low: str, *, strict: bool = False) -> bool:
    """Whether one of the ways to say it is there and means the author's own views."""
    for match in _ANYWHERE.finditer(low):
        before = low[max(0, match.start() - 30) : match.start()]
        if not _SOMEBODY_ELSES.search(before) and not (strict and _everyday(low, match)):
            return True
    return False


def _everyday(low: str, match: re.Match[str]) -> bool:
    """Whether words in a text are too common to mean a disclaimer there: 'in my own opinion'."""
    around = low[max(0, match.start() - 12) : match.end() + 12]
    return not _TEXT_WORD.search(match.group()) or _EVERYDAY.search(around) is not None


def _compiled(ways: Iterable[Mapping[str, str]]) -> re.Pattern[str]:
    return lazy_compile("|".join(pattern for way in ways for pattern in way.values()))


_ANYWHERE = _compiled(ANYWHERE)
_IN_BIO = _compiled(IN_BIO)
_RTS_NO_ENDORSEMENT = re.compile(RTS_NO_ENDORSEMENT)
_PERSONAL = re.compile(PERSONAL)
_SOUNDS_LIKE = _compiled([SOUNDS_LIKE])
_SOMEBODY_ELSES = _compiled([SOMEBODY_ELSES])
_EVERYDAY = _compiled([EVERYDAY])
_TEXT_WORD = re.compile(rf"\b(?:{'|'.join(TEXT_WORDS)})\b")
