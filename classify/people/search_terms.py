"""Whether a search term, a rule's word, an account or an address names a person: what is looked for are subjects and places.

It prefers too much where a given name stands with a family name, and passes what is called after people: hospitals, laws,
roads. A name that no list holds, alone, can't be told from a word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from urllib.parse import parse_qsl, unquote, urlsplit

from classify.people import post_holders
from classify.people.lists import (
    called_after,
    called_after_joined,
    first_names,
    longest_called_after,
    places,
    plain,
    surnames,
    telling,
    words,
)

# After or about a name these say that it is a body's, a law's or a place's.
_BODY_WORDS_TEXT = """
hospital hospitals trust nhs icb ics ccg surgery surgeries practice practices clinic clinics centre center
medical health healthcare hospice infirmary university college school academy council borough road street
avenue square gardens foundation charity appeal campaign law rule act inquiry enquiry review report award
prize library theatre mosque pharmacy chemist dental dentist dentists optician opticians laboratory institute
society association ltd limited plc llp airport station dock docks estate ambulance partners unit wing suite
partnership group federation helpline hub ward lodge house court line walk-in polyclinic nursery hotel stadium
arena museum gallery brigade memorial
"""
BODY_WORDS = frozenset(_BODY_WORDS_TEXT.split())
# Of these, the ones that are family names too: behind a given name alone they say nothing.
_ALSO_SURNAMES = frozenset(("street", "house", "court", "law", "act"))
_BEFORE_A_SAINT_TEXT = """
st saint ss queen king prince princess duchess duke our lady royal santa san great lake mount port fort
"""
_BEFORE_A_SAINT = frozenset(_BEFORE_A_SAINT_TEXT.split())
_PARTICLES_TEXT = """
de da di du del della van von der den bin binti ibn al el ul ur la le mac mc o
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_JOINS_TEXT = """
and & or the of in at for to with by on
"""
_JOINS = frozenset(_JOINS_TEXT.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?|\d+|&")
_PHRASE = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")
_OPERATOR = re.compile(
    r"(?<!\S)-?[A-Za-z_]+:\S*|(?<!\S)(?:AND|OR|NOT|NEAR(?:/\d+)?)(?!\S)|[()|*+]|(?<!\S)-(?=\S)"
)
# What a query or a rule leaves out.
_SHUT_OUT = re.compile(r"(?<!\S)(?:-|NOT\s+)(?:\"[^\"]*\"|\([^()]*\)|\S+)")
# After these any word with a capital is a name; `classify.pid.typed_words` has the same rule for what is typed in a form.
_TITLED = re.compile(
    r"(?<!\w)(?:mr|mrs|ms|mx|dr|doctor|prof|professor)\.? +([^\W\d_][\w'’-]+)", re.IGNORECASE
)
_MIXED = re.compile(r"[a-zA-Z]\d|\d[a-zA-Z]|[a-z][A-Z]")  # as accounts are written
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TITLE = re.compile("dr|mr|mrs|ms|miss|prof|cllr|nurse|sister")
# One person who is told by what they are or did: "the nurse who blew the whistle". Several, "nurses who strike", are nobody.
_PERSON = (
    "nurse|doctor|gp|consultant|surgeon|midwife|paramedic|porter|receptionist|pharmacist|dentist|matron|sister|registrar|clinician|manager|director"
    "|officer|employee|colleague|worker|whistle-?blower|insider|patient|mother|mum|father|dad|widow|widower|wife|husband|son|daughter|brother|parent"
    "|woman|man|girl|boy|lady|guy|person|someone|somebody|student|teacher|journalist|blogger|councillor|campaigner|complainant|claimant|author|writer"
)
_DESCRIBED = re.compile(
    rf"\b(?:the|that|this|our|a|an|one|same)\s+(?:[\w’'-]+\s+){{0,3}}?(?:{_PERSON})\s+(?:who|whose|that|from|at|of|behind|with|in|on|called|named)\s+\S"
    rf"|\b(?:{_PERSON})\s+(?:who|whose)\s+\S|\b(?:widow|widower|wife|husband|mother|mum|father|son|daughter|sister|brother|partner) of (?:the|a|our)\b"
    r"|\b(?:the|that|this|our)\s+(?:[\w’'-]+\s+){0,3}?(?:whistle-?blower|widow|widower|complainant|claimant|insider)\b",
    re.IGNORECASE,
)
_SHORTEST_JOINED = 7  # letters of an account that may be two names run together

# Where one person's letters or diary stand under a name of their own choosing.
_PERSONAL_HOSTS = (
    "substack.com", "medium.com", "wordpress.com", "blogspot.com", "blogspot.co.uk", "blogger.com", "tumblr.com", "ghost.io",
    "beehiiv.com", "buttondown.com", "buttondown.email", "livejournal.com", "typepad.com", "bearblog.dev", "micro.blog", "hashnode.dev",
    "write.as", "svbtle.com", "tinyletter.com", "mailchi.mp", "wixsite.com", "weebly.com", "neocities.org", "patreon.com", "ko-fi.com",
)  # fmt: skip
_SHARED_HOSTS = frozenset(("www", "feeds", "feed", "api", "m", "en", "rss"))
# In the name of a blog they say that a body or a group writes it.
_GROUP = re.compile(
    r"nhs|icb|ccg|trust|hospital|healthwatch|council|surgery|practice|patients?(?:group|voice|panel)|ppg|residents|friendsof|leagueof|campaign|keepour|saveour"
    r"|union|unison|unite|charity|foundation|society|association|network|alliance|federation|university|college|library|news|gazette|herald|times|post"
)  # fmt: skip
_QUERY_KEYS = frozenset(("q", "query", "search", "s", "term", "terms", "keyword", "keywords", "words", "phrase", "text", "p", "tag", "topic"))  # fmt: skip
_BEFORE_A_TOPIC = frozenset(("tag", "tags", "topic", "topics", "people", "person", "search", "about", "label", "keyword", "category", "hashtag"))  # fmt: skip

_PARTS = re.compile(rf"[,;:()/\d]+|\b(?:{'|'.join(word for word in _JOINS_TEXT.split() if word.isalpha())}|ask|ring|call)\b", re.IGNORECASE)  # fmt: skip

NOBODY: Collection[str] = ()


def in_term(term: str, allowed: Collection[str] = NOBODY, *, strict: bool = False) -> str:
    """The words of a plain phrase that read like a person's name, or single out one by their post; "" where none do.

    A tag or a bare account counts too.

    `allowed`: names that may be searched for. `strict`: words that are sought one by one, so that a hospital behind a
    name makes it no hospital's.
    """
    term = without(term, allowed)
    for word in term.split():
        bare = word.strip(",.;:!?\"“”'’()*")
        signed = bare[:1] in "#@＠＃" or "_" in bare or _MIXED.search(bare)
        if signed and (name := in_account(bare.lstrip("#@＠＃"))):
            return name
        if name := _run_together(plain(bare)):
            return name
    if _known(term):
        return ""
    if described := _DESCRIBED.search(term):
        return described[0]
    for match in _TITLED.finditer(term):
        if (
            match[1][:1].isupper()
            or plain(match[1]) in first_names()
            or plain(match[1]) not in words()
        ):
            return match[0]
    return _in_phrase(term, strict=strict) or post_holders.in_text(term)


def name_in(text: str) -> str:
    """The words of a sentence that read like a person's name, whatever post they hold; "" where none do.

    Each part between joining words stands for itself: of "Jane at the hospital" the hospital makes Jane no building.
    """
    for match in _TITLED.finditer(text):
        if match[1][:1].isupper() or plain(match[1]) in first_names():
            return match[0]
    return next(filter(None, (_in_phrase(part, strict=False) for part in _PARTS.split(text))), "")


def in_query(query: str, allowed: Collection[str] = NOBODY) -> str:
    """The same of a query in a platform's own language: phrases, and words that stand side by side."""
    query = without(query, allowed)
    for phrase in _PHRASE.findall(query):
        if name := in_term(phrase):
            return name
    for run in _OPERATOR.split(_PHRASE.sub(" | ", query)):
        if name := in_term(run, strict=True):
            return name
    return post_holders.in_text(_SHUT_OUT.sub(" ", query))


def in_account(account: str, allowed: Collection[str] = NOBODY) -> str:
    """The part of a handle, or of an address's host, that reads like a person's name: jo_icb_comms, JaneDoeNHS, jane-doe."""
    account = without(account, allowed)
    rest = plain(account)
    for phrase in called_after_joined():
        squashed = re.sub(r"[^a-z]", "", rest)
        if len(phrase) > 5 and phrase in squashed:
            return ""
    parts = [
        plain(part) for chunk in re.split(r"[\W\d_]+", account) for part in _CAMEL.findall(chunk)
    ]
    for before, part in zip(["", *parts], parts, strict=False):
        name = part if part in telling() else part.removesuffix("s")
        if name in telling() and before not in _BEFORE_A_SAINT and len(name) > 1:
            return name
        if split := _run_together(part):
            return split
    for first, second in pairwise(parts):
        if (
            first in first_names()
            and first not in words()
            and first not in places()
            and _is_family(second)
        ):
            return f"{first} {second}"
    return ""


def in_address(url: str, *, own: bool = False, allowed: Collection[str] = NOBODY) -> str:
    """What of a feed's or site's address names a person: a search, a topic, a blog of one writer, a domain; "" where nothing does.

    `own`: a site of the organisation, which may stand anywhere.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    for _, value in parse_qsl(parts.query):  # whatever a site calls what it looks for
        if name := in_query(value, allowed):
            return name
    steps = [unquote(step) for step in parts.path.split("/") if step]
    for before, step in zip(["", *steps], steps, strict=False):
        if before.lower() in _BEFORE_A_TOPIC and (
            name := in_term(step.replace("-", " ").replace("+", " "), allowed)
        ):
            return name
    return "" if own else _in_host(host, steps, allowed)


def searched_in(url: str) -> list[str]:
    """What an address searches for: a news search, a tag's feed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    steps = [unquote(step) for step in parts.path.split("/") if step]
    return [value for key, value in parse_qsl(parts.query) if key.lower() in _QUERY_KEYS] + [
        step.replace("-", " ").replace("+", " ")
        for before, step in zip(["", *steps], steps, strict=False)
        if before.lower() in _BEFORE_A_TOPIC
    ]


def _in_host(host: str, steps: list[str], allowed: Collection[str]) -> str:
    labels = [label for label in host.split(".") if label not in _SHARED_HOSTS]
    personal = next(
        (known for known in _PERSONAL_HOSTS if host == known or host.endswith(f".{known}")), ""
    )
    if personal:
        above = host.removesuffix(personal).strip(".").rpartition(".")[2]
        named = [step for step in steps if step.lower() not in _SHARED_HOSTS]
        whose = above if above and above not in _SHARED_HOSTS else (named[0] if named else host)
        rest = without(whose, allowed)
        if not rest.strip("@-_. "):
            return ""
        return in_account(whose, allowed) or ("" if _GROUP.search(plain(rest)) else whose)
    domain = (
        labels[-3]
        if len(labels) > 2 and len(labels[-2]) < 4
        else labels[-2]
        if len(labels) > 1
        else ""
    )
    name = in_account(domain, allowed)
    return "" if _GROUP.search(domain) and not _two_names(domain) else name


def _two_names(label: str) -> bool:
    """Whether a host's name is a given and a family name, whatever follows: jane-doe-nhs."""
    parts = re.split(r"[\W\d_]+", label)
    return any(
        first in telling() and second in surnames() and second not in words()
        for first, second in pairwise(parts)
    ) or any(bool(_run_together(part)) for part in parts)


def _known(phrase: str) -> bool:
    """Whether all of it is called after somebody."""
    return tuple(plain(token).replace("'", "") for token in _tokens(phrase)) in called_after()


def _in_phrase(phrase: str, *, strict: bool) -> str:
    tokens = _tokens(phrase)
    for start, end in _free_runs(tokens):
        run = tokens[start:end]
        after = {plain(word) for word in tokens[start + 1 :]} & BODY_WORDS
        if name := _name_in(run, tokens[start - 1] if start else "", () if strict else after):
            return name
    return ""


def _name_in(run: list[str], before: str, bodies: Collection[str]) -> str:
    """The name in words that nothing known stands between. `bodies`: words behind its beginning that speak of a body."""
    low = [plain(word).rstrip(".") for word in run]
    for at, name in enumerate(low):
        following = low[at + 1] if at + 1 < len(low) else ""
        previous = low[at - 1] if at else plain(before)
        if previous in _BEFORE_A_SAINT or name in _BEFORE_A_SAINT:
            continue
        whole_pair = len(run) == 2 and at == 0
        relieved = bool(bodies) and not (whole_pair and following in _ALSO_SURNAMES)
        base = name if name in telling() else name.removesuffix("'s")
        if base in telling() and not relieved:
            return " ".join(
                run[at : at + 2]
                if following in surnames() or _is_unknown(following)
                else run[at : at + 1]
            )
        if relieved or not following or following in BODY_WORDS - _ALSO_SURNAMES:
            continue
        titled = run[at][:1].isupper() and run[at + 1][:1].isupper()
        if _is_pair(name, following, titled=titled, alone=whole_pair):
            return " ".join(run[at : at + 2])
    return ""


def _is_pair(first: str, second: str, *, titled: bool, alone: bool) -> bool:
    """Whether two words are a given name that tells nothing by itself, or an initial, and a family name."""
    family = _is_family(second)
    if len(first) == 1:
        return family and alone and titled
    if first in first_names() and first not in words():
        if alone and titled and first not in places() and _is_unknown(second):
            return True
        return family and (first not in places() or titled)
    if first in first_names():  # a word as well: May, Grace, Mark
        return family and titled
    unknown = _is_unknown(first) and first not in places()
    return unknown and family and alone and titled and len(first) > 2


def _is_family(word: str) -> bool:
    return word in surnames() and word not in words() and word not in places()


def _is_unknown(word: str) -> bool:
    return (
        len(word) > 2
        and word.isalpha()
        and word not in words()
        and word not in places()
        and word not in BODY_WORDS
    )


def _run_together(word: str) -> str:
    """Two names, or a word and a name, written as one: janedoe, nursejane, drjodoe."""
    known = (words(), places(), surnames(), first_names(), BODY_WORDS)
    if len(word) < _SHORTEST_JOINED or not word.isalpha() or any(word in some for some in known):
        return ""
    if word.removesuffix("s") in words() or word in called_after_joined():
        return ""
    title = _TITLE.match(word)
    rest = word[title.end() :] if title else word
    if title and rest in telling():
        return word
    for at in range(2, len(rest) - 2):
        first, second = rest[:at], rest[at:]
        if (
            first in telling()
            and (len(first) > 3 or title)
            and (second in telling() or _is_family(second))
        ):
            return word
        if (
            first in telling()
            and len(first) > 4
            and len(second) > 5
            and _is_unknown(second)
            and not _GROUP.search(second)
        ):
            return word
        if second in telling() and len(first) > 4 and (first in words() or first in BODY_WORDS):
            return word
    return ""


def _tokens(phrase: str) -> list[str]:
    tokens = [
        match[0].strip(".") if len(match[0]) > 2 else match[0] for match in _WORD.finditer(phrase)
    ]
    return [
        token for token in tokens if plain(token) not in _PARTICLES or token[:1].islower() is False
    ]


def _free_runs(tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of words that no joining word and nothing known stands in."""
    low = [plain(token).replace("'", "") for token in tokens]
    known = [word in _JOINS for word in low]
    longest = longest_called_after()
    for start in range(len(low)):
        for end in range(min(len(low), start + longest), start, -1):
            if tuple(low[start:end]) in called_after():
                known[start:end] = [True] * (end - start)
                break
    start = 0
    for at in range(len(low) + 1):
        if at == len(low) or known[at]:
            if at > start:
                yield start, at
            start = at + 1


# Berwick-upon-Tweed: by its parts it would be two family names
_TOWN = re.compile(r"[^\W\d_]+-[^\W\d_]+-[^\W\d_]+")


def without(text: str, allowed: Iterable[str]) -> str:
    """A text without the names that may stand in it, spelt apart or run together as accounts have them, and without towns of three words."""
    text = _TOWN.sub(lambda match: " " if plain(match[0]) in places() else match[0], text)
    for name in allowed:
        parts = [re.escape(part) for part in plain(name).split()]
        folded = plain(text)
        if not parts or len(folded) != len(text):
            continue
        pattern = re.compile(r"(?<![a-z])" + r"[\s._+%-]*".join(parts))
        for match in reversed(list(pattern.finditer(folded))):
            if not text[match.end() : match.end() + 1].islower():
                text = f"{text[: match.start()]} {text[match.end() :]}"
    return text
