"""What patients tell of their own unequal treatment, and what only names who somebody is.

`discrimination` is what people say of themselves or their group (codebook, section 1): of a relative the same words are a complaint, and
so is a complaint about a wait by somebody who says in passing that they are Polish, deaf or a grandmother. Staff are read by `told_at_work`.
"""

from __future__ import annotations

import re

from classify.text.literals import Sought

LONGEST = 20_000  # code points that are searched
NEAR = 90  # code points that may lie between who somebody is and how they were met

# A word that charges it, or words that nobody hears but for who they are
_SAYS_SO = Sought(
    r"discriminat\w+|\b(?:racis[mt]\w*|racially|sexis[mt]\w*|homophob\w+|transphob\w+|islamophob\w+|antisemit\w+|ableis[mt]\w*|ageis[mt]\w*|equality act|prejudice[ds]?|stereotyp\w+|racial profiling"
    r"|(?:you|your|us|them) (?:people|lot|kind)\b(?= (?:always|even|never|come|are|have|all|should|don't))|people like (?:me|us|you|them)|where (?:are you|you're|you are|i'm|i was|we're|are we) (?:really |originally )?from|go back (?:to (?:where|your)|home)|speak (?:proper )?english|(?:don't|doesn't|do not) speak english|are you people"
    r"|dead-?nam\w*|misgender\w*|(?:wrong|my) pronouns?|what are you(?:,)? then|slurs?|the [npf][- ]word|treated (?:like|as) (?:a )?(?:second|less than|dirt because|foreigner)|less than (?:a )?human"
    r"|(?:just |only |all |simply )?(?:because|cos|cuz|bc|'cause|since|for being) (?:i'm|im|i am|we're|we are|of my|of our|a|an) (?:\w+ ){0,2}?(?:black|brown|asian|muslim|jewish|sikh|hindu|somali|polish|romanian|roma|gypsy|traveller|travellers|foreign|foreigner|immigrant|african|arab|irish|gay|lesbian|bi|trans|queer|woman|fat|old|disabled|deaf|blind|autistic|pregnant|accent|colour|skin|age|race|religion|faith|headscarf|hijab|disability|wheelchair|surname|name))\b",
    re.IGNORECASE,
)
# Who somebody says that they are, or what shows it
_WHO = (
    r"(?:black|brown|asian|muslim|jewish|sikh|hindu|somali|african|caribbean|arab|roma|gypsy|gypsies|travellers?|refugees?|asylum|foreign(?:er)?s?|gay|lesbian|bisexual|trans|non-?binary|queer|same[- ]sex|my (?:wife|husband) and i are both|deaf|bsl|hard of hearing|blind|guide dog|assistance dog|autis\w+|adhd|dyslexi\w+|down's|downs"
    r"|learning disabilit\w+|wheelchair|(?:in )?my (?:chair|scooter|beard|dress|accent|faith|religion|turban|hijab|headscarf|niqab|stammer|stutter|hearing aids?|old name|new name|deed poll|english|skin|colour|hair|surname|size|weight)|old name|birth name|crutches|walker|rollator|stammer\w*|stutter\w*|hijab|niqab|headscarf|turban|interpreter"
    r"|no fixed (?:address|abode)|homeless|speak enough|accent|shabbat|ramadan|kirpan|sickle cell|in pain)"
)
# How they were met
_MET = (
    r"(?:refus\w+|turn(?:ed)? (?:me|us) away|den(?:y|ied)|told (?:me |us )?no\b|said no\b|won't (?:see|let|book|register)|wouldn't (?:see|let|book|register|look|speak|talk)|laugh\w*|giggl\w+|snigger\w*|mock\w*|mimic\w*|imitat\w+|smirk\w*|tutt(?:ed|ing|s)|roll(?:ed|s|ing)? (?:her|his|their|its) eyes|star(?:ed|es|ing) at|looked (?:at me like|me up and down|at my)"
    r"|(?:very|really|so)? ?(?:slow(?:ly)?|loud(?:ly|er)?)(?= (?:at|to|like|as if))|talk(?:ed|s|ing)? (?:to me )?(?:very |really )?(?:slow|loud|down)\w*|like (?:i'm|im|i am|i was|we're|we were) (?:stupid|thick|a child|a kid|five|an idiot|dirt|nothing|invisible|contagious|a criminal)|over my head|not to me|past me|talked to my|spoke to my|asked my (?:husband|wife|carer|mum|daughter|son)"
    r"|(?:two|three|\d|the|front) steps\b|no (?:ramp|lift|loop|interpreter|hoist|signer|chaperone|female)|ramp|through the window|bottom of|can(?:'t|not) get (?:in|through|up|past)|couldn't get (?:in|through|up|past)|didn't (?:book|bring|provide|have) (?:an?|one)|never (?:booked|turned up|came)|shout(?:ed|s|ing)? (?:my|it|out)|called (?:out|me)|in front of (?:everyone|everybody|the whole|a full)|(?:the|whole|full) waiting room"
    r"|the list was full|wasn't full|not (?:taking|registering) |humiliat\w+|embarrass\w+|suspicious|drug[- ]seek\w*|after drugs|here we go|you speak enough|can('t| not) you people|health tourist|\bmister\b)"
)
_BESIDE = Sought(
    rf"\b{_WHO}\b.{{0,{NEAR}}}?\b{_MET}|\b{_MET}.{{0,{NEAR}}}?\b{_WHO}\b",
    re.IGNORECASE | re.DOTALL,
)
_OWN = Sought(r"\b(?:i|i'm|im|i've|i'd|me|we|we're|we've|us|myself|ourselves)\b", re.IGNORECASE)
_KIN = r"(?:dad|father|mum|mam|mother|brother|sister|son|daughter|lad|boy|girl|nan|nana|gran|granny|grandad|grandma|grandson|granddaughter|grandchild|husband|wife|partner|uncle|aunt|auntie|cousin|niece|nephew|neighbour|friend|mate)"
_OF_KIN = Sought(
    rf"\b(?:my|our) (?:\w+[ -]){{0,3}}?{_KIN}\b(?! (?:said|says|had to|came|drove|rang|booked|told|and i\b))",
    re.IGNORECASE,
)
_TO_ME = Sought(
    r"\b(?:told|asked|called|refused|denied|treat(?:s|ed)|look(?:s|ed) at|shouted at|talked to|spoke to|said to|heard|saw|turned|let|for|at|to|put|left|made|see|seen) (?:me|us)\b|\b(?:i'm|im|i am|we're|we are|as) (?:an? |both |all |the )?(?:\w+ ){0,2}?"
    + _WHO
    + r"\b|\bin my (?:chair|hijab|turban|dress)\b",
    re.IGNORECASE,
)


def tells_of_unequal_care(text: str) -> bool:
    """Whether a patient says that they themselves were met otherwise for who they are, or could not get in."""
    plain = text[:LONGEST].replace("’", "'")
    if _OWN.search(plain) is None or told_of_kin(plain):
        return False
    return _SAYS_SO.search(plain) is not None or _BESIDE.search(plain) is not None


def told_of_kin(text: str) -> bool:
    """Whether it is told of a relative or friend, and nothing of it of its author: a complaint, whatever was done to them."""
    plain = text[:LONGEST].replace("’", "'")
    return _OF_KIN.search(plain) is not None and _TO_ME.search(plain) is None
