"""An author's own words: what a post only carries along is set apart before it is read.

Handles that lead a reply, quoted blocks, the marks of Markdown and BBCode, undecoded entities, and
the signatures and footers of mails. The text keeps its length, so that each offset in it is one of the
text as given; quotations inside a sentence stay. Where in doubt, words stay.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from classify.text.clean import joined

Span = tuple[int, int]

_NOTHING = "\u200b"  # zero-width space: takes a place, and `normalise` and `clean` drop it
_MOST_PASSES = 8  # setting one thing apart may lay another bare; people's posts take two
_NOT_A_BREAK = re.compile(r"[^\r\n]")
_LETTER = re.compile(r"[^\W\d_]")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.I)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """`text`, as long as the text as given, with blanks for what is set apart (line breaks stay).

    Inside a word, zero-width spaces stand for blanks. `answered` are the leading handles, without @, as
    the author wrote them. `with_quoted` is the same with the words that it quotes or signs with; "" where
    there are none.
    """

    text: str
    answered: tuple[str, ...]
    with_quoted: str = ""


def own_words(text: str, platform: str = "", kind: str = "") -> OwnWords:
    """The author's own words in a text from one of `PLATFORMS`, of one of `KINDS` (both may be "").

    Quoted words stay where nothing else has a letter, and in what passes them on: a report, or a mail
    with a forwarded message. Takes time in proportion to the text; what is set apart once stays so:
    the words of the words are the same.
    """
    if platform not in _MARKED_UP and _is_bare(text):
        return OwnWords(text, ())
    words, answered = _set_apart(text, platform, kind)
    with_quoted = ""
    if platform == "email" or any(sign in text for sign in _QUOTING):
        with_quoted, _ = _set_apart(text, platform, kind, keeps=True)
    return OwnWords(words, answered, with_quoted if with_quoted != words else "")


def _set_apart(
    text: str, platform: str, kind: str, *, keeps: bool = False
) -> tuple[str, tuple[str, ...]]:
    """The text without what is no word of its author, or, with `keeps`, without marks and handles alone; the handles."""
    answered: list[str] = []
    for _ in range(_MOST_PASSES):
        before = text
        text = _decoded(text)
        if platform == "email" and not keeps:
            text = _without_footers(text)
        text = _unescaped(text, platform == "reddit")
        text, handles = _without_handles(text)
        answered += handles
        text = _without_marks(text, platform == "reddit")
        text = _without_tracking(text)
        text = _without_quotes(text, platform, kind, keeps=keeps)
        if text == before:
            break
    return text, tuple(dict.fromkeys(answered))


_MARKED_UP = ("email", "reddit")  # where signs are marks that elsewhere are none
_QUOTING = (">", "&", "[", "riginally ")  # without one of them only a mail sets words apart
_SIGNS = (">", "*", "\\", "[", "~~", "# ", "riginally ", "eply", "utm_", "clid=", "igshid=")


def _is_bare(text: str) -> bool:
    """Whether nothing in a post may be set apart: for the ordinary post the look-up is all it takes."""
    return not (
        any(sign in text for sign in _SIGNS)
        or ("@" in text and _LEADING.match(text))
        or ("&" in text and ";" in text)
    )


def _erased(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks for these spans."""
    return _filled(text, [(start, end, " ") for start, end in joined(spans)])


def _closed_up(text: str, spans: Iterable[Span]) -> str:
    """The text without these marks: nothing is read in their place where both neighbours are no blanks."""
    return _filled(
        text,
        [
            (start, end, _NOTHING if _is_inside(text, start, end) else " ")
            for start, end in sorted(spans)
        ],
    )


