"""How far the rules lean where no recogniser is sure: what speaks for and against somebody's being known.

The codebook asks whose detail it is. Where the words answer that, the model's score needs to say less,
or more. Evidence is counted in log-odds, so a lean of 1 makes odds 2.7 times as good.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classify.text.clean import plain
from core.explanation import RuleStep
from core.patterns import lazy_compile

from .base import NOBODY, Post
from .name_context import named
from .spoken_numbers import in_figures
from .vocabulary import FRIEND, HEALTH, HONOURED, ILL, KIN, LOST_PETS, NO_TEAM, OPENS

READ = 4000  # code points that are looked at
MOST_LEAN = 3.0  # towards a leak
LEAST_LEAN = -6.0  # away from one: what explains itself needs no second opinion
LEAST = 0.005  # a score below this can't be led to any threshold in use

# People who are told of as themselves; relatives without a name are nobody's leak (codebook, section 5).
_PERSON = (
    r"(?:bloke|man|woman|lady|girl|lad|kid|guy|boy|chap|couple|twins|triplets|quads|fella|gentleman"
    r"|geezer|person|family|old boy|old girl|teenager|pensioner|widow(?:er)?|neighbour|patient|pt|caller"
    r"|student)"
)
KNOWN_FOR = (
    r"(?:vicar|priest|imam|rabbi|curate|head ?teacher|teacher|ta|caretaker|lollipop (?:lady|man)|butcher"
    r"|barber|baker|postman|postie|milkman|ice cream man|choirmaster|judge|mp|weatherman"
    r"|presenter|newsreader"
    r"|footballer|striker|goalkeeper|keeper|singer|rapper|actor|actress|comedian|admiral"
    r"|estate agent|pilot"
    r"|beekeeper|landlord|landlady|shopkeeper|busker|librarian|coach|scout leader|magistrate|mechanic"
    r"|hairdresser|organist|bus driver|cabbie|taxi driver|fishmonger|greengrocer|window cleaner"
    r"|dinner lady|dancer|youtuber|influencer|tiktoker|drummer|contestant|runner[- ]up|winner"
    r"|deputy head"
    r"|headmaster|headmistress|bouncer|publican|chef|barista|dj|tailor|cobbler|undertaker|jockey|boxer"
    r"|gymnast|olympian|cricketer|captain|champion|author|novelist|poet|painter|sculptor|santa"
    r"|elvis|bride"
    r"|groom|warden|clown|understudy|au pair|cellist|trombonist|violinist|examiner|trader"
    r"|newsagent|grocer|florist|gardener|plumber|builder|electrician|scaffolder|farmer|fireman"
    r"|firefighter"
    r"|policeman|policewoman|soldier|veteran|councillor)"
)
_STREET_TIES = (
    r"(?:shop|pub|club|church|mosque|temple|gurdwara|school|bakery|market|stall|cafe|café|chippy"
    r"|takeaway"
    r"|salon|gym|choir|van|garage|kiosk|allotments?|flats|corner|parade|newsagent\w*|laund\w+|barbers?"
    r"|band|advert|show|soap|telly|tv|nail bar|bar|crown|arms|station|bookies|tesco|asda|iceland|ikea)"
)
_SOMEBODY = re.compile(
    rf"\b{_PERSON}\b(?:,? (?:with|from|off|at|in|on|downstairs|upstairs|outside|behind|across|who"
    rf"|that)\b)"
)
_SINGLED = lazy_compile(
    rf"\b{_PERSON}\b,? (?:(?:who|that) (?:runs?|owns?|drives?|sells?|teaches|plays?|does|did|won"
    rf"|lives?|works?|used"
    r"|always|just|does|keeps?|feeds|had|has|was|once|came)|next door|opposite|whose|two doors"
    r"|from the|off the|at the"
    r"|in the|at no|at \d)\b"
    rf"|\b(?:the|our|my|your|that|a|an|this|last year'?s|ex|former|retired|actual|local"
    rf"|old) (?:[\w'-]+ ){{0,3}}"
    rf"{KNOWN_FOR}\b|\bthe (?:one|youngest|eldest|only [\w' ]{{3,30}}) (?:with|w|who|that|on|in"
    rf"|from|off|of)\b"
    r"|\byou(?:'ve|'ll| have| all)? (?:all )?(?:seen|know|knew|have heard) (?:him|her|them|the|it)\b"
    r"|\bnumber \d{1,3}(?! ?\d)\b|\bat no\.? ?\d{1,3}(?! ?\d)\b|\byear \d\b|\bfrom (?:our|my|his"
    r"|her) year\b"
    r"|\b(?:runs|run|owns|drives|sells|teaches|plays|manager of|does) the [a-z]"
    rf"|\b(?:from|off|in|at|of) (?:the|our|that) (?:[\w'-]+ ){{0,3}}{_STREET_TIES}\b|\binitials\b"
)
_FAMED = re.compile(
    r"\b(?:who (?:has )?(?:announced|revealed|confirmed|disclosed)|representatives|spokes(?:man"
    r"|woman|person)"
    r"|the palace|told the (?:sunday|daily|mail|times|sun|bbc|mirror|guardian)|as reported|biograph\w+"
    r"|memoir|documentary|on (?:the )?telly|panto\w*|(?:former|ex)[- ]england|announced in|obituary)\b"
)
_NEAR_ME = re.compile(
    r"\b(?:next (?:bed|cubicle|bay|chair)|bed \d+|bay \d+|cubicle \d+|side room|next to (?:me|my)"
    r"|bay mate|same ward|on my table"
    r"|on your table|in resus|room \d+)\b"
)
_CARES = re.compile(
    r"\b(?:nurse|nursing|ortho|reg|matron|tissue viability|endoscopy|theatres?|renal|hdu|dental|cardi\w+"
    r"|oncolog\w+|sister on|junior sister|keyworker|support worker|hca|paramed\w*|las|ambulance"
    r"|midwi\w+|doctor|dr|gp|f1|f2|sho|registrar|consultant|surgeon|anaesthe\w+|radiograph\w+"
    r"|radiotherapy|sonographer|phleb\w*|physio\w*|ot|occupational therap\w+|dieti\w+|pharmac\w+"
    r"|psycholog\w+|psychiatr\w+|camhs|porter"
    r"|receptionist|health visitor|111|resus|icu|a&e|ed|ward|clinic|theatre|odp|optometrist"
    r"|dentist|coder|complaints officer|funding requests"
    r"|health advis[eo]r|social worker|care coordinator|cf team|macmillan|hospice|student nurse"
    r"|medical student|discharge)\b"
)
_THIRD = re.compile(
    r"\b(?:he|she|his|her|him|hers|they|their|them|kid|patient|pt|caller|baby|bloke|lady|man"
    r"|woman|girl|lad|couple|twins?)\b"
)
_WHEN = re.compile(
    r"\b(?:yesterday|today|tonight|last night|this (?:morning|afternoon|week)|(?:mon|tues?|wednes"
    r"|weds?|thurs?|fri|satur|sun)(?:day)?s?"
    r"|\d{1,2}(?:[:.]\d\d)? ?(?:am|pm)|half (?:past )?\w+|(?:at|by) \d{1,2}(?:[:.]\d\d)?"
    r"|\d{1,2}(?:st|nd|rd|th)|last (?:week|month|year|summer)"
    r"|christmas|new year|rn|right now|just now)\b"
)
_NO_PERSON = re.compile(
    rf"\b(?:{LOST_PETS}|vets?|veterinary|micro ?chip(?:ped)?|writing a (?:game|novel|play|script|book)|parcel"
    r"|serial|isbn"
    r"|library card|zoom|webinar|podcast|episode|ep \d+|order number|flight|lottery|barcode"
    r"|charity number|company number|vat|novel|a character (?:in|called)|storyline|training slide|sim(?:ulation|ulated)? patient|mani?kin|mannequin"
    r"|worked example|plaque|memorial (?:tree|bench|plaque)|founder|historian|(?:in|of|from) 1[0-8]\d\d"
    r"|19[0-3]\ds?|statue|museum|archive|(?:local )?history (?:group|society|of|walk))\b"
)
_OURS = re.compile(
    r"\b(?:drop[- ]?in|join us|book (?:now|online|your)|no (?:need to book|appointment)"
    r"|open (?:day|from)|all welcome|rsvp|website|leaflet"
    r"|helpline|reminder|please share widely|find out more|sign up|register)\b"
)
# An account to which the public is asked to give.
_GIFTS = re.compile(
    r"\b(?:donat(?:e|ions?) (?:to|via|by|welcome)|charity|appeal|fundrais\w+|league of friends)\b[^!?\n]{0,80}"
    r"\b(?:sort(?:ing)? code|account (?:no|num|number)|acc(?:oun)?t)\b"
)
_NOT_THEMSELVES = lazy_compile(
    rf"(?:'s|s') {KIN}\b|\b{KIN} of (?:a|an|the|one) |\b(?:married to|ex|retired|former(?:ly)?"
    rf"|used to)\b"
    r"|\b(?:gp|our|the) (?:practice|surgery)\b(?! nurse| manager)|\bnot monitored\b|\bofficial\b"
)
_OUR_PATIENT = re.compile(
    r"\b(?:(?:my|our) (?:patients?|pts?|ward|bay|icu|itu|theatre|caseload|shift|clinic list"
    r"|resus)|under my care"
    r"|on (?:our|my) (?:ward|unit|list|table|shift)|i(?:'ve)? (?:just )?(?:treated|nursed"
    r"|admitted|scanned|clerked"
    r"|cannulated|x-rayed|triaged|discharged|delivered|catheterised|intubated|sectioned)"
    r"|we (?:treated|nursed"
    r"|admitted|scanned|resuscitated|operated on)|came to clinic|our (?:\w+ ){0,2}(?:clinic )?list)\b"
)
_JOB = (
    r"(?:nurse|rmn|rn|rgn|midwife|paramedic|doctor|hca|gp|porter|health visitor|coder"
    r"|receptionist|physio"
    r"|registrar|consultant|radiographer|sonographer|phlebotomist|dietitian|psychologist)"
)
_SAYS_SO = re.compile(
    rf"\b(?:i'm|i am|im) (?:a|an|the|one of the) (?:[\w-]+ ){{0,4}}?{_JOB}\b"
    rf"|^(?:\w+ ){{0,2}}{_JOB}(?:,| here| in | at |\. )"
    rf"|^(?:from )?(?:a |an )?(?:student )?{_JOB}\b|^las\b|\bi do the (?:front desk|desk|phones"
    rf"|cleaning|post)\b"
    r"|\b(?:patient|client|resident|lady|gentleman|chap)s? of ours\b|\bat ours\b"
    r"|\bour oldest (?:client|patient)\b"
)
# Words of which one stands in every match.
_SO_NEEDS = frozenset(
    (*re.findall("[a-z]+", _JOB), "las", "desk", "phones", "cleaning", "post", "ours", "oldest")
)


_MY_OWN = re.compile(rf"\b(?:my|our|his|her|your) (?:\w+ )?(?:{KIN}|{FRIEND})\b")
# 'The stroke unit' is nobody's stroke.
_ILL_OF_SOMEBODY = lazy_compile(rf"{ILL.pattern}{NO_TEAM}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCues:
    """A post's answers to the questions that LEANS ask."""

    named: bool  # somebody, neither in their role nor famous nor the author, beside health care
    singled: bool
    somebody: bool
    ill: bool
    near: bool
    by_carer: bool
    when: bool
    nobody: bool
    no_person: bool
    famed: bool
    announces: bool
    fiction: bool
    opens: bool
    consented: bool


