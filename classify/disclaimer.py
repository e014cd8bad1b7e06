"""Whether an author says that the views are their own (clause 6.6), in whatever words."""

from __future__ import annotations

import re

from .pid_post import lowered
from .plain import plain

_WHAT = (
    r"(?:views?|opinions?|thoughts?|tweets?|posts?|posting|words?|takes?|comments?|rants?"
    r"|ramblings?|waffles?|nonsense|rubbish|drivel|musings?|jokes?|content|toots?|skeets?|ideas"
    r"|feelings|rt|mutterings?"
    r"|grumbles?|moans?|mistakes|everything (?:here|i (?:say|post|write|tweet))|all (?:of )?this"
    r"|anything i (?:say|post|write|tweet)|what i (?:say|post|write|tweet|think)(?: here)?"
    r"|statements?|remarks?|gob|mouth|typos|this account|the account|profile|page|feed|chat)"
)
_OWN = (
    r"(?:mine|my own|me own|own|me|personal|personally|just me|only me|myself|my (?:fault|problem"
    r"|responsibility))"
)
_BODY = (
    r"(?:employers?|employer's|trust'?s?|nhs(?:'s)?|icb(?:'s)?|ccg(?:'s)?|hospital'?s?"
    r"|practice'?s?|surgery'?s?|organisations?'?s?|organization'?s?|org'?s?|boss'?s?|bosses|work"
    r"|workplace'?s?|company|anyone(?: else)?|anyone's|anybody|theirs|they|them|others"
    r"|day job|nhse|board|department|team'?s?|line manager|system|las|lnwh|cnwl|clch|imperial|any "
    r"(?:client|employer|trust|organisation)'?s?|union|university)"
)
_WHOSE_ELSE = re.compile(
    r"\b(?:your|their|his|her|patients?'?s?'?|people'?s?|\w+'s|its|public'?s?|residents?'?"
    r"|minister'?s?|others'?|users?'?|our) (?:own |personal )?$|\b(?:share|give|hear|collect"
    r"|gather|express(?:ed)?|have) (?:\w+ ){0,2}$"
)
_ANYWHERE = re.compile(
    rf"\b{_WHAT}(?: (?:and (?:\w+ )?{_WHAT}|here|expressed|shared|on here|on this (?:account|page)"
    r"|posted|are|is|r|all|entirely|purely|solely|strictly|very much|only|just|always|remain|stay"
    rf"|therein|obviously|definitely|of course))*\W{{0,4}}(?:are |is |all )?{_OWN}\b"
    r"|\b(?:all |any |these (?:are )?|the )?(?:my own|me own|own|personal|all my own|my "
    rf"personal) (?:\w+ )?{_WHAT}\b"
    rf"|\b(?:all my own|my own) (?:\w+ ){{0,2}}{_WHAT}\b"
    r"|\b(?:speak(?:s|ing)?|tweet(?:s|ing)?|post(?:s|ing)?|writ(?:e|es|ing)|typ(?:e|es|ing)"
    r"|talk(?:s|ing)?|here|think(?:ing)?|opinions?)\b(?: \w+){0,2}? (?:for|as|in) (?:myself"
    r"|himself|herself|self\b|me\b|my own (?:name|right|time)|an individual|a private "
    r"(?:individual|citizen|person)|my personal capacity|a personal capacity)"
    r"|\b(?:in|with) (?:a|my) (?:purely |strictly |entirely |own )?(?:personal|private"
    r"|individual) (?:capacity|account|name)|\bpersonal capacity\b|\b(?:views?|opinions?|comments?"
    r"|feelings|tweets?|posts?|jokes|this) (?:is |are )?(?:not|un)[ -]?(?:authorised|approved"
    r"|endorsed|sanctioned)\b|\bbelongs? to (?:nobody|no one|no-one) but me\b|\bthe views of "
    r"nobody\b|\b(?:a |as a )private citizen\b|\(?personal page\b|\bmy page,? my say\b"
    r"|\b(?:mine,? (?:and )?no ?(?:one|body) else'?s)\b"
    r"|\b(?:personal (?:account|profile|opinions?|views?|musings|feed|acc|acct|handle|twitter"
    r"|blog)|(?:private|own) (?:opinions?|views?|musings))\b"
    rf"|(?:\bnot|n't|\bnor|\bnever|\bno|\bnothing|\bnone)\b(?: \w+){{0,3}}? (?:the |an? "
    r")?(?:official |corporate )?(?:views?|opinions?|voice|thoughts?|words?|positions?|stance"
    r"|line|policy|speak\w*|speaking|represent\w*|reflect\w*|endorse\w*|tweet(?:ing)?"
    rf"|post(?:ing)?|spokes\w+|mouthpiece)\b(?: \w+){{0,5}}? (?:of|for|from|by|on behalf of"
    rf"|to)?(?: \w+){{0,3}}? ?{_BODY}\b"
    rf"|(?:\bnot|n't|\bnor|\bnever|\bnothing|\bnone|\bno one's|\bnobody's)\b(?: \w+){{0,4}}? "
    rf"(?:on )?behalf of\b|\bnot (?:the |my |an? )?(?:\w+ ){{0,2}}{_BODY} (?:views?|opinions?"
    r"|voice|thoughts?|words?|position|line)\b"
    r"|\b(?:mine|me|my own|myself|my words|me talking)\b,?(?: and)?(?: alone)?,? (?:and )?(?:not"
    rf"|never) (?:my |the |those of (?:my |the )?|of (?:my |the )?|their |an? )?{_BODY}"
    r"|\bnot (?:those |that |the views? |the opinions? )?of (?:my|the|any|our) (?:\w+ "
    rf"){{0,2}}{_BODY}\b|\bdo(?:es)? not (?:necessarily )?(?:represent|reflect)\b|\b(?:views"
    r"|opinions) (?:do|does)n'?t (?:necessarily )?(?:represent|reflect)\b"
)
_IN_BIO = re.compile(
    r"(?:^|[|.,;:•·/\n(*~\-]) ?(?:personal|private|just me|all mine|views? ?[=:]|all my own|my "
    r"own|own (?:views?|page|voice|account|opinions?)|mine alone|speaking only for me|not "
    r"official|unofficial|(?:it's )?just me(?: talking)?)\b(?: obvs)?(?:$|[|.,;:•·/\n)*~!\-])"
    rf"|\b{_WHAT} ?[=:?–-]+ ?(?:all )?(?:mine|me|my own|own|personal)\b|\b(?:mine|me|my own)\b,? "
    r"not (?:theirs|yours|work'?s?|my \w+'?s?|the \w+'?s?)|\bnot a spokes\w+|\bmy (?:gob|words"
    r"|mouth|rules),? my \w+|\bmy (?:own )?(?:words|views|opinions|thoughts|tweets|takes)\b"
    rf"|\b(?:all )?mine,? no(?:t|body| one)[^.|]{{0,20}}\b(?:else|theirs)|\bno(?:t)? (?:one|body) "
    r"else'?s?\b|\bown (?:views?|opinions?|thoughts?|words?|takes|account)\b|\bthese (?:ones"
    r"|words|views) are mine\b|\b(?:i|we) (?:don't|do not|never) (?:speak|tweet|post|write) for\b"
    r"|\b(?:views?|opinions?|thoughts?|takes|tweets?|posts|words|comments|rants?|jokes|everything "
    r"here|nonsense)\b[^.|/\n]{0,45}?\b(?:mine|own|from me|to me|is me|just me|all me|personal"
    r"|personally|not (?:my|the|any|those)|aren't|are not|isn't)\b"
    r"|\b(?:views?|opinions?|thoughts)\b[^.|/\n]{0,45}?\b(?:alone|only)\b"
    r"|\bnot (?:here )?(?:speaking|tweeting|posting|writing) (?:for|as|on behalf)\b|\b(?:bluesky"
    r"|twitter|x|mastodon|linkedin|insta(?:gram)?|account|profile|page|this|feed|here) is (?:all "
    r"|just |strictly |purely )?personal\b|\bpersonal (?:reflections?|thoughts?|takes?|stuff"
    r"|ramblings?)\b"
    r"|\b(?:speak|talk|write|post|tweet)(?:ing)? here as\b|\b(?:opinions|views|thoughts)\b"
    r"[^.|]{0,12} (?:are |is )?\w+'s$"
    r"|\bposting personally\b|\bin my own (?:time|name)\b|\b(?:i )?(?:type|write|post|speak"
    r"|tweet) (?:for|as) (?:me|myself)\b|\bthis (?:account )?is (?:just |only )?me\b"
)
_PERSONAL_RT = re.compile(
    r"\b(?:rts?|retweets?|likes?|shares?|reposts?|follows?)\b[^.|]{0,25}(?:not|n't|≠|!=|aren't"
    r"|isn't)[^.|]{0,12}endors\w+"
)
_PERSONAL = re.compile(r"\bpersonal\b|\bprivate account\b|\bmine\b|\bme\b")


