"""A reporter's own words in a mail: without quoted history, signature and legal footer.

Where in doubt a line stays: what is taken off is only what a mail program, a gateway or a habit puts
there in a known form, and the whole body is kept beside it. For English mail; the libraries for it cut
at the first "Thanks," wherever it stands, and would lose reports.
"""

from __future__ import annotations

import base64
import html
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Words:
    """`own` is what the sender wrote, `passed_on` what they forwarded; each may be empty."""

    own: str
    passed_on: str

    @property
    def text(self) -> str:
        """Both, the sender's own words first."""
        return "\n\n".join(part for part in (self.own, self.passed_on) if part)


def own_words(body: str, subject: str) -> Words:
    """A mail's plain body taken apart. What a reply quotes is left out, what is forwarded stays.

    A mail that would have no words left keeps all of them.
    """
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((n for n in range(len(lines)) if _history_begins(lines, n)), len(lines))
    own, history = lines[:start], lines[start:]
    forwarded = bool(_FORWARDS.match(subject) or any(map(_FORWARDED.match, history[:2])))
    if not forwarded:
        own += _below_quotation(history)
    words = _unsigned(_without_footers("\n".join(own))).strip()
    keeps_history = forwarded or not words
    return Words(words, _without_footers("\n".join(history)).strip() if keeps_history else "")


# ── What was quoted from earlier mails. ───────────────────────────────────────────────────────────

_FORWARDS = re.compile(r"\s*(?:re:\s*)?(?:fwd?|fw)\s*:", re.IGNORECASE)
_FORWARDED = re.compile(r"[\W_]*(?:begin )?forwarded\b", re.IGNORECASE)
_MARK = re.compile(
    r"\W*(?:begin forwarded message|-{2,} ?(?:forwarded|original) message|-+ ?forwarded by)\b",
    re.IGNORECASE,
)
# "On Tue, 24 Nov 2026 at 09:05, Ana <ana@example.org> wrote:", broken over up to three lines. Without
# an address it may be the reporter who says what somebody wrote.
_WROTE = re.compile(r"On\b(?=.{0,200}\d)(?=.{0,390}@).{4,400}\bwrote:$", re.DOTALL)
_FROM = re.compile(r"[ *]*From:[ *]*\S")
_HEADING = re.compile(r"[ *]*(?:Sent|Date|To|Cc|Subject|Reply-To):")
_RULE = re.compile(r"\s*(?:_{10,}|\*{10,}|-{20,}|={20,})\s*$")


def _history_begins(lines: Sequence[str], at: int) -> bool:
    """By the forms of Gmail and Apple ("On … wrote:"), and of Outlook (a block of headers)."""
    line = lines[at]
    if line.startswith("On "):
        return any(_WROTE.match("\n".join(lines[at : at + n]).strip()) for n in (1, 2, 3))
    if _MARK.match(line):
        return True
    rule = bool(_RULE.match(line))
    if not (rule or _FROM.match(line)):
        return False
    block = [line for line in lines[at + rule : at + 14] if line.strip()]
    return bool(
        block and _FROM.match(block[0]) and sum(map(bool, map(_HEADING.match, block[1:7]))) >= 2
    )


def _below_quotation(history: Sequence[str]) -> list[str]:
    """What stands under a quotation whose every line begins with >."""
    quoted = next((n for n, line in enumerate(history[:6]) if line.startswith(">")), len(history))
    after = (n for n, line in enumerate(history) if n > quoted and line.strip() and line[0] != ">")
    return list(history[next(after, len(history)) :])


# ── What stands below a name. ─────────────────────────────────────────────────────────────────────

_SIGN_OFF = re.compile(
    r"\s*(?i:(?:(?:with|many|kind|kindest|best|warm|warmest|all the)\s+){0,3}"
    r"(?:regards|wishes|thanks|thank you|best|cheers|yours (?:sincerely|faithfully)))"
    r"[\s,.!]*(?:[A-Z][\w'-]{0,20}[\s,.]*){0,2}$"
)
_GREETING = re.compile(
    r"\s*(?:hi|hello|dear|hey|good (?:morning|afternoon))\b.{0,40}$", re.IGNORECASE
)
_DEVICE = re.compile(
    r"\s*(?:sent from (?:my |outlook|yahoo|samsung|mail\b)|get outlook for )", re.IGNORECASE
)
_POSTSCRIPT = re.compile(r"p\.?\s?s\b", re.IGNORECASE)
_LONGEST, _WIDEST, _SENTENCE = 14, 90, 7  # lines and characters of a signature; words of a sentence


