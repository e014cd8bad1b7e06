"""What staff tell of their work without its words: unequal treatment, a reprisal, harm that is hidden, and that they worked there once.

Few who are treated worse for being pregnant write 'discrimination'. They put what they are beside what befell them ('Back from leave and my job
had evolved') and leave the link to whoever reads it. So do those who tell of a reprisal ('a hearing for saying so'). Nothing here holds by
itself: `speaking_up` asks for it of who works there or did.
"""

from __future__ import annotations

import re

from classify.text.literals import Sought
from core.patterns import lazy_compile

LONGEST = 20_000  # code points that are searched
NEAR = 200  # code points that may lie between what somebody is and what befell them

# What the Equality Act protects, as people say it of themselves at work
_WHAT_I_AM = Sought(
    r"\b(?:pregnan\w+|expecting(?= (?:in|a baby|our|my)|[.,])|i was expecting|bump|maternity|(?:mat|paternity|adoption) leave|miscarr\w+|ivf|breast-?feed\w*|expressing milk|menopaus\w+|hot flush\w*|hijabs?|niqabs?|turbans?|headscar(?:f|ves)|kippah|skullcap|crucifix"
    r"|pray(?:er|ers|ing)?|ramadan|fasting|eid|diwali|vaisakhi|yom kippur|sabbath|mosque|gurdwara|my (?:faith|religion|accent|surname|name|skin|hair|afro|braids|age|disabilit\w+|condition|hearing aids?|stammer|stutter|wheelchair|stick|crutches|guide dog|epilepsy|diabetes|ms|autism|adhd|dyslexia|husband|wife|transition|pronouns)"
    r"|wheelchair|stammer\w*|stutter\w*|deaf|lip-?read\w*|hearing loop|dyslexi\w+|adhd|autis\w+|neurodiver\w+|(?:one |only |the )+(?:black|brown|asian|muslim|sikh|hindu|jewish|african|ethnic|disabled|gay|trans|female)(?: (?:face|person|one|woman|man|nurse|manager|voice|lead))?"
    r"|(?:came|coming) out (?:at work|to (?:my|the|them|our)|as \w+)|captions?|captioner|signer|visa|sponsorship|look(?:s|ed)? like me|(?:black|brown) (?:face|woman|man|staff|colleagues?|nurses?)|woman of colou?r|global majority|bame|my wife and i|i(?:'m| am) (?:gay|bi|trans|deaf|blind|black|brown|muslim|jewish|sikh|hindu|autistic|disabled|pregnant))\b",
    re.IGNORECASE,
)
# What befell somebody for it, or what they were made to hear
_BEFELL = lazy_compile(
    r"(?:\brestructur\w+|\bredundan\w+|\bevolv\w+|\b(?:lower|down a|a lower) (?:band|grade)|\b(?:band|grade)s? (?:below|lower|down)|\bdemot\w+|\bdowngrad\w+|\bpassed over\b|\boverlooked\b|\bsidelined\b|\bno longer (?:needed|required|mine|exists)|\b(?:job|role|post|desk|project|team|caseload|office)\b[^.!?\n]{0,30}?\b(?:gone|changed|moved|given|taken|deleted|filled|not there)\b"
    r"|\b(?:comments?|jokes?|joking|banter|remarks?|impressions?|mimic\w*|mock\w*|nicknames?|digs?|sniggers?)\b|\blaugh(?:ed|s|ing|ter)?\b|\bsmirk\w*|\bfinish(?:ed|es|ing)? my sentences|\btalk(?:ed|s|ing)? over me|\basked (?:me )?to (?:take|remove|cover|hide|tone)\b|\btake (?:it|my \w+|the \w+) off\b|\bhilarious\b|\bfunny\b|\brolled (?:his|her|their) eyes|\bstar(?:ed|es|ing)\b|\basked (?:me )?(?:how i(?:'d| would| will)|if i(?:'d| could| would)|whether i|when i)|\bhow i(?:'d| would) (?:cope|manage|fit)|\bcope\b"
    r"|\bnot (?:that|the right|a good|that kind of) (?:kind|fit|look|image|team)|\b(?:no|without an?|broken) (?:lift|ramp|loop|quiet room|prayer room|adjustments?)\b|\bcan't get (?:in|up|through)|\b(?:refused|turned down|denied|ignored|rejected|said no)\b|\btoo (?:sensitive|difficult|emotional|loud|quiet|old|foreign)|\bresilien\w+|\bcoincidence\b|\bfunny that\b|\bsurprise\b(?! party)"
    r"|\b(?:years?|months) (?:of it|of this|and (?:counting|never|not once))|\bnot (?:one|a single) of them\b|\bnever (?:once )?(?:promoted|shortlisted|asked|invited|picked|considered)|\bnot (?:shortlisted|promoted|invited|considered)|\bdidn't get (?:the|an?) (?:job|post|promotion|interview)|\bagain\b[.!]|\bphotocopier\b|\b(?:hot-?desk\w*|boxed up)\b|\bby (?:the )?(?:bins?|store ?cupboard|toilets?)\b"
    r"|\bprove it\b|\b(?:not|haven't|hasn't|never) had an? |\ball the (?:nights|weekends|bank holidays)\b|\b(?:put|moved) me\b|\btook me off\b|\bno more (?:\w+s|desk)\b|\bscreamed\b|\b(?:still no|still not|still waiting|still haven't)\b)",
    re.IGNORECASE,
)
_GLAD = Sought(
    r"\b(?:thank\w*|great|proud|lov(?:e|ed|ing|ely)|brilliant|well done|happy|glad|delighted|lucky|kind(?:ness|est)?|support(?:ed|ive)|congrat\w*|celebrat\w*|party|blessed|excited|wonderful|welcom\w+|made room|fair play|mubarak|join us|come along|training|workshop|webinar|free|book)\b",
    re.IGNORECASE,
)
_OTHERS = Sought(
    r"\b(?:my|our) (?:\w+ )?(?:mate|friend|wife|husband|partner|son|daughter|sister|brother|mum|mother|dad|father|niece|nephew|cousin|patients?|residents?|clients?)\b|\b(?:patients?|residents?|families) (?:are|is|were|was|with|who|in)\b",
    re.IGNORECASE,
)
# What somebody needs to do their work, and that it did not come
_ASKED_FOR = Sought(
    r"\b(?:asked|asking|applied|put in|requested|need(?:ed)?|waiting|waited|owed|promised)\b[^.!?\n]{0,30}?\b(?:chair|captioner|captions|interpreter|signer|loop|lift|ramp|software|screen ?reader|headset|keyboard|desk|adjustments?|access to work|flexible (?:working|hours)|(?:later|earlier) start|days only|off nights|phased return|parking space|blue badge bay|quiet (?:room|space)|prayer (?:room|break|time)|risk assessment|oh|occupational health|large print|coloured paper|overlays?)\b",
    re.IGNORECASE,
)
_IN_VAIN = Sought(
    r"\b(?:still|it's (?:now )?(?:january|february|march|april|may|june|july|august|september|october|november|december|\w+ (?:months|weeks|years))|nothing|no answer|no reply|never (?:came|arrived|got)|refused|said no|turned down|denied|ignored|rejected|no (?:chair|budget|money|funding)|not (?:possible|in the budget)|cost|months|prove it|everyone else|special treatment|for everyone|we all|maybe (?:the|this) job)\b|\bno[.!]",
    re.IGNORECASE,
)
# A hearing, a warning, a way out of the building; for having said something
_MEASURE = (
    r"(?:disciplin\w+|grievance (?:hearing|meeting|panel)|hearing|(?:written|final|first|formal|verbal) warning|suspen\w+|sacked|dismiss\w+|fired|investigat\w+|marched out|walked out|escorted out|hauled (?:in|up)|"
    r"called in|hr meeting|meeting with hr|letter from hr|performance plan|told off|reprimand\w*|gross misconduct)"
)
_SPEAKING = r"(?:saying|telling|asking|answering|replying(?:-all)?|speaking|questioning|raising|reporting|pointing out|refusing|objecting|disagreeing|naming|flagging|writing|emailing|warning|challenging|complaining|being honest|doing the right thing)"
_PUNISHED_FOR = Sought(rf"\b{_MEASURE}\b[^.!?\n]{{0,60}}?\bfor {_SPEAKING}\b|\bfor {_SPEAKING}\b[^.!?\n]{{0,80}}?\bgot (?:me|us) (?:an? )?{_MEASURE}\b", re.IGNORECASE)  # fmt: skip
# A colleague spoke, and was gone
_COLLEAGUE = Sought(
    r"\b(?:a|my|our|one|another|the) (?:\w+ ){0,2}?(?:colleague|co-?worker|team-?mate|friend|deskmate|analyst|manager|nurse|pharmacist|doctor|registrar|trainee|hca|porter|lead)(?: \w+){0,14}? (?:(?:wrote|spoke|went|complained|reported|talked|emailed|e-?mailed|rang) (?:\w+ )?(?:to )?|emailed |told |contacted |asked |questioned |raised )"
    r"[^!?\n]{0,160}?\b(?:(?:desk|locker|office|chair) (?:was |is |had been |has been |been )?(?:empty|cleared|gone|boxed)|walked out of the building|marched out|escorted|(?:role|post|job) (?:did not|didn't|no longer|had ceased to) exist(?:s)?|badge (?:stopped|no longer|didn't)|gone (?:by|the same|within|the next)|suspended|sacked|dismissed|moved on|not seen (?:her|him|them) since|left (?:the same|within))\b",
    re.IGNORECASE,
)
# What is hidden, and by whom: a harm or what would show it
_HIDDEN = Sought(
    r"\b(?:bur(?:y|ied|ying)|cover(?:ed|ing)?(?: it| this| that| them| all)?[- ]?up|hush(?:ed|ing)?(?: it)? up|sat on|sitting on|hid|hiding|shredd\w+|destroy\w+|doctored|falsif\w+|rewr(?:ote|itten)|deleted|suppress\w+|kept (?:it )?(?:quiet|from)|swept\b[^.!?\n]{0,20}\bcarpet|lied (?:to|about)|knew (?:about|of|that|for|all along|and)|known (?:about|for)|looked the other way|turned a blind eye"
    r"|(?:count|record|cod|log|report|class(?:ifi)?|enter|call|fil)(?:ed|ing|es|s|e)? (?:it |them |those |these |that |the \w+ ){0,2}?(?:down )?as (?:something|anything) else|(?:go(?:es)?|went|going|put) (?:them |it )?down as"
    r"|(?:took|taken|taking) (?:a|the|that|one) (?:line|page|paragraph|figure|number|row)s? out|(?:isn't|aren't|wasn't|weren't|never|not being|not) (?:counted|recorded|in the (?:count|figures|return)))\b",
    re.IGNORECASE,
)
_HARM = Sought(
    r"\b(?:never events?|incidents?|deaths?|died|dead|dying|dies|board papers?|harm\w*|missed (?:scans?|diagnos\w+|cancers?|doses?)|scans|sepsis|stillb\w+|falls|overdoses?|abuse\w*|safeguarding|serious case|inquests?|coroner\w*|audit|investigation|whistleblow\w+|complaints|unsafe|patients? (?:waiting|lost|hurt)|breach\w*|referrals|waiting list|test results|risk assessment)\b",
    re.IGNORECASE,
)
_WORKED_THERE = Sought(
    r"(?:^|[.!?\n] ?|\bi )(?:used to work|once worked) (?:in|at|for|on|with)\b|\b(?:when|while|until|since) i (?:was|worked|left|were) (?:at|in|for|on|there)?\b|\bi (?:left|quit|resigned from|retired from|worked (?:at|in|for)) (?:the |an? )?(?:\w+ ){0,3}?(?:icb|ccg|nhs|trust|hospital|commission\w+|continuing|contracts?|team|ward|unit|practice|hub)\b|\bi did \w+ years (?:at|in|there)\b|\bmy (?:old|last|former) (?:job|team|ward|office|post) (?:at|in|was)\b",
    re.IGNORECASE,
)
_WORKED_THERE_BIO = re.compile(
    r"\b(?:ex|former(?:ly)?|retired|previously|used to be|once)\b[- ,:]{0,3}(?:\w+[ -]){0,3}?(?:nhs|icb|ccg|commission\w*|nurse|midwife|hca|doctor|gp|manager|analyst|pharmacist|paramedic|porter|ward|chc|continuing)\b",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    return text[:LONGEST].replace("’", "'")


def tells_of_unequal_treatment(text: str) -> bool:
    """Whether words of what the law protects somebody for stand near words of what befell them for it, and nothing is glad of it.

    For posts by staff about themselves: of a patient or a relative the same words are a complaint.
    """
    plain = _plain(text)
    traits = [match.span() for match in _WHAT_I_AM.finditer(plain)]
    if not traits or _GLAD.search(plain) or _OTHERS.search(plain):
        return False
    return any(
        max(trait[0], match.start()) - min(trait[1], match.end()) <= NEAR
        for match in _BEFELL.finditer(plain)
        for trait in traits
    )


def asked_in_vain(text: str) -> bool:
    """Whether somebody asked for what they need to do their work, and did not get it: an adjustment that is refused."""
    plain = _plain(text)
    return (
        _ASKED_FOR.search(plain) is not None
        and _IN_VAIN.search(plain) is not None
        and not _OTHERS.search(plain)
    )


def punished_for_speaking(text: str) -> bool:
    """Whether a hearing, a warning or the like is told that was for having said, asked or refused something."""
    return _PUNISHED_FOR.search(_plain(text)) is not None


def colleague_was_punished(text: str) -> bool:
    """Whether it tells of a colleague who spoke and was gone."""
    return _COLLEAGUE.search(_plain(text)) is not None


def hidden_harm(text: str) -> bool:
    """Whether harm, or what would show it, is told to be hidden."""
    plain = _plain(text)
    return _HIDDEN.search(plain) is not None and _HARM.search(plain) is not None


def worked_there(text: str, bio: str) -> bool:
    """Whether its author says that they worked there once, in so many words."""
    return (
        _WORKED_THERE.search(_plain(text)) is not None or _WORKED_THERE_BIO.search(bio) is not None
    )