# what only sounds like one: 'own my mistakes', 'own views of the city skyline'
_SOUNDS_LIKE = re.compile(
    r"\bown (?:my|your|our|up to) \w+"
    r"|\b(?:own )?views? (?:of|over|across|from) the (?:\w+ )?(?:city|thames|river|canal|park|sea|sky\w*|hills?|garden|car park|balcony)\b"
)


def has_disclaimer(text: str, bio: str) -> bool:
    """Whether bio or text says that the views are the author's own.

    'RTs are not endorsements' alone does not; somebody else's views ('views expressed by the
    minister', 'share your views') do not either.
    """
    about = _SOUNDS_LIKE.sub(" ", lowered(plain(bio[:2000]).text))
    if _IN_BIO.search(about) or _says(about):
        return True
    if _PERSONAL_RT.search(about) and _PERSONAL.search(about):
        return True
    low = lowered(plain(text[:20_000]).text)
    return _TEXT_WHAT.search(low) is not None and _says(low, strict=True)


_STRICT_ONLY = re.compile(
    r"\b(?:in my (?:own )?(?:view|opinion)|my (?:own )?(?:view|opinion|words?|thoughts?|comments?"
    r"|mistakes?) (?:is|was|on|about)|personal (?:comments?|remarks?|statements?)\b|lost for words"
    r"|private (?:page|profile|blog))"
)
_TEXT_WHAT = re.compile(
    r"\b(?:views?|opinions?|thoughts|tweets?|posts|takes|rants?|ramblings?|waffle|account|profile"
    r"|capacity|myself|behalf|words|employer|trust|voice|comment|feelings|jokes|citizen|page|self"
    r"|say|icb|nhs|else|reflect|represent|mine)\b"
)


def _says(low: str, *, strict: bool = False) -> bool:
    for found in _ANYWHERE.finditer(low):
        before = low[max(0, found.start() - 30) : found.start()]
        if _WHOSE_ELSE.search(before):
            continue
        if strict and (
            not _TEXT_WHAT.search(found.group())
            or _STRICT_ONLY.search(low[max(0, found.start() - 12) : found.end() + 12])
        ):
            continue
        return True
    return False