def _unsigned(text: str) -> str:
    """Without the signature: after "-- " (RFC 3676, 4.3), or after a sign-off by which a mail ends."""
    lines = [line for line in text.split("\n") if not _DEVICE.match(line)]
    marked = next((n for n, line in enumerate(lines) if n and line in ("--", "-- ")), len(lines))
    lines = lines[:marked]
    written = [number for number, line in enumerate(lines) if line.strip()]
    begins = next((n for n, at in enumerate(written) if not _GREETING.match(lines[at])), 0) + 1
    for place in range(max(begins, len(written) - _LONGEST - 1), len(written)):
        following = [lines[at].strip() for at in written[place + 1 :]]
        if _SIGN_OFF.match(lines[written[place]]) and _is_signature(following):
            return "\n".join(lines[: written[place]])
    return "\n".join(lines)


def _is_signature(written: Sequence[str]) -> bool:
    return (
        not any(len(line) > _WIDEST or _POSTSCRIPT.match(line) for line in written)
        and not any(line[-1] in ".?!" and len(line.split()) >= _SENTENCE for line in written)
        # "Thanks", and then the link that it is about
        and not any(_is_link(line) for line in written[:3])
    )


def _is_link(line: str) -> bool:
    link = next(links(line), "")
    return bool(link) and " " not in line and is_deep(link)


# ── What gateways and lists add. ──────────────────────────────────────────────────────────────────

_FOOTER = re.compile(
    r"intended recipient|intended (?:solely|only) for|intended for the (?:named|addressee)"
    r"|legally privileged|before printing|(?:has been|was) (?:virus )?(?:scanned|checked for viruses)"
    r"|nhsmail is the secure|joining nhsmail|views expressed in this (?:e-?mail|message)",
    re.IGNORECASE,
)
_FOOTER_BEGINS = re.compile(
    r"[\W_]*(?:(?:(?:the information (?:contained )?in|the contents of|any views expressed in"
    r"|views expressed in) )?this (?:e-?mail|message|communication|transmission)"
    r"|if you are not the|disclaimer\b|confidential|important\b|please (?:consider|think)"
    r"|nhsmail is|for more information and to find out how you can switch)",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"[\W_]*(?:(?:caution|warning|external)\b.{0,40}\b(?:e-?mail|message|sender)\b"
    r"|this (?:e-?mail|message) (?:has )?originated\b).{0,60}\b(?:outside|external|trust|know)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\[(?:cid:[^\]\n]{1,200}|image: [^\]\n]{0,200})\]")  # of a picture


def _without_footers(text: str) -> str:
    """Without the gateways' and lawyers' paragraphs, each from the line where its known words begin."""
    paragraphs: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", _PLACEHOLDER.sub("", text)):
        lines = [
            line for line in paragraph.split("\n") if not (_RULE.match(line) or _BANNER.match(line))
        ]
        if _FOOTER.search(" ".join(lines)):
            begins = (n for n, line in enumerate(lines) if _FOOTER_BEGINS.match(line))
            lines = lines[: next(begins, len(lines))]
        if any(line.strip() for line in lines):
            paragraphs.append("\n".join(lines).strip("\n"))
    return "\n\n".join(paragraphs)


# ── The link that a mail reports, out of the wrappers of mail gateways. ───────────────────────────

