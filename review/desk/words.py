"""A post's words as the pane shows them: masks as chips, one quiet highlight, what it answers, what is attached.

The words that are shown are those that were masked when the post was assessed; a mask of an older program that cut a
word is widened to the whole of it here. Only what a person opened for two minutes is shown in clear.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collectors.pictures import allowed
from core import clock, danger
from core.addresses import shortener
from core.context import Owner
from core.media import Attachment
from core.models import Author, Flag, Lane, Mention, speaks_up
from core.text import visible
from review import reasons
from review.cases.highlight import BLANK, LONGEST, SHOWN, laid_beside, spans_in_masked
from review.context import RequestContext
from review.desk import signatures
from review.reading import NOTHING_FLAGGED, reading_of
from review.reasons import OTHERWISE, REASONS
from review.rendering import linkable
from review.wording import SHORT_NAMES, how_sure
from steps.lanes import SURE
from store import Item, Stored

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_STRETCHES = 3
NEAR = 3  # words between two stretches of a flag that are one
WHOLE = 0.6  # of a post's words: a flag that rests on more rests on the whole post
MOST_AROUND = 400  # characters that are shown of what a post answers
MOST_READ = 1_200  # of what was read in a picture

_KINDS = {"picture": "Photo", "video": "Video", "animation": "Moving picture"}
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?\n]*[^.!?\s][.!?]*")
_CUT_IN_TWO = re.compile(
    r"(?:details|name|address|area|date|date of birth|NHS number|number|phone|telephone|hidden)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A flag as the margin tells it, tied to the words by its letter; `whole`: it rests on the whole post."""

    letter: str
    flag: str
    label: str
    clause: str
    sure: str
    whole: bool
    pictured: bool = False  # what shows it lies in a picture, and no words of the post do


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a post: "" plain words, "chip" what a mask hides, "open" what it hid. `label` says which detail."""

    text: str
    kind: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that belong together: `letters` of the flags that they show, "" where they are not marked."""

    pieces: Sequence[Piece]
    letters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a post answers, quotes or shares: `heading` says which, its words are masked."""

    heading: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """What stands for a picture until somebody asks for it. `place` counts from 0.

    `may`: its platform's host can be asked. `token`: it was asked for, and waits for one look.
    """

    place: int
    kind: str
    length: str
    says: str
    may: bool
    token: str = ""
    reads: Sequence[Piece] = ()  # the words that a program read in it, masked
    named: bool = True  # the platform said where it, or a still of it, can be fetched


SCRAPS = frozenset(
    [
        "a",
        "action",
        "an",
        "am",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "one",
        "or",
        "our",
        "out",
        "please",
        "re",
        "she",
        "so",
        "staff",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "to",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "who",
        "will",
        "with",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWords:
    """All that desk/words.html and desk/look.html show of a post beside its `Item`."""

    runs: Sequence[Run]
    notes: Sequence[Note]
    marks: bool  # whether the highlight is shown
    can_mark: bool
    around: Sequence[Around]
    plates: Sequence[Plate]
    masked: int
    until: datetime | None  # masked details are open to who looks
    shortened: str  # that its link is a shortened one, and of which host: "" where it is none
    nothing_flagged: str  # what is said of it where nothing was flagged
    original: str  # the platform's name where the post has an address there that a browser may follow, else ""
    reasons: Mapping[str, str]
    fault: str
    trouble: str  # why a picture can't be shown
    arrived: bool  # who looks has just opened or covered the details


def shown(
    context: RequestContext, item: Item, stored: Stored | None, lane: Lane | None, *, marks: bool
) -> PostWords:
    """The words of a post for the person who asks. `stored` is None where nothing is held in clear any more."""
    mention = stored.mention if stored is not None and not item.deleted else None
    current = mention is not None and stored is not None and stored.revision == item.revision
    text = mention.text if mention is not None and current else None
    query = context.request.query_params
    asked_for = query.get("looked") == str(item.number)
    until = context.app.details.until(context.user.number, item.number, item.revision, context.at)
    # Only where they were shown: who is led to the post again does not expect it in clear.
    until = until if text is not None and asked_for else None
    guardian = lane == "guardian" or (
        lane is None
        and speaks_up(item.protected, item.staff, item.kind, [flag.name for flag in item.flags])
    )
    flags = sorted(item.flags, key=lambda flag: gravest_first(context, flag))
    # in the Guardian's lane those on duty deal with what is told, and not with who tells it
    in_danger = context.app.policy.names(in_danger=True)  # who may be in danger has to be found
    unsigned = (
        not context.sight.guardians
        and not any(flag.name in in_danger for flag in item.flags)
        and context.store.speaking_up.is_hidden(item.number)
    )
    runs, noted = laid_out(
        signatures.without_signature(item.masked) if unsigned else item.masked,
        flags if not guardian else (),
        text,
        open_=until is not None,
        grave=_grave(context),
    )
    if unsigned:
        runs = _unsigned(runs, mention.author if mention is not None else None)
    return PostWords(
        runs=runs if marks and not guardian else [Run(run.pieces) for run in runs],
        notes=_notes(context, flags, noted, guardian=guardian, elsewhere=item.staff == "nhs"), marks=marks and not guardian,
        can_mark=any(run.letters for run in runs), around=around(context, mention) if mention is not None else (),
        plates=_plates(context, item, mention) if mention is not None else (),
        masked=sum(piece.kind in ("chip", "open") for run in runs for piece in run.pieces), until=until,
        shortened=shortened_words(mention.url) if mention is not None else "", nothing_flagged=NOTHING_FLAGGED[reading_of(item)],
        original=SHORT_NAMES[item.platform] if mention is not None and linkable(mention.url) else "",
        reasons=REASONS if any(flag.name == "pid" for flag in item.flags) else OTHERWISE,
        fault=_fault(context, item.number), arrived=asked_for,
        trouble=_TROUBLE.get(query.get("picture", ""), "") if asked_for else "",
    )  # fmt: skip


def _unsigned(runs: Sequence[Run], author: Author | None) -> list[Run]:
    """The same words with what says who wrote them covered again, where it was opened."""
    before, unsigned = "", []
    for run in runs:
        pieces = []
        for piece in run.pieces:
            theirs = piece.kind == "open" and signatures.says_who_wrote_it(piece.text, piece.label, before, author)  # fmt: skip
            before += piece.text
            pieces.append(replace(piece, kind="chip", text=piece.label) if theirs else piece)
        unsigned.append(replace(run, pieces=pieces))
    return unsigned


_TROUBLE = {
    "gone": "The platform no longer gives this picture. Open the original to see whether it’s still there.",
    "elsewhere": "This picture lies where we don’t fetch from. Open the original to see it.",
    "unreadable": "What the platform gave is no picture that we can show safely. Open the original to see it.",
    "later": "The platform didn’t answer in time. Try again, or open the original.",
}


def reason(context: RequestContext, *, pid: bool, post: int) -> str | None:
    """Why somebody wants to look, in the words that are kept; None where the form doesn't say."""
    chosen = str(context.form.get("why", ""))
    ready = REASONS if pid else OTHERWISE
    return reasons.reason_of_form(context, ready, chosen, _own_words(context), post=post)