def _is_inside(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and not (text[start - 1].isspace() or text[end].isspace())


def _filled(text: str, fillings: Sequence[tuple[int, int, str]]) -> str:
    """The text with each of the spans, which are in order and apart, filled with a sign."""
    if not fillings:
        return text
    pieces: list[str] = []
    place = 0
    for start, end, sign in fillings:
        pieces += text[place:start], _NOT_A_BREAK.sub(sign, text[start:end])
        place = end
    pieces.append(text[place:])
    return "".join(pieces)


# ── Entities that nobody decoded. ─────────────────────────────────────────────────────────────────

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")


def _decoded(text: str) -> str:
    """Each entity as its sign, and then blanks, or zero-width spaces before more of the word."""
    if "&" not in text or ";" not in text:
        return text
    return _ENTITY.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    written = match.group()
    sign = html.unescape(written).replace("\xa0", " ")
    if sign == written or len(sign) >= len(written):
        return written
    following = match.string[match.end() : match.end() + 1]
    filling = " " if sign.isspace() or not following or following.isspace() else _NOTHING
    return sign + filling * (len(written) - len(sign))


# ── Whom a post answers. ──────────────────────────────────────────────────────────────────────────

# On the fediverse with their server, on Bluesky and Instagram with dots, on YouTube with '-ab1cd'; '@5pm' is
# a time. A word that stands right after a dot or a hyphen stays one.
_HANDLE = (
    r"@\u200b{0,40}+(?!\d{1,4}(?:[ap]m)?\b)(?:[\w\u200b.-]{1,64}@[\w-]{1,63}\.[\w.-]{0,190}\w"
    r"|\w[\w\u200b]{0,64}(?:(?:\.[a-z0-9_]|-[a-z0-9-]{1,60}\.[a-z]|-(?=[a-z]{0,8}\d)\w)[a-z0-9_]{0,62}){0,6})"
)
_GAP = r"[\s,;:/|+&\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_LEADING = re.compile(
    rf"(?:{_GAP}|[.>](?=\s{{0,3}}@)|(?:RT|MT|and)\b(?=\W{{0,4}}@))*+{_HANDLE}(?:['’]s\b)?"
    rf"(?:{_GAP}|[.!-](?=\s)|-(?=\s)|–|—)*+"
)
_ANSWERS = re.compile(r"[^\S\n]*(?:replying|in reply) to\b:?[^\S\n]*\n?", re.IGNORECASE)
_OTHERS = re.compile(r"[^\S\n]*(?:and[^\S\n]+)?\d{1,4}[^\S\n]+(?:more|others?)\b", re.IGNORECASE)
# WordPress names them: "In reply to Jane Smith."
_NAMED = re.compile(r"(?:[A-Z][\w'’-]{0,30}[^\S\n]{0,3}){1,4}[.:]?[^\S\n]*\n")


def _without_handles(text: str) -> tuple[str, list[str]]:
    """The text without the handles and the 'Replying to' that lead it; and the handles."""
    place, handles = 0, list[str]()
    while True:
        if answers := _ANSWERS.match(text, place):
            named = _NAMED.match(text, answers.end())
            if named is None and not _LEADING.match(text, answers.end()):
                break
            place = named.end() if named else answers.end()
        leading = _LEADING.match(text, place)
        if leading:
            handles.append(leading.group(0))
            place = leading.end()
        elif others := _OTHERS.match(text, place) if handles else None:
            place = others.end()
        elif not answers:
            break
    return _erased(text, [(0, place)]), [_name(handle) for handle in handles]


_NAME = re.compile(_HANDLE)


def _name(leading: str) -> str:
    match = _NAME.search(leading)
    return match.group()[1:].replace(_NOTHING, "") if match else ""


# ── Marks that a page would not show. ─────────────────────────────────────────────────────────────