@dataclass(frozen=True, slots=True)
class Lean:
    """What speaks for or against somebody's being known, and by how much in log-odds.

    `why` stands alone in an explanation, so that it needs no other lean to be understood.
    """

    why: str
    weight: float
    speaks: Callable[[ContextCues], bool]


# Weights are rounded from a logistic regression on the model's score and these, over writers whom the
# model had not read; a few of them go together, so none is its likelihood ratio alone (2 to 12 times).
LEANS = (
    Lean("somebody is named beside health care", 1.0, lambda it: it.named),
    Lean("an illness is told of somebody who is named", 0.75, lambda it: it.named and it.ill),
    Lean("somebody is singled out by work, place or ties", 0.5, lambda it: it.singled),
    Lean("an illness is told of somebody who is singled out", 0.75, lambda it: it.singled and it.ill),
    Lean("somebody who is ill is told of with a detail or two", 0.5, lambda it: it.somebody),
    Lean("it was seen in the next bed, bay or waiting room", 1.0, lambda it: it.near),
    Lean("a person who cares for patients tells of somebody", 0.5, lambda it: it.by_carer),
    Lean("a person who cares for patients singles somebody out", 1.25, lambda it: it.by_carer and it.singled),
    Lean("it is told when it was", 0.25, lambda it: it.when and (it.named or it.singled or it.by_carer)),
    Lean("nobody but the author is told of", -0.75, lambda it: it.nobody),
    Lean("a thing, a lesson, an invention or history is told of", -1.75, lambda it: it.no_person),
    Lean("somebody's health is public already", -1.5, lambda it: it.famed),
    Lean("it announces a service", -0.75, lambda it: it.announces),
    Lean("a book, a film or a series tells of it", -4.5, lambda it: it.fiction),
    Lean("a guest of honour opens or visits a place", -6.0, lambda it: it.opens),
    Lean("an organisation tells a story that was agreed", -6.5, lambda it: it.consented),
)  # fmt: skip