def _own_words(context: RequestContext) -> str:
    return str(context.form.get("why_text", "")).strip()[:500]


NOT_BOUND = "; not our staff: the policy doesn’t apply to them"


def shortened_words(url: str) -> str:
    """That a link is a shortened one, whose, and that nobody knows where it leads; "" for any other."""
    host, owner = shortener(url)
    if not host:
        return ""
    return f"a shortened link{f' of {SHORT_NAMES[owner]}' if owner else ''} ({host}): where it leads is not known"


def _fault(context: RequestContext, number: int) -> str:
    """What was wrong with a form that was sent for this post."""
    sent = context.form.get("post", context.request.path_params.get("number"))
    looks = context.request.url.path.endswith(("/show", "/original", "/picture"))
    if context.request.method != "POST" or not looks or str(sent) != str(number):
        return ""
    return reasons.fault(context, str(context.form.get("why", "")), _own_words(context))


def gravest_first(context: RequestContext, flag: Flag) -> tuple[bool, int, float]:
    """Where a flag stands among a post's: what may be about a life, then by gravity, then by how sure."""
    policy = context.app.policy.flags.get(flag.name)
    gravity = ("high", "medium", "low").index(policy.gravity) if policy else 3
    return not (policy and (policy.urgent or policy.in_danger)), gravity, -flag.score


def _grave(context: RequestContext) -> frozenset[str]:
    """The flags of what may be about a life."""
    policy = context.app.policy
    return frozenset(name for name, flag in policy.flags.items() if flag.urgent or flag.in_danger)