_LINK = re.compile(
    r"(!?\[)[^\[\]\n]{0,500}+(\]\((?:https?://|www\.|mailto:|/)[^\s()]{0,3000}+"
    r"(?:\([^\s()]{0,300}+\)[^\s()]{0,300}+)?(?=[^\S\n]{1,3}\"[^\"\n]{0,200}+\"\)|\)))"
    r"(?:[^\S\n]{1,3}\"[^\"\n]{0,200}+\")?(\))"
)
_LINE_MARKS = re.compile(r"^[^\S\n]*+(?:(?:#{1,6}|\*)[^\S\n]++)++", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?=_\w|[*#@]\w|\*)")
_REDDIT_ESCAPE = re.compile(r"\\(?=[_*#@~>.!()\[\]{}+`^-])")
_SPOILER = re.compile(r">!(?=\S)|(?<=\S)!<|\n")
_STRESS = re.compile(r"\*+|~~+")
_REDDIT_STRESS = re.compile(r"\*+|~~+|_+|`+|\^(?=[(\w])")
_WIDEST = 3_000  # characters of what is stressed
# What a mark beside another left of a word: '**ck this sh**' is no bold.
_BEHEADED = (
    *("ck", "cks", "cker", "cking", "uck", "ucks", "ucker", "ucking", "nt", "nts", "unt", "unts"),
    *("tch", "itch", "sshole", "tard", "nk", "nker", "gger", "stard"),
)
_BEGUN = (
    *("f", "fu", "fuc", "c", "cu", "cun", "s", "sh", "shi", "b", "bi", "bas", "bast", "t", "tw"),
    *("twa", "w", "wa", "wan", "p", "pr", "d", "ni", "nig"),
)


def _unescaped(text: str, reddit: bool) -> str:
    """The text without the backslash of 'NHS\\_NWLondon': the sign after it is meant as it stands."""
    if "\\" not in text:
        return text
    return (_REDDIT_ESCAPE if reddit else _ESCAPE).sub(_NOTHING, text)


def _without_marks(text: str, reddit: bool) -> str:
    """The text without what Markdown's signs are for; all words stay, but for a link's address."""
    if "](" in text:
        text = _closed_up(
            text, [link.span(part) for link in _LINK.finditer(text) for part in (1, 2, 3)]
        )
    if "# " in text or "* " in text:
        text = _erased(text, _line_marks(text, reddit))
    if ">!" in text and "!<" in text:
        text = _closed_up(text, _spoilers(text))
    if reddit or "*" in text or "~~" in text:
        text = _closed_up(text, _stresses(text, reddit))
    return text


def _line_marks(text: str, reddit: bool) -> list[Span]:
    """The marks of headings and lists; elsewhere than on Reddit one star alone is a name blacked out."""
    marks = list(_LINE_MARKS.finditer(text))
    is_list = reddit or sum("*" in mark.group() for mark in marks) > 1
    return [mark.span() for mark in marks if is_list or "*" not in mark.group()]


def _spoilers(text: str) -> list[Span]:
    """The marks of >!what is hidden!<, each pair on its line."""
    spans: list[Span] = []
    opening: Span | None = None
    for sign in _SPOILER.finditer(text):
        if sign.group() == ">!":
            opening = opening or sign.span()
        else:
            if opening and sign.group() == "!<":
                spans += opening, sign.span()
            opening = None
    return spans


def _stresses(text: str, reddit: bool) -> list[Span]:
    """The marks around *what is stressed* or ~~struck out~~: each closing one with its nearest opening one."""
    spans: list[Span] = []
    openings: dict[str, list[Span]] = {}
    for run in (_REDDIT_STRESS if reddit else _STRESS).finditer(text):
        mark, (start, end) = run.group(), run.span()
        if mark == "^":
            spans.append((start, end))
            continue
        if len(mark) > 3:
            continue
        before, after = text[start - 1 : start] or " ", text[end : end + 1] or " "
        waiting = openings.setdefault(mark, [])
        if waiting and not before.isspace() and before != _NOTHING and not _in_word(after):
            opening = waiting.pop()
            if _is_stressed(text[opening[1] : start][: _WIDEST + 1], reddit):
                spans += opening, (start, end)
        elif not (_in_word(before) or before in "@#/\\" or after.isspace() or after == _NOTHING):
            waiting.append((start, end))
    return spans


def _in_word(char: str) -> bool:
    return char.isalnum() or char in ("_", _NOTHING)


def _is_stressed(words: str, reddit: bool) -> bool:
    return (
        len(words) <= _WIDEST
        and "\n\n" not in words
        and any(map(str.isalnum, words))
        and (reddit or not _is_censored(words.lower()))
    )


def _is_censored(words: str) -> bool:
    return words.split(None, 1)[0] in _BEHEADED or words.rsplit(None, 1)[-1] in _BEGUN


_TRACKING = re.compile(
    r"(?<=[\w/=])[?&](?:utm_[a-z]{1,20}|[a-z]{1,5}clid|igshid)=[^\s&#<>\"')\]]{0,500}+"
)


def _without_tracking(text: str) -> str:
    """The text without what a link says of where it was shared; a post that is only a link stays."""
    if ("utm_" in text or "clid=" in text or "igshid=" in text) and _has_words(text):
        return _closed_up(text, [key.span() for key in _TRACKING.finditer(text)])
    return text


# What asks people to follow a link: there the link is what may be a trap.
_FOLLOW = re.compile(
    r"\b(?:click\w*|tap|log(?:ged)?[ -]?(?:in|on)|sign[ -]?in|verif\w+|confirm\w*|claim|pay(?:ment)?|pins?|passwords?|passcodes?|credentials|bank|cards?"
    r"|download\w*|scan|install\w*|update your|(?:this|the|that|following|below) link|link below|leak\w*)\b",
    re.IGNORECASE,
)
_OFFICIAL_LOOK = re.compile(r"(?:https?://|www\.)[^\s/]*(?:nhs|gov|health|login|secure)", re.I)


def without_links(text: str) -> str:
    """The text with blanks for its links, of the same length: nobody guesses at what is behind one (codebook, section 4).

    A link that somebody is asked to follow stays, as does one that looks like an official site, and one beside which nothing is said.
    """
    if "://" not in text and "www." not in text.lower():
        return text
    if _FOLLOW.search(text) or _OFFICIAL_LOOK.search(text) or not _has_words(text):
        return text
    return _erased(text, [link.span() for link in _URL.finditer(text)])


# ── Words of others. ──────────────────────────────────────────────────────────────────────────────

_MARK = r"[^\S\n]*+>(?:[^\S\n]*+>)*+"
_QUOTED_LINE = re.compile(rf"^({_MARK})([^\n]*)", re.MULTILINE)
_NO_QUOTE = re.compile(r"[:;=8]['-]?[()\[\]DPpOo/|\\@]|[._-]|=|\d")  # >:( >_< >= >50
_BBCODE = re.compile(r"\[(/?)quote(?:[=\s][^\[\]\n]{0,200}+)?\]", re.IGNORECASE)
_ON = re.compile(r"^[^\S\n]*(?:-{2,4}[^\S\n]*)?On\b", re.MULTILINE)
_ON_WROTE = re.compile(
    r"[^\n]*(?:\n(?!\s*\n)[^\n]*){0,3}?\bwrote[^\S\n]*(?::|-{2,4})[^\S\n]*(?=\n)"
)
_LONGEST_HEADING = 400  # characters
_QUOTE_FOLLOWS = re.compile(r"(?:[^\S\n]*\n){1,5}[^\S\n]*>")
_POSTED = re.compile(
    r"^[^\S\n]*(?:quote:[^\S\n]*\n[^\S\n]*)?originally (?:posted|written) by\b[^\n]{0,200}",
    re.IGNORECASE | re.MULTILINE,
)
_EXPAND = re.compile(r"^[^\S\n]*Click to expand(?:…|\.\.\.)?[^\S\n]*$", re.MULTILINE)
_LONGEST_POST = 5_000  # characters
_FORWARD = re.compile(
    r"^[^\S\n]*(?:-{2,}[^\S\n]*Forwarded message|Begin forwarded message|-{2,}[^\S\n]*Forwarded by)\b",
    re.IGNORECASE | re.MULTILINE,
)


def _without_quotes(text: str, platform: str, kind: str, *, keeps: bool) -> str:
    """The text without quoted blocks; with their words but not their marks where these are the post."""
    blocks, marks = _quotes(text, platform)
    if not blocks and not marks:
        return text
    alone = _erased(text, blocks + marks)
    passed_on = kind == "report" or (platform == "email" and _FORWARD.search(text))
    if keeps or passed_on or not _has_words(alone):
        return _erased(text, marks)
    return alone


def _has_words(text: str) -> bool:
    signs = _LETTER.finditer(_NAME.sub(" ", _URL.sub(" ", text)))
    return any(
        sign.group().isalpha() for sign in signs
    )  # ¼ is a sign of words to `re`, and no letter


def _quotes(text: str, platform: str) -> tuple[list[Span], list[Span]]:
    """Where quoted blocks stand, and what only marks them as such."""
    blocks: list[Span] = []
    marks: list[Span] = []
    if ">" in text:
        for line in _QUOTED_LINE.finditer(text):
            if platform in _MARKED_UP or not _NO_QUOTE.match(line.group(2)):
                blocks.append(line.span())
                marks.append(line.span(1))
        if blocks and "wrote" in text:
            blocks += [
                heading.span()
                for heading in _headings(text)
                if _QUOTE_FOLLOWS.match(text, heading.end())
            ]
    if "[" in text:
        spans, tags = _bbcode(text)
        blocks += spans
        marks += tags
    if "riginally " in text:
        blocks += _posted(text)
    if platform == "email":
        blocks += _history(text)
    return blocks, marks


def _headings(text: str) -> Iterator[re.Match[str]]:
    """'On 3 Nov 2026, at 10:02, Jane wrote:', over up to four lines."""
    for begin in _ON.finditer(text):
        start = begin.start()
        if heading := _ON_WROTE.match(text, start, start + _LONGEST_HEADING):
            yield heading


def _bbcode(text: str) -> tuple[list[Span], list[Span]]:
    """Each outermost [quote]…[/quote], and all of these tags."""
    blocks: list[Span] = []
    openings: list[int] = []
    tags = list(_BBCODE.finditer(text))
    for tag in tags:
        if not tag.group(1):
            openings.append(tag.start())
        elif openings:
            blocks.append((openings.pop(), tag.end()))
    return blocks, [tag.span() for tag in tags]


def _posted(text: str) -> Iterator[Span]:
    """'Originally posted by jane' and her words: to the button of the forum, else to a blank line."""
    for heading in _POSTED.finditer(text):
        start, end = heading.end(), heading.end() + _LONGEST_POST
        ends = _EXPAND.search(text, start, end) or _BREAK.search(text, start, end)
        yield heading.start(), ends.end() if ends else start


# ── Mails that come whole: `collectors.inbox` takes those apart that it is sent. ──────────────────

_ORIGINAL = re.compile(
    r"^[^\S\n]*(?:-{2,6}[^\S\n]*Original Message\b|\*?From:\*?[^\S\n]*\S)", re.M | re.I
)
_ADDRESS_LINE = re.compile(r"[ *]*(?:Sent|Date|To|Cc|Subject|Reply-To):", re.IGNORECASE)
_MOMENT = re.compile(r"\d{1,2}[:.]\d\d|@")  # a clock time or an address: a program wrote the line
_BREAK = re.compile(r"\n[^\S\n]*\n")
_DEVICE = re.compile(
    r"^[^\S\n]*(?:sent (?:from|via|with) (?:[\w'’-]{1,20}[^\S\n]){0,4}?(?:iphone|ipad|android|samsung|galaxy"
    r"|mobile|phone|blackberry|huawei|pixel|windows|nokia|tablet|outlook|yahoo|gmail|e?mail)\b[^\n]{0,40}"
    r"|get outlook for [^\n]{0,40})$",
    re.IGNORECASE | re.MULTILINE,
)
_SIGN_OFF = re.compile(
    r"\s*(?i:(?:(?:with|many|kind|kindest|best|warm|warmest|all the)\s+){0,3}"
    r"(?:regards|wishes|thanks|thank you|best|cheers|sincerely|yours (?:sincerely|faithfully|truly)))"
    r"[\s,.!]*(?:[A-Z][\w'’-]{0,20}[\s,.]*){0,2}$"
)
_DASHES = re.compile(r"[^\S\n]*(?:--|—+|_{2,})\s*$")
_SPEAKS = re.compile(
    r"\b(?:I|I['’]\w+|me|my|myself|you|your|he|she|her|him|his|they|them)\b|\bp\.?s\b"
    r"|\bNHS (?:no|num)|\bD\.?O\.?B\b|\bborn\b",
    re.IGNORECASE,
)
_MOST_LINES, _LONGEST_LINE, _SENTENCE = 14, 90, 7  # of a signature; words of a sentence
_FOOTER = re.compile(
    r"intended recipient|intended (?:solely|only) for|intended for the (?:named|addressee)|legally privileged"
    r"|attachments?\b.{0,60}\b(?:is|are) (?:strictly )?confidential|before printing"
    r"|(?:has been|was) (?:virus )?(?:scanned|checked for viruses)|nhsmail is the secure"
    r"|views expressed in this (?:e-?mail|message)",
    re.IGNORECASE | re.DOTALL,
)
_FOOTER_BEGINS = re.compile(
    r"^[\W_]*(?:(?:the information (?:contained )?in |the contents of |any views expressed in )?"
    r"this (?:e-?mail|message|communication|transmission)|if you are not the|disclaimer\b|confidential"
    r"|please (?:consider|think)|nhsmail is)",
    re.IGNORECASE | re.MULTILINE,
)


def _history(text: str) -> list[Span]:
    """What a mail answers, without marks: from the line that a program puts over it to the end."""
    begins = [
        heading.start()
        for heading in _headings(text)
        if _MOMENT.search(heading.group()) and not _QUOTE_FOLLOWS.match(text, heading.end())
    ]
    begins += [
        original.start()
        for original in _ORIGINAL.finditer(text)
        if "-" in original.group() or _has_addresses(text, original.start())
    ]
    return [(min(begins), len(text))] if begins else []


def _has_addresses(text: str, start: int) -> bool:
    lines = text[start : start + 2_000].split("\n")[1:9]
    return sum(bool(_ADDRESS_LINE.match(line)) for line in lines) >= 2


def _without_footers(text: str) -> str:
    """The text without signatures and what gateways and lawyers add."""
    text = _erased(text, [device.span() for device in _DEVICE.finditer(text)])
    text = _erased(text, list(_disclaimers(text)))
    ends = [begin for begin, _ in _history(text)]
    ends += [forward.start() for forward in _FORWARD.finditer(text)]
    return _erased(text, list(_signatures(text, min(ends, default=len(text)))))


def _disclaimers(text: str) -> Iterator[Span]:
    """Each paragraph that holds a known footer, from the line where its known words begin."""
    for start, end in _paragraphs(text):
        if _FOOTER.search(text, start, end) and (begins := _FOOTER_BEGINS.search(text, start, end)):
            yield begins.start(), end


def _paragraphs(text: str) -> Iterator[Span]:
    place = 0
    for gap in _BREAK.finditer(text):
        yield place, gap.start()
        place = gap.end()
    yield place, len(text)


def _signatures(text: str, until: int) -> Iterator[Span]:
    """Names and titles below '--' or a sign-off, where the mail or what it quotes next ends."""
    lines: list[Span] = []
    place = 0
    for line in f"{text[:until]}\n>".split("\n"):
        if line.lstrip().startswith(">") or _ON.match(line):
            if span := _signature(text, lines):
                yield span
            lines = []
        elif line.strip():
            lines.append((place, place + len(line)))
        place += len(line) + 1


def _signature(text: str, lines: Sequence[Span]) -> Span | None:
    """The signature by which these written lines end; a bare 'Thanks!' is none."""
    for number in range(max(1, len(lines) - _MOST_LINES - 1), len(lines) - 1):
        line = text[slice(*lines[number])]
        if (_SIGN_OFF.match(line) or _DASHES.match(line)) and _is_signature(
            [text[slice(*span)].strip() for span in lines[number + 1 :]]
        ):
            return lines[number][0], lines[-1][1]
    return None


def _is_signature(lines: Sequence[str]) -> bool:
    return not any(
        len(line) > _LONGEST_LINE
        or _SPEAKS.search(line)
        or (line[-1] in ".?!" and len(line.split()) >= _SENTENCE)
        for line in lines
    )
