"""A claim of detriment: somebody spoke up at work and says what became of them since (Employment Rights Act 1996, section 47B).

Few write 'because I made a disclosure'. They put two things side by side and leave the link to whoever reads it ('Raised a concern in
spring. Performance plan by summer.'), speak of themselves as 'you', or leave the subject out. So a claim is words of speaking up near
words of what befell somebody at work; the milder of these need words of time, cause or irony beside them, and nothing that is glad of it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.patterns import lazy_compile

LONGEST = 20_000  # code points that are searched
NEAR = 220  # code points that may lie between speaking up and what came of it

_OFFICE = (
    r"(?:guardian|ftsu|freedom to speak up|cqc|mhra|hse|hsib|hssib|ombudsman|coroner|regulator|inspectors?|inspection|counter[- ]?fraud|auditors?|audit|matron"
    r"|(?:\w+ )?managers?|supervisors?|(?:\w+ )?leads?|consultants?|chief exec\w*|ceo|execs?|executives?|directors?|board|governors?|partners|ccg|icb|commissioners|council|trust|union"
    r"|safeguarding|deanery|tutor|university|infection control|pharmacist|investigation|investigators?|boss|bosses|sister in charge|nurse in charge|hq|head office)"
)
_SPOKE = lazy_compile(
    r"\b(?:sp(?:oke|oken|eak|eaks|eaking) (?:up|out)|(?:said|say|saying) (?:my piece|something|so)|open(?:ed)? (?:my|your|our|her) mouth|blew (?:the|a) whistle|blow(?:ing)? the whistle|whistle-?bl\w+"
    r"|(?:raised|raise|raising|voiced|flagged|flag|flagging|escalated|escalate|reported|(?<!i )report|reporting|queried|query|questioned|challenged|challenge|highlighted|disclosed)"
    r"|point(?:ed|ing)? out|concerns? (?:was |were |had been )?(?:raised|went in|logged)|(?:my|our) (?:\w+ )?concerns?|datix\w*|incident (?:form|report)\w*|filled in an? \w+ form"
    r"|complain(?:ed|ing|s)? (?:about|to|that|of)|(?:put in|lodged|submitted|filed) an? (?:formal )?(?:grievance|complaint|concern|report|statement|form)|put an? (?:\w+ )?(?:grievance|complaint|concern|report|statement|form) in\b|(?:wrote|written|writing) (?:it |this |\"?'?(?:unsafe|dangerous|short|no)\b\w*\"?'? )?(?:down )?in the (?:\w+ )?(?:book|notes|diary|log|comms book)"
    r"|gave (?:evidence|a statement|my statement)|(?:witness )?statement (?:to|for)|(?:refus(?:ed|e|ing)|wouldn't|would not|won't|declined) (?:to )?(?:sign|falsify|back-?date|cover|fill|change|delete|fudge|put my name)"
    r"|(?:told|tell|telling|went to|go to|going to|emailed|e-?mail(?:ing)? to|wrote to|write to|written to|wrote it down for|rang|contacted|spoke to|spoken to|speak to|talked to|asked|ask)"
    r" (?:the |my |our |a |an |in )?(?:\w+ ){0,2}?"
    + _OFFICE
    + r"|put (?:it|this|that|them|my \w+) (?:in writing|on paper|in an? e-?mail)|(?:i|we) (?:(?:asked|spoke|said|wrote) (?:in writing|about)|asked (?:where|who|why|how many))|asked (?:in writing|who signed|why the)|(?:the )?letter about the|(?:one|ones|person|nurse|carer) who (?:wrote|said|told|asked|signed)"
    r"|(?:said|say|says|saying|told \w+)(?: \w+){0,6} (?:unsafe|wrong|wrongly|dangerous|illegal|(?:is|was|are|were)n't (?:safe|right|being done|done|checked)|not (?:safe|right|being done))"
    r"|we said about|the (?:two|three|four|five|six|ones?) (?:of us )?who (?:said|signed|reported|complained|raised))\b",
)
_CUT = r"(?:end(?:ed|ing|s)|cancelled|cut|stopped|gone|dried up|withdrawn|disappeared|vanished|at risk|\"at risk\"|halved|deleted|not (?:being |been )?(?:renewed|extended|offered)|(?:has|have|had|is|was|were|are)n't (?:being |been )?(?:renewed|extended|offered)|taken (?:off|away|from)|removed|pulled|frozen)"
# What befalls nobody by chance, or for the good
_GRAVE = lazy_compile(
    r"\b(?:suspend(?:ed|s)?|suspension|dismissed|sacked|fired|let go|made redundant|redundant|disciplin(?:ed|ary|aries)|(?:written|final|first|verbal|formal) warning"
    r"|under investigation|(?:investigation|allegations?|grievance|complaint) (?:appeared |was |were |is )?(?:made |opened |brought |lodged )?(?:against|about|into) (?:me|us)|performance (?:plan|manag\w+|improvement\w*)|pip(?:'d|ped)?|(?:on|on a|on to|through|into) capability|capability (?:meeting|plan|process|hearing|letter)s?"
    r"|(?:reported|referred) (?:me|myself|us|to (?:the )?(?:nmc|gmc|hcpc|gphc|social work england))"
    r"|(?:secondment|contract|fixed[- ]term|bank (?:shifts?|work)|agency (?:shifts?|work)|sessions|bookings|shifts?|hours|overtime|role|post|job|placement|project|honorary|access|invit\w+|lists?|bonus|promotion|training|study leave|funding)(?: \w+){0,3}? "
    + _CUT
    + r"|(?:cut|halved|stopped|cancelled|pulled|ended|took|taken) (?:my|our|your|her|all my|all our) (?:hours|shifts?|overtime|lists?|sessions|pay|leave|study leave|secondment|contract|projects?|role|access|job)"
    r"|lost (?:my|our|your|her|his) (?:job|post|role|shifts?|secondment|band|bands|place|placement|increment|registration|contract|hours|career|office)"
    r"|no(?:t one| more|t a single| single|w no)? (?:bank |agency |clinic |theatre )?(?:shifts?|sessions|lists|bookings|bank work)(?= offered| since| for me| for us| after| left| available| now|[.!]|$)"
    r"|passed over|overlooked|demot(?:ed|ion)|downgraded|sidelined|side-?lined|frozen out|froze(?: me| you| us)? out|ostraci[sz]ed|sent to coventry|blanked|isolated|excluded|(?:managed|pushed|forced|edged|hounded|bullied|driven|drummed|eased) out"
    r"|redeploy(?:ed|ment)|restricted duties|non-?clinical duties|(?:was |been |got )?failed (?:for|my|on)|(?:marked|signed) as (?:a )?fail"
    r"|(?:nobody|no one|none of them|no-one)(?: \w+){0,2} (?:speaks?|spoken|talks?|talked|sits?|looks?|eats?)(?: \w+){0,2} (?:to|with|at) (?:me|us|you)|won't (?:speak|talk|sit)(?: \w+){0,2} (?:to|with) (?:me|us|you)"
    r"|(?:not|never|haven't|hasn't|n't)(?: \w+){0,2} (?:been )?(?:asked|invited|offered|shortlisted|included|copied in|rostered|booked)|no longer (?:invited|asked|rostered|copied|included|welcome|booked)|uninvited|left (?:off|out of|out)"
    r"|(?:meeting|chat|interview|appointment|letter|call|email|summons)(?: \w+){0,2} (?:with|from|to|by) hr|called in(?:to)? (?:to )?(?:hr|the office|a meeting)|(?:talk|chat|word|warning|conversation) about (?:my|your|our) (?:\")?(?:attitude|tone|behaviour|communication|conduct|team ?work\w*)"
    r"|(?:become|became|are|am|was|i'm|you're|being|labelled|labell?ed as|called|branded|made out) (?:as )?(?:the|a) (?:problem|trouble-?maker|difficult|grass|snitch|bad apple)|labelled (?:\")?difficult|a snitch|a grass"
    r"|(?:wellbeing conversation|fitness to practi[sc]e)|moved (?:my|your|our|her) desk|(?:by|next to|under|beside|outside) the (?:bins?|printers?|photocopier|toilets?|loos?|post room|store ?room|broom cupboard|boiler)"
    r"|(?:my|our) (?:name|names|locker|things|stuff|belongings)(?: \w+){0,2} (?:read out|emptied|cleared|on the (?:white)?board|passed on|given to|given out|shared|boxed up)|(?:found out|told|knew|knows?)(?: \w+){0,2} it was (?:me|us)"
    r"|withdraw (?:my|our|the) (?:statement|concern|datix|complaint|report)|(?:not|isn't) (?:a |being a )?(?:\")?team player|not (?:on the )?bank any ?more|cold[- ]shoulder\w*|victimi[sz]ed|punished|penali[sz]ed|retaliat\w+|reprisals?|payback|targeted|tribunal)\b",
)
# What may befall anybody: only with words of time, cause or irony, and where nothing is glad of it
_MILD = lazy_compile(
    r"\b(?:(?:moved|transferred|shifted|relocated|sent|put|split|taken|took|removed|dropped|kept|posted)(?: (?:me|us|you|my name))? (?:off|out|from|to|on|onto|across|into|back|away|down|between)"
    r"|moved (?:me |us |you )?(?:ward|wards|site|sites|team|teams|office|me|us|you)|(?:roster|rota|shifts?|line manager|job plan|desk)(?: was| were| got)? (?:changed|swapped|redone|rewritten|moved)|next rota|(?:all|permanent|straight|only|nothing but|just) (?:nights|weekends|earlies|lates)|(?:nights|weekends|earlies|lates) (?:only|and nothing else)|worst (?:\w+ )?(?:floor|bay|ward|shifts?|rota|end|run)|off (?:nights|weekends|days|(?:the|every|all|each|any) \w+)"
    r"|role (?:changed|gone)|(?:gone|left|missing) from the (?:structure|list|rota|chart)|appraisal|long[- ]term sick|signed off (?:sick|with)|off (?:sick|with stress)|broom cupboard|basement|post room|new line manager|desk (?:by|next to|in|under|near)"
    r"|gets? (?:us|me|you) the|give(?:s)? (?:us|me|you) (?:the|only|all|just)|only (?:the )?(?:early|late|night|weekend)s? shifts?)\b",
)
_LINKED = re.compile(
    r"\b(?:since|after|later|then|next|now|same (?:day|week|month|afternoon|morning)|(?:day|week|month|morning)s? (?:after|later)|(?:weeks?|months?|days?)\b|by (?:the )?(?:\w+day|spring|summer|autumn|winter|christmas|easter|lunch|january|february|march|april|may|june|july|august|september|october|november|december|wednesday)"
    r"|in (?:january|february|march|april|may|june|july|august|september|october|november|december)|straight (?:after|away)|because|ever since|so (?:they|i|we)|funny (?:that|how|old|thing|coincidence)|coincidence\w*|do the maths|work it out|draw your own|go figure|you guess|guess (?:what|who|where)|reward\w*|thanks for|surprise|see how|ask me how|that's what (?:happen\w+|you get)|what you get|happened to|you get|got|and (?:they|you|now|got|get)|they say)\b",
)
_GLAD = re.compile(
    r"\b(?:thank(?:s| you)(?! for nothing)|great|proud|lov(?:e|ing|ed|ely)|sensible|credit where|brilliant|well done|glad|winning|happy|fair play|listened|listens|delighted|can't wait|cannot wait|new team|promoted|fixed|sorted|nearer|sleep!)\b",
)
_ABOUT_OTHERS = re.compile(
    r"\b(?:he|she|him|her|his|hers|himself|herself|whistle-?blowers?|(?:a|the|one|another|some) (?:\w+ ){0,2}?(?:nurse|doctor|dr|surgeon|consultant|midwife|paramedic|porter|carer|manager|analyst|colleague|pharmacist|gp|registrar|trainee|driver|woman|man|lad|girl|guy|bloke))\b",
)
_OTHERS_OF_MINE = re.compile(
    r"\b(?:my|our) (?:\w+ )?(?:mate|friend|wife|husband|partner|son|daughter|sister|brother|mum|mother|dad|father|nephew|niece|cousin|aunt|uncle|neighbour|gran|nan|flatmate|housemate|boss|gf|bf|girlfriend|boyfriend)(?:'s)?\b",
)
_OWN = re.compile(
    r"\b(?:i|i'm|i've|i'd|me|my|mine|myself|we|we're|we've|us|our|ours|this (?:nurse|hca|carer|porter|midwife|doctor|cleaner|paramedic|one)|yours truly|you|your)\b",
)


def _spoke_and_fared_worse(plain: str) -> bool:
    """Whether words of what befell somebody at work stand near words of speaking up."""
    acts = [match.span() for match in _SPOKE.finditer(plain)]
    if not acts:
        return False
    linked = _LINKED.search(plain) is not None
    outcomes = [_GRAVE] if not linked or _GLAD.search(plain) else [_GRAVE, _MILD]
    return any(
        _apart(act, match.span()) <= NEAR
        for pattern in outcomes
        for match in pattern.finditer(plain)
        for act in acts
        if not _overlap(act, match.span())
    )


def _apart(first: tuple[int, int], second: tuple[int, int]) -> int:
    """How many code points lie between two spans."""
    return max(first[0], second[0]) - min(first[1], second[1])


def _overlap(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]


@lru_cache(maxsize=16)  # what protects a post and its flags ask for the same text
def claims_detriment(text: str) -> bool:
    """Whether somebody at work says that they fared worse since they spoke up.

    For posts by who works there or did; of anybody else's the same words are a complaint or a story. What a post tells of others alone,
    with no word of its author, is a story too.
    """
    plain = text[:LONGEST].replace("’", "'").lower()
    if not _spoke_and_fared_worse(plain):
        return False
    mine = _OTHERS_OF_MINE.sub(" ", plain)
    return _OWN.search(mine) is not None or _ABOUT_OTHERS.search(plain) is None