def _notes(
    context: RequestContext,
    flags: Sequence[Flag],
    noted: Mapping[str, bool],
    *,
    guardian: bool,
    elsewhere: bool,
) -> list[Note]:
    """What the margin says of each flag; `elsewhere`: its writer says that they are staff, and not ours."""
    if (
        guardian
    ):  # no flag, no clause and no employer: who may be speaking up is not accused of anything
        return [
            Note(
                letter="", flag="", label="may be speaking up", clause="", sure="a person decides",
                whole=False,
            )
        ]  # fmt: skip
    notes = []
    for letter, flag in zip(LETTERS, flags, strict=False):
        label = context.app.policy.label(flag.name)
        clause = flag.clauses[-1] if flag.clauses else ""
        notes.append(
            Note(
                letter=letter, flag=flag.name, label=label, clause=clause,
                sure=how_sure(flag.score) + (NOT_BOUND if elsewhere and flag.name in context.app.policy.of_staff_alone else ""),
                whole=noted.get(flag.name, False) and not _lies_in_picture(flag),
                pictured=_lies_in_picture(flag),
            )
        )  # fmt: skip
    return notes


def _lies_in_picture(flag: Flag) -> bool:
    return bool(flag.picture_spans) and not flag.spans


# ── words, chips and marks ───────────────────────────────────────────────────────────────────────


def laid_out(
    masked: str,
    flags: Sequence[Flag],
    text: str | None,
    *,
    open_: bool = False,
    grave: Collection[str] = (),
) -> tuple[list[Run], dict[str, bool]]:
    """The words in runs, and of each flag whether it rests on the whole post. `flags` are worst first.

    `text` is the post in clear, None where that is gone or was edited: then nothing is marked, rather than something
    wrong. Nor is anything for a flag of which the program is not sure: what it goes by then is a word or two. `open_`: what the masks hide is shown.
    Of a flag of `grave` that rests on the whole post the sentence is marked that tells most; where none does, no milder flag is.
    """
    sure = [flag for flag in flags if flag.score >= SURE]
    blanks = [match.span() for match in BLANK.finditer(masked)]
    places = laid_beside(masked, blanks, text) if text is not None else None
    if open_ and text is not None:
        base = text
        hidden = {(there, until): (first, last) for first, last, there, until in places or ()}
        chips = [
            (*hidden[blank], masked[blank[0] + 1 : blank[1] - 1])
            for blank in blanks
            if blank in hidden
        ]
        cuts = [(*span, flag.name) for flag in sure for span in flag.spans]
    else:
        base = masked
        chips = [_whole(masked, start, end) for start, end in blanks]
        cuts = spans_in_masked(sure, places) if places is not None else []
    if len(base) > LONGEST:
        cuts = []
    order = {flag.name: place for place, flag in enumerate(flags)}
    stretches, whole = chosen_stretches(base, cuts, order)
    stretches = _gravest_marked(
        base, cuts, stretches, [name for name in order if name in grave and whole.get(name)], grave
    )
    whole = {
        flag.name: whole.get(flag.name, places is not None and not flag.spans) for flag in flags
    }
    return _runs(base, chips, stretches, order, open_=open_), whole


def _whole(masked: str, start: int, end: int) -> tuple[int, int, str]:
    """A mask with the letters of the word that an older program cut, and what it is called."""
    label = masked[start + 1 : end - 1]
    if _CUT_IN_TWO.fullmatch(label):
        while start and _western(masked[start - 1]):
            start -= 1
        while end < len(masked) and _western(masked[end]):
            end += 1
    return start, end, label


def _western(sign: str) -> bool:
    """A letter or digit of a script that puts spaces between words."""
    return sign.isalnum() and sign < "\u0e00"


Stretch = tuple[int, int, frozenset[str]]


def chosen_stretches(
    text: str, cuts: Sequence[tuple[int, int, str]], order: Mapping[str, int]
) -> tuple[list[Stretch], dict[str, bool]]:
    """At most three stretches in order and apart, each with the flags that it shows; which flags rest on it all.

    The longest of each flag, worst flag first, then the longest of what is left.
    """
    count = len(_WORD.findall(text))
    candidates: list[tuple[int, int, str]] = []
    whole: dict[str, bool] = {}
    for name in order:
        flagged = _joined(text, sorted((start, end) for start, end, of in cuts if of == name))
        joined = [(start, end) for start, end in flagged if _says_something(text[start:end])]
        if flagged and not joined:
            whole[name] = True
        shown_words = sum(len(_WORD.findall(text, start, end)) for start, end in joined)
        if joined:
            whole[name] = shown_words > WHOLE * count and count > 2 * NEAR
        if not whole.get(name):
            candidates += [(start, end, name) for start, end in joined]
    ranked = sorted(candidates, key=lambda cut: (order[cut[2]], cut[0] - cut[1], cut[0]))
    firsts = [
        cut for place, cut in enumerate(ranked) if place == 0 or ranked[place - 1][2] != cut[2]
    ]
    stretches: list[Stretch] = []
    for start, end, name in [*firsts, *(cut for cut in ranked if cut not in firsts)]:
        touching = [each for each in stretches if each[0] < end and start < each[1]]
        if not touching and len(stretches) == MOST_STRETCHES:
            continue
        rest = [each for each in stretches if each not in touching]
        names = frozenset((name,)).union(*(each[2] for each in touching))
        first = min(start, *(each[0] for each in touching)) if touching else start
        last = max(end, *(each[1] for each in touching)) if touching else end
        stretches = [*rest, (first, last, names)]
    return sorted(stretches, key=lambda each: each[0]), whole