# People also write "facebook.com/groups/…"; of other hosts an address must say that it is one.
_PLATFORMS = (
    r"(?:facebook|fb|twitter|x|instagram|linkedin|youtube|reddit|tiktok|pinterest|threads|nextdoor)"
    r"\.(?:com|net|co\.uk)|fb\.watch|youtu\.be|bsky\.app|t\.me"
)
_LINK = re.compile(
    r"(?:(?<![a-z0-9])https?://|(?<![\w@./-])(?:www\.|(?:[a-z-]{1,8}\.)?(?:" + _PLATFORMS + r")/))"
    r"[^\s<>\"\x00-\x1f\u200b]{1,8000}",
    re.IGNORECASE,
)
_TAIL = (
    ".,;:!?'\"*_|\u2019\u201d\u2026"  # ends a sentence, a quotation or a bold word, not an address
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_DEEPEST = 5  # wrappers in wrappers: two gateways and a redirect
# Redirects that carry their target in a key: Microsoft Safe Links, Google, Meta.
_CARRIERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"(?:.+\.)?safelinks\.protection\.(?:outlook\.com|office365\.us)", "/", ("url",)),
    (r"statics\.teams\.cdn\.office\.net", "/evergreen-assets/safelinks/", ("url",)),
    (r"(?:www\.)?google\.(?:com|co\.uk)", "/url", ("q", "url")),
    (r"lm?\.(?:facebook|instagram)\.com", "/", ("u",)),
)
_DEFENSE = re.compile(r"urldefense\.(?:proofpoint\.)?(?:com|us)")
_V3 = re.compile(r"/v3/__(.+?)__;([A-Za-z0-9_=-]*)!")
_RUNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"  # A stands for 2
_PLAIN_HOST = re.compile(r"^(?:www|m|mobile)\.")


def links(text: str) -> Iterator[str]:
    """The http(s) addresses in a text, in order, unwrapped and without what the sentence adds."""
    for match in _LINK.finditer(text):
        link = _trimmed(match[0])
        link = link if link.lower().startswith("http") else f"https://{link}"
        if _readable(link):
            yield unwrapped(link)


def without_wrappers(text: str) -> str:
    """The text with each wrapped link as the address that it leads to."""
    return _LINK.sub(lambda match: _bare(match[0]), text)


def host_of(link: str) -> str:
    """Where it stands, as people say it: facebook.com for https://m.facebook.com/…"""
    return _PLAIN_HOST.sub("", (urlsplit(link).hostname or "").lower())


def is_deep(link: str) -> bool:
    """Whether it leads to a page, and not only to a site, as those in signatures mostly do."""
    parts = urlsplit(link)
    return bool(parts.path.strip("/") or parts.query)


def unwrapped(link: str) -> str:
    """The address that a gateway or redirect wraps; the link itself where there is none in it."""
    for _ in range(_DEEPEST):
        inner = _inside(link)
        if not _readable(inner):
            break
        link = inner
    return link


def _bare(written: str) -> str:
    link = _trimmed(written)
    bare = unwrapped(link) if _readable(link) else link
    return bare + written[len(link) :]


def _inside(link: str) -> str:
    parts = urlsplit(link)
    host = (parts.hostname or "").lower()
    if _DEFENSE.fullmatch(host):
        return _defended(link, parse_qs(parts.query))
    for pattern, path, keys in _CARRIERS:
        if re.fullmatch(pattern, host) and parts.path.startswith(path):
            params = parse_qs(parts.query)
            return next((params[key][0] for key in keys if key in params), "")
    return ""


def _defended(link: str, params: Mapping[str, list[str]]) -> str:
    """What Proofpoint's URL Defense wraps, by the decoder that Proofpoint publishes (v1, v2, v3)."""
    written = params.get("u", [""])[0]
    if "/v1/" in link:
        return html.unescape(unquote(written))
    if "/v2/" in link:  # parse_qs has decoded it once, which leaves - and _ as they stand
        return html.unescape(unquote(written.translate(str.maketrans("-_", "%/"))))
    match = _V3.search(link)
    if not match:
        return ""
    target = re.sub(r"^([a-z0-9+.-]+:/)([^/])", r"\1/\2", unquote(match[1]))
    try:
        taken = iter(base64.urlsafe_b64decode(match[2] + "==").decode())
        return re.sub(r"\*(?:\*(.))?", lambda mark: _run(taken, mark[1]), target)
    except (ValueError, StopIteration):
        return ""


def _run(taken: Iterator[str], length: str | None) -> str:
    """The letters that a * stands for, or ** with how many. Raises StopIteration, ValueError."""
    return "".join([next(taken) for _ in range(_RUNS.index(length) + 2 if length else 1)])


def _trimmed(link: str) -> str:
    while link:
        last = link[-1]
        unmatched = last in _PAIRS and link.count(last) > link.count(_PAIRS[last])
        if last not in _TAIL and not unmatched:
            break
        link = link[:-1]
    return link


def _readable(link: str) -> bool:
    """Whether it is an address of the web with a host, in a form that can be read."""
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return False