def cares_for_patients(post: Post) -> bool:
    """Whether the author cares for patients, by the bio or by how they speak of them."""
    by_bio = _CARES.search(post.bio_low) and not _NOT_THEMSELVES.search(post.bio_low)
    return (
        bool(by_bio or (not _SO_NEEDS.isdisjoint(post.words) and _SAYS_SO.search(post.low[:300])))
        or _OUR_PATIENT.search(post.low, 0, READ) is not None
    )


def find_context_cues(post: Post) -> ContextCues:
    """What a post says of whose detail it is."""
    low = post.low[:READ]
    ill = ILL.search(low) is not None
    people = (ill or HEALTH.search(low) is not None) and any(True for _ in named(post))
    singled = _SINGLED.search(low) is not None
    somebody = _SOMEBODY.search(low) is not None
    others = _THIRD.search(low) is not None
    cares = cares_for_patients(post)
    gifts = _GIFTS.search(low) is not None
    return ContextCues(
        named=people,
        singled=singled,
        somebody=not singled and somebody and ill,
        ill=ill,
        near=_NEAR_ME.search(low) is not None,
        by_carer=cares and (others or singled),
        when=_WHEN.search(low) is not None,
        nobody=not (people or others or singled or somebody),
        no_person=gifts or post.invented(0, len(low)) or _NO_PERSON.search(low) is not None,
        famed=not cares and _FAMED.search(low) is not None,
        announces=gifts or _OURS.search(low) is not None,
        fiction=bool(post.fiction) and not (cares or _MY_OWN.search(low)),
        opens=not (cares or post.words.isdisjoint(HONOURED))
        and OPENS.search(low) is not None
        and not _ILL_OF_SOMEBODY.search(low),
        consented=post.consented,
    )