def _gravest_marked(
    text: str,
    cuts: Sequence[tuple[int, int, str]],
    stretches: Sequence[Stretch],
    resting: Sequence[str],
    grave: Collection[str],
) -> list[Stretch]:
    """The stretches, so that the eye does not go to a milder flag's: with the sentence that tells most of each grave flag of `resting`.

    `resting` are the grave flags that rest on the whole post. Where none of its sentences tells most, what is milder is not marked.
    """
    marked = list(stretches)
    for name in resting:
        telling = _telling(text, [(start, end) for start, end, of in cuts if of == name])
        if telling is None:
            marked = [each for each in marked if each[2] & set(grave)]
            continue
        touching = [each for each in marked if each[0] < telling[1] and telling[0] < each[1]]
        names = frozenset((name,)).union(*(each[2] for each in touching))
        first, last = (
            min(telling[0], *(each[0] for each in touching), telling[0]),
            max(telling[1], *(each[1] for each in touching), telling[1]),
        )
        marked = [(first, last, names), *(each for each in marked if each not in touching)]
    return sorted(marked, key=lambda each: each[0])


def _telling(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The sentence by whose words danger is named (core/danger.py), else the longest run of words that the program marked; None where that too is most of it."""
    for _, pattern in danger.PATTERNS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in spans):
                return next(
                    (
                        (
                            sentence.start() + len(sentence[0]) - len(sentence[0].lstrip()),
                            sentence.end(),
                        )
                        for sentence in _SENTENCE.finditer(text)
                        if sentence.end() > match.start()
                    ),
                    None,
                )
    longest = max(spans, key=lambda span: span[1] - span[0], default=None)
    if longest is None or not _says_something(text[slice(*longest)]):
        return None
    return (
        longest if len(_WORD.findall(text, *longest)) <= WHOLE * len(_WORD.findall(text)) else None
    )


def _says_something(words: str) -> bool:
    """Whether a stretch is more than a scrap: "Is", "the 6 of" and "staff" tell nobody why it was flagged."""
    return any(word.lower() not in SCRAPS and not word.isdecimal() for word in _WORD.findall(words))


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if start >= end:
            continue
        if joined and len(_WORD.findall(text, joined[-1][1], max(start, joined[-1][1]))) <= NEAR:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _runs(
    text: str, chips: Sequence[tuple[int, int, str]], stretches: Sequence[Stretch], order: Mapping[str, int], *,
    open_: bool,
) -> list[Run]:  # fmt: skip
    """A chip is never cut: a stretch that begins or ends inside of one takes all of it."""
    grown: list[Stretch] = []
    for first, last, names in stretches:
        for start, end, _ in chips:
            if start < last and first < end:
                first, last = min(first, start), max(last, end)
        if grown and first < grown[-1][1]:
            grown[-1] = (grown[-1][0], max(last, grown[-1][1]), grown[-1][2] | names)
        else:
            grown.append((first, last, names))
    runs, place = [], 0
    for first, last, names in grown:
        runs.append(Run(_pieces(text, place, first, chips, open_=open_)))
        letters = "".join(LETTERS[order[name]] for name in sorted(names, key=order.__getitem__) if order[name] < len(LETTERS))  # fmt: skip
        runs.append(Run(_pieces(text, first, last, chips, open_=open_), letters))
        place = last
    runs.append(Run(_pieces(text, place, len(text), chips, open_=open_)))
    return _shortened([run for run in runs if run.pieces])


def _pieces(
    text: str, start: int, end: int, chips: Sequence[tuple[int, int, str]], *, open_: bool
) -> list[Piece]:
    pieces = []
    for first, last, label in chips:
        if last <= start or first >= end:
            continue
        if first > start:
            pieces.append(Piece(visible(text[start:first])))
        hidden = visible(text[first:last]) if open_ else visible(label)
        pieces.append(Piece(hidden, "open" if open_ else "chip", visible(label)))
        start = max(start, last)
    if start < end:
        pieces.append(Piece(visible(text[start:end])))
    return pieces


def _shortened(runs: Sequence[Run], most: int = SHOWN) -> list[Run]:
    count = 0
    shortened: list[Run] = []
    for run in runs:
        pieces = []
        for piece in run.pieces:
            left = most - count
            if len(piece.text) > left:
                pieces += [Piece(piece.text[:left])] if not piece.kind and left else []
                pieces.append(Piece(" … the rest is not shown"))
                return [*shortened, Run(pieces, run.letters)]
            count += len(piece.text)
            pieces.append(piece)
        shortened.append(Run(pieces, run.letters))
    return shortened


# ── what stands around it ────────────────────────────────────────────────────────────────────────


def around(context: RequestContext, mention: Mention) -> list[Around]:
    """What it answers, the link that it shares, whose page it stands on; each masked."""
    beside = mention.context
    if not beside:
        return []
    verb = "Quotes" if mention.kind == "quote" else "In reply to"
    parts: list[tuple[str, str, bool]] = []
    for place, post in enumerate(beside.answered[:2]):
        link = post.post_id or ("" if place else mention.parent_id)
        if link and context.store.speaking_up.hides(*mention.linked(link)):
            continue  # somebody speaks up in it, or it is out of this person's sight
        whose = "our own post" if post.official else "someone else’s post"
        gone = ", which is gone" if post.gone else ""
        parts.append(
            (f"{verb if not place else 'Which answers'} {whose}{gone}", post.text, post.official)
        )
    if beside.card is not None and (beside.card.title or beside.card.description):
        shared = ": ".join(filter(None, (beside.card.title, beside.card.description)))
        parts.append(("Shares a link", shared, False))
    if beside.page is not None and beside.page.name and not beside.answered:
        parts.append(
            (_PAGES[beside.page.owner], beside.page.name, beside.page.owner == "organisation")
        )
    return [
        Around(heading=heading, pieces=_masked_pieces(context, text, mention, official=official))
        for heading, text, official in parts
    ]


_PAGES: Mapping[Owner, str] = {
    "organisation": "On our own page", "provider": "On a provider’s page", "other": "On someone else’s page",
}  # fmt: skip


def _masked_pieces(
    context: RequestContext,
    text: str,
    mention: Mention,
    *,
    official: bool = False,
    most: int = MOST_AROUND,
) -> Sequence[Piece]:
    from reports import masking  # here, since a start would pay 0.2 s for it

    organisation, day = context.config.organisation, clock.local_day(context.at)
    masked = masking.masked(text, organisation, day, mention.platform, official=official)
    chips = [(*match.span(), match.group()[1:-1]) for match in BLANK.finditer(masked)]
    runs = _shortened([Run(_pieces(masked, 0, len(masked), chips, open_=False))], most)
    return [piece for run in runs for piece in run.pieces]


def _plates(context: RequestContext, item: Item, mention: Mention) -> list[Plate]:
    """One for each picture and film, also for those of which we hold what is said of them alone."""
    alternatives = mention.context.pictures
    read = {
        picture.place: _without_details(picture.text, picture.place, item.flags)
        for picture in mention.context.picture_texts
    }
    attached = [*mention.media]
    count = max(len(alternatives), max(read, default=-1) + 1)
    attached += [Attachment()] * (count - len(attached))
    token = context.request.query_params.get("picture", "")
    me = context.user.number
    waiting = context.app.pictures.place(token, me, item.number, context.at) if token else None
    more = context.config.logos.more_hosts
    return [
        Plate(
            place=place, kind=_KINDS[each.kind], length=length(each.seconds),
            says="".join(
                f"[{piece.text}]" if piece.kind else piece.text
                for piece in _masked_pieces(context, alternatives[place], mention)
            ) if place < len(alternatives) else "",
            may=bool(allowed([each.url], mention.platform, mention.issuer, more)), token=token if waiting == place else "",
            named=bool(each.url), reads=_masked_pieces(context, read[place], mention, most=MOST_READ) if place in read else (),
        )
        for place, each in enumerate(attached)
    ]  # fmt: skip


def _without_details(text: str, place: int, flags: Sequence[Flag]) -> str:
    """What was read in a picture, with a blank for what shows that it tells of a patient."""
    spans = sorted(
        span[1:] for flag in flags if flag.name == "pid" for span in flag.picture_spans if span[0] == place
    )  # fmt: skip
    pieces, upto = [], 0
    for start, end in spans:
        if end > upto:
            pieces += [text[upto:start], "[details]"] if start >= upto else []
            upto = end
    return "".join((*pieces, text[upto:]))


def length(seconds: int | None) -> str:
    """How long a film is: 0:42, 12:05, 1:02:00; "" where that is not known."""
    if seconds is None or seconds < 0:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
