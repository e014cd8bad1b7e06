"""Whether a post puts a death or a lasting injury down to care: 'Lost my sight in one eye waiting for a call back', 'She was nine and you knew'.

It is an `allegation` whose harm is serious, however mildly it is told (codebook, section 5). A death that is told with thanks, an injury that nobody
is blamed for and a loss of long ago are none. What answers news of a death ('blood on your hands') is read with it.
"""

from __future__ import annotations

import re

from classify.text.literals import Sought

LONGEST = 600  # code points of a post that is read so; a longer one tells of much else, and of what it charges in more words
NEAR = 100  # code points that may lie between a harm and whom or what it is put down to

_AGE = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)"
_KIN = r"(?:mum|mam|mother|dad|father|nan|gran|grandma|grandad|son|daughter|baby|husband|wife|partner|brother|sister|uncle|aunt|auntie|cousin|friend|mate|child|little (?:girl|boy)|girl|boy|lad|patient|man|woman|lady|people|patients|children|babies)"
_WHOSE = r"(?:my|his|her|their|our|the|a|one|both|that|most of my|half (?:of )?(?:my|his|her))"
_ORGAN = r"(?:kidneys?|legs?|foot|feet|toes?|hands?|arms?|fingers?|thumb|eyes?|eyesight|sight|vision|hearing|womb|breasts?|ovary|ovaries|bowel|testicle|limbs?|spleen|fertility|tongue|lung)(?! aids?| tests?| clinic| appointment)"
_LASTING = (
    rf"\b(?:lost|losing|lose) (?:{_WHOSE} )?(?:(?:left|right|good|healthy|other|unborn|only|whole) )?{_ORGAN}\b|\blost (?:all |most |some |the |part )?(?:of )?(?:use|sight|feeling|sensation|hearing|vision|movement) (?:of|in)\b"
    rf"|\b(?:took|take|taken|cut|chopped|amputated?|removed?) (?:off |out |away )?(?:my|his|her|their) (?:(?:left|right|good|healthy|whole) )?{_ORGAN}\b|\b{_ORGAN} (?:had to be|was|were|has been) (?:amputated|removed|cut off|taken (?:off|out|away))\b"
    r"|\b(?:(?:gone|went|left|now|going) (?:\w+ )?blind\b|blind now|blinded|blind (?:in (?:the|my|his|her) (?:left|right)|for life)|paraly[sz]ed|brain[- ]damaged?|brain damage|cerebral palsy|erb's palsy|colostomy|amputat(?:ed|ion)|(?:on|needs?) dialysis (?:for life|now|for good|because|thanks)|(?:stoma|catheter|bag|pain|wheelchair|scarred|disabled|maimed|crippled) for life|in a wheelchair (?:now|for|since)|permanent(?:ly)? (?:damaged?|disabled?|injur\w+|scarred))"
    r"|\b(?:can't|cannot|can not|cant|can no longer|will never|won't ever|wont ever|no longer able to|will not ever) (?:even |ever )?(?:walk|talk|speak|swallow|(?:see|move)(?: properly| again| now| at all| out of \w+| with \w+| any ?more|(?= thanks| because|[.!,]|$))|feel (?:my|his|her)|have (?:children|kids|babies|a baby|any more|another)|use (?:my|his|her))\b"
    r"|\b(?:it (?:was|had|has|is) (?:everywhere|spread|too late|in (?:my|his|her) (?:liver|lungs?|bones|brain|spine))|had spread|stage (?:4|four)(?! mental| therapy| talk)|terminal(?:ly)?|inoperable|incurable|(?:months|weeks) to live)\b|\b(?:the |a )?strokes? took (?:my|his|her)\b"
)
_DEATH = (
    r"\b(?:(?<!phone )(?<!tablet )(?<!battery )(?<!laptop )(?<!powerbank )(?<!talk )(?<!had )died|(?:he|she|mum|dad|nan|who|son|daughter|they|baby|wife|husband) ?(?:is|'s|was|were|are) dead(?! body)|dead (?:by|within|before)|passed away|killed (?:my|him|her|them|our|that|a)|stillborn|bled out|(?:bled|bleed|starved?|choked?|suffocated?|froze|burne?d?|drowned) to death|(?:in|left in) a (?:hearse|coffin|body bag|box)"
    rf"|(?:home|away) to die|(?:let|leave|left|leaving) (?:him|her|them|(?:my|our|that|this|a|the)(?: \w+){{0,2}} {_KIN}|people|patients) (?:to )?(?:die|bleed|suffocate|starve|drown)|cost (?:him|her|my \w+) (?:his|her|their) li(?:fe|ves)|(?:bury|buried|burying) (?:my|our|him|her|a child)|(?:his|her) (?:own )?(?:funeral|post ?mortem))\b"
)
_BLAME = (
    r"\b(?:mis-?diagnos\w+|wrongly diagnosed|botch\w*|cock(?:ed)?[- ]?up|blunder\w*|negligen\w+|negligent\w*|malpractice|(?:your|their|his|her|the \w+'s|hospital) (?:mistake|error|fault|failures?|failings?|incompetence|delays?)|down to (?:you|them|this|that|their|your|the)|thanks to (?:you|them|this|that|their|your|the)"
    r"|because (?:of )?(?:you|they|nobody|no one|no-one|noone|this|that|(?:the|a|some|one|her|his|my) (?:\w+ )?(?:hospital|trust|gp|surgery|ward|doctors?|nurses?|midwi\w+|consultant|registrar|surgeon|paramedics?|receptionist|pharmac\w+|carers?|locum)|your|their|staff|doctors?|nurses?|someone|somebody)|(?:nobody|no one|no-one|noone|not one \w+)(?: had| even| ever| bothered to)? (?:read|looked|look|checked|check|acted|listened|came|noticed|examined|scanned|followed|saw|believed|did (?:a thing|anything|nothing)|gave|turned|took)(?! wrong| anything wrong)"
    r"|(?:never|didn't|did not|didnt|failed to|refused to|wouldn't|would not|forgot to|too busy to)(?: even| ever| bother to)? (?:read|look|check|act|listen|come|came|notice|examine|scan|follow|see|saw|believe|treat|test|admit|operate|refer|send|give|gave|do|diagnosed?|spot|spotted|investigate|checked|looked|called|listened|examined|scanned|tested|treated)"
    r"|(?:they|you|he|she|doctors?|nurses?|gp|hospital|surgery|trust|ward|staff|a&e|111|consultant|dr \w+|who|and|it) (?:all |had |have |then |just |only |lot )?(?:ignored|missed|dismissed|misread|overlooked|refused|forgot|failed|mixed up|cancelled|delayed)|(?:they|you|staff|nurses?|doctors?) left"
    r"|missed (?:the|it|my|his|her|a|an|every|all|three|two)|ignored (?:me|him|her|us|my|his|every|all|for|the)|sent (?:(?:him|her|me|us|them|my \w+|that \w+(?: \w+)?)(?: straight| back)? )?(?:home|away|packing|back)\b|turned (?:him|her|me|us|them) away|told (?:me|him|her|us|my \w+)(?: that)? it(?: was|'s| is) (?:just|only|nothing|a|an|in|all|wind|anxiety|stress|constipation|indigestion|migraines?|\w+ache|piles|growing)"
    r"|(?:begged|pleaded|warned|warnings|reported it)|wrong (?:\w+ )?(?:drug|dose|blood|leg|kidney|eye|tube|medicine|medication|operation|diagnosis|tablets)|overdosed (?:him|her|me)|you (?:lot |all |people )?(?:killed|let|left|knew|did nothing|ignored|failed|sent|missed)|they (?:killed|let))\b"
)
# A harm and its blame in one
_BOTH = (
    r"\b(?:went|walked|came) in\b[^.!?\n]{0,40}\bnever (?:came|walked|got) (?:back )?(?:out|home)\b|\bblood(?:'s| is)? (?:all over|on) (?:your|their|its|his|her|the \w+'?s?|those) hands\b|\byou(?:'ve| have| lot| people| all)? (?:killed|murdered|let (?:him|her|them) die|left (?:him|her|them) to die)\b|\b(?:he|she|they)(?:'s| is| are|'d be| would be| would still be| should be) (?:dead|alive|here)(?: today| now)? (?:because|if it|if you|thanks to|but for|had you)\b"
    r"|\bwent in\b[^.!?\n]{0,60}\b(?:came out|come out|left|went home|came home|carried out)\b(?: (?:\w+ )?(?:without (?:it|one|her|him|them|a (?:leg|foot|kidney|baby|womb)|either)|in a (?:box|hearse|coffin|body bag|bag|wheelchair)|with (?:no|one|only one) (?:legs?|foot|feet|kidneys?|eyes?|baby|womb|arms?|hands?)|dead|blind|paraly[sz]ed|minus \w+))"
    rf"|\b(?:walked|came|went) in\b[^.!?\n]{{0,40}}\b(?:left|came out|carried out|wheeled out)\b[^.!?\n]{{0,12}}\b(?:in a (?:box|hearse|coffin|body bag)|feet first)\b|\b(?:ignored|missed|knew|did nothing|warnings?|failed (?:him|her))\b[^\n]{{0,60}}\b(?:he|she) was (?:only |just )?{_AGE}(?: years old| months old)?(?=\s*(?:[.!?]|$))"
)
# What a few words charge that answer news of a death
_CHARGED_THERE = r"\b(?:you|they)(?: all| lot| people)? (?:knew|ignored|did nothing|let (?:him|her|them|this|it)|left (?:him|her)|failed (?:him|her|them)|lied|covered|hid|killed|could have saved)\b|\byou had (?:\w+ )?(?:chances?|warnings?)\b|\bon your watch\b|\bto death\b|\bcover[- ]?up\b|\bcovered (?:it |this )?up\b|\bblood (?:is )?on\b|\bmurder(?:ers?|ed)?\b|\bkillers?\b|\b(?:because|thanks to|down to) (?:of )?you\b|\bnegligen\w+"
_TOLD_OF_DEATH = Sought(r"\b(?:inquest|coroner\w*|died|deaths?|dead|fatal\w*|passed away|bereaved|stillb\w+|manslaughter|homicide|condolences)\b", re.IGNORECASE)  # fmt: skip
_WAITED = rf"\b(?:wait(?:ed|ing)?|left|lay|lying) (?:\w+ ){{0,3}}?(?:for|on|in|{_AGE}|\d+|hours|weeks|months|years|until|till)\b"
_QUIET = Sought(
    r"\b(?:saved (?:my|his|her|our|their) \w+|thank you|thanks for|thankyou|grateful|bless|brilliant|wonderful|amazing|fantastic|excellent|lovely|angels?|heroes|did (?:all|everything|their (?:very )?best|your (?:very )?best|what)|could(?:n't| not) have (?:done|been|known|asked)|(?:nobody|no one|noone) could have|can(?:'t|not) (?:fault|thank|praise)|peaceful\w*|with dignity"
    r"|as (?:he|she|they) (?:wished|wanted)|at home (?:in|with|as)|in (?:his|her|their) own bed|held (?:his|her|my|their) hand|looked after (?:me|him|her|us) (?:so |very |really )?(?:well|beautifully|ever)|r\.?i\.?p|rest in peace|novel|film|episode|drama|storyline|if (?:someone|somebody|anyone|anybody)|before (?:someone|somebody|anyone|anybody)|by which i mean|(?:said|says|claim(?:s|ed)?|rumour\w*|admitted) (?:\w+ ){0,3}that|could have (?:died|lost|been)|nearly|almost|(?:i|we|he|she|they)(?:'ll| will| would|'d) (?:probably |all |both )?be dead|might (?:have )?|scared (?:of|that)|afraid|risk of)\b"
    r"|\b(?:did|done|do) (?:anything|nothing) wrong\b|\bnot saying it was\b|\b(?:father|mother|dad|mum|nan|uncle|aunt|auntie|gran\w*|brother|sister) (?:had |also |both )?died (?:of|from|with) (?:the same|it\b|bowel|breast|ovarian|lung|prostate|liver|a stroke (?:at|when))|\b(?:to|of|from|with|by) (?:the |a )?(?:\w+ )?(?:cancer|crash|accident|war|meningitis as a child)\b|\b(?:since|from) birth\b|\bborn (?:blind|deaf|with)|\b(?:19[5-9]\d|200\d|201\d)\b|\b(?:years|decades) ago\b",
    re.IGNORECASE,
)
_HARM = Sought(rf"{_LASTING}|{_DEATH}", re.IGNORECASE)
_CAUSE = Sought(_BLAME, re.IGNORECASE)
_LOST_BY_WAITING = Sought(
    rf"(?:{_LASTING})[^.!?\n]{{0,40}}?{_WAITED}|{_WAITED}[^!?\n]{{0,60}}?(?:{_LASTING})|{_WAITED}[^!?\n]{{0,40}}?(?:{_DEATH})",
    re.IGNORECASE,
)
_IN_ONE = Sought(_BOTH, re.IGNORECASE)
_SAID_THERE = Sought(_CHARGED_THERE, re.IGNORECASE)
_REPLY = 140  # code points of what is read with the news of a death that it answers


def blames_care_for_harm(text: str, answered: str = "") -> bool:
    """Whether it puts a death or a lasting injury down to care; `answered` is what it answers, "" where it answers nothing."""
    if len(text) > LONGEST:
        return False
    plain = text.replace("’", "'").replace("‘", "'")
    if _QUIET.search(plain):
        return False
    if _IN_ONE.search(plain) or _LOST_BY_WAITING.search(plain):
        return True
    if len(plain) <= _REPLY and answered and _SAID_THERE.search(plain):
        return _TOLD_OF_DEATH.search(answered) is not None
    return _lie_near(plain)


def _lie_near(plain: str) -> bool:
    if not _HARM.may_match(plain) or _CAUSE.search(plain) is None:
        return False
    causes = [match.span() for match in _CAUSE.compiled.finditer(plain)]
    return any(
        start - NEAR <= match.end() and match.start() - NEAR <= end
        for match in _HARM.compiled.finditer(plain)
        for start, end in causes
    )