def context_leans(text: str, bio: str = "") -> list[Lean]:
    """What speaks for or against somebody's being known, in the order of LEANS."""
    context_cues = find_context_cues(
        Post(in_figures(plain(text[:READ])), NOBODY, bio, official=False)
    )
    return [lean for lean in LEANS if lean.speaks(context_cues)]


def log_odds(leans: Sequence[Lean]) -> float:
    """How far they lean together; from LEAST_LEAN to MOST_LEAN."""
    return max(LEAST_LEAN, min(MOST_LEAN, sum(lean.weight for lean in leans)))


def context_steps(score: float, text: str, bio: str = "") -> list[RuleStep]:
    """How each lean that speaks moves the model's score for `pid`; a score next to nothing stays."""
    leans = context_leans(text, bio) if score >= LEAST else []
    steps: list[RuleStep] = []
    before = score
    for count, lean in enumerate(leans, start=1):
        by = log_odds(leans[:count])
        after = moved(score, by) if by else score
        if after != before:
            steps.append(RuleStep(rule=lean.why, before=before, after=after))
        before = after
    return steps


def moved(score: float, by: float) -> float:
    """A probability moved by log-odds."""
    clipped = min(max(score, 1e-4), 1 - 1e-4)
    return 1 / (1 + math.exp(-(math.log(clipped / (1 - clipped)) + by)))
