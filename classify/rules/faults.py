"""Whether a post finds fault with care in so many words, whatever its tone: 'Lovely staff, but eleven hours on a plastic chair'.

A complaint that is told kindly, drily or in few words reads as cheerful or neutral, and was passed as clean. What these words do is small: a
person reads the post, at low risk (codebook, section 1: `complaint` needs a charge about care, not a bare mention).
"""

from __future__ import annotations

import re
from functools import cache

LONGEST = 6_000  # code points that are searched

_THING = (
    r"(?:appointments?|referrals?|results?|letters?|scans?|x-?rays?|call ?backs?|prescriptions?|tablets|meds|medication|medicines?|surgery|operations?|ops?|beds?|blankets?|notes|records|forms?|tests?|bloods|samples?|interpreters?"
    r"|hearing aids?|glasses|teeth|dentures|wheelchairs?|transport|drivers?|ambulances?|coil form|files?|discharge|physio|dates?|scripts?|swabs?|stick|frame|bag|coat|phone|ring)"
)
_NUMBER = r"(?:\d+(?:[.,]\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|twenty|thirty|forty|several|many)"
_LONG = rf"(?:{_NUMBER}(?:\+| and a half|½)? ?(?:hours?|hrs?|h|weeks?|wks?|months?|years?|yrs?|days)|(?:[3-9]\d|1\d\d|forty|fifty|ninety) ?(?:mins?|minutes))"
_FAULTS = (
    # nobody came
    r"\b(?:nobody|no one|no-one|noone|none of them|not one (?:person|of them)|not a soul)(?: \w+){0,2}? (?:came|comes|come|rang|rings|ring|called|calls|answers?|answered|asked|asks|told|tells|checked|checks|explained|explains|knew|knows"
    r"|listens?|listened|looked|looks|spoke|helped|helps|replied|replies|picks? up|picked up|bothered|cares?|cared|warned|apologised|(?:ever )?said sorry|could (?:find|say|tell|help|explain)|can (?:find|say|tell|help|explain)|turned up|seemed to)\b"
    # they never rang back
    r"|\b(?:never|didn't|did not|didnt|doesn't|doesnt|does not|don't|don t|dont|won't|wouldn't|hasn't|haven't|not)(?: even| once| ever| bother to| bothered to)? (?:come|came|rang|ring|rung|called back|call back|answer(?:ed)?|repl(?:y|ied)|turn(?:ed)? up|show(?:ed)? up|listen(?:ed|ing)?|look(?:ed)? (?:at|up)|explain(?:ed)?"
    r"|check(?:ed)?|asked|pick(?:ed)? up|arrived?|phoned|apologi[sz]ed?|introduced?|sa(?:y|id) (?:sorry|hello|her name|his name|their name)|read (?:my|the|his|her)|like how|had a call|heard back|been told|cut|get through|got through)\b"
    # waits
    rf"|\b(?:waited|waiting|wait|waits|sat|sitting|stood|on hold|queued|queu(?:e|ing)|kept (?:me|us|him|her|them|mum|dad|\w+) ?)(?: \w+){{0,5}}? {_LONG}\b|\b{_LONG}(?: \w+){{0,2}}? (?:on (?:a|an|the) (?:\w+ )?(?:chair|trolley|corridor|floor|bench|hold)|in (?:a|an|the) (?:\w+ )?(?:chair|corridor|queue|waiting room|a&e|cold)|wait\b|for a (?:call|callback|reply|letter|date|scan|routine))"
    rf"|\bstill (?:waiting|no|not|nothing|hasn't|haven't|have no|paining|hurts?)\b|\bit(?:'s| has|'s now)? (?:been|taken) {_LONG}|\b{_LONG} (?:after the referral|and counting|to be told|later (?:and )?(?:still|no|nothing))|\btook {_LONG}|\bi wait for (?:answer|reply)|\bfrom \d+(?:[.:]\d\d)?(?: ?[ap]m)? (?:till|til|to|until) \d+\b"
    # cancelled again, the wrong address
    r"|\b(?:cancelled|moved|changed|rebooked|postponed|rearranged|put off)(?: \w+){0,4}? (?:again|twice|for the (?:second|third|fourth|fifth|sixth)|\d+ times|three times|four times|the (?:night|day|morning) before|without|same day|last minute)\b"
    r"|\b(?:the )?(?:second|third|fourth|fifth|sixth|nth|umpteenth) (?:time|month|letter|cancellation)\b(?! (?:lucky|mum|dad|baby))|\bleft (?:\w+ )?(?:two|three|four|five|\d+) messages\b|\b(?:twice|three times|\d times) (?:now|already|over)\b|\bwithout (?:him|her|me|us|mum|dad|my \w+)(?: again)?\b(?=[^.]*\b(?:left|drove|went|started|gone))|\bleft without (?:him|her|me|us)\b"
    rf"|\b(?:lost|mislaid|misplaced|mixed up|lose|losing|binned)(?: \w+)? (?:my|his|her|our|their|the|mum's|dad's|nan's|a)(?: \w+){{0,2}}? {_THING}\b|\b{_THING} (?:has been|have been|was|were|been|got|gone) (?:lost|mislaid|mixed up|missing|cancelled)\b"
    r"|\b(?:wrong|old) (?:address|tooth|patient|name|forms?|letter|clinic|site|date|day|prescription|notes|person|ear|leg|eye|arm|dose|language|interpreter|hospital|department|number|baby|tag|ward|results?|size|side)\b|\binterpreter (?:of|for) (?:\w+ )(?:in|instead)|\bboth of them last week\b|\bsomebody else's (?:notes|letter|results)\b"
    # a bell or a line that nobody answers
    r"|\b(?:bells?|buzzers?|phones?|calls?|emails?|letters?|messages?)(?: \w+){0,2}? (?:unanswered|ignored)\b|\banswer ?(?:phone|machine)\b|\bvoice ?mail\b(?= only|\.)|\bjust (?:beeps|rings)\b|\b(?:don't|dont|no need to|not worth) bother\b"
    # waits in other Englishes: 'three hour', 'seven week fi hear back'
    rf"|\b(?:wait|waiting|waited|sit|siddung|queue)(?: \w+){{0,3}}? {_NUMBER} (?:hour|week|month|day|year)\b|\b{_NUMBER} (?:hour|week|month|year) (?:fi|to|for) (?:hear|get|see|come|call)\b"
    # sent away without what they came for
    r"|\b(?:go|went|going|sent|come|came) home (?:again|without|with (?:a leaflet|nothing))|\binterpreter (?:of|for) (?!the deaf)\w+|\b(?:gave|give|gives) up (?:ringing|calling|waiting|trying)\b|\bhave you tried the (?:website|app)\b"
    # a place that is hard to use
    r"|\b(?:no|not any|without(?: a)?) (?:buggy|pram|pushchair|disabled|step[- ]free)(?: \w+)?(?: (?:space|access|lift|parking|toilet))?\b|\ba lift (?:pls|please|would)\b"
    # telephones
    r"|\b(?:cut (?:me |us |him |her )?off|cuts (?:me |us )?off|hung up|hang up|hangs up|puts? the phone down on|engaged(?: tone)?|gave up|caller (?:\d+|eight|nine|ten)|can't get through|couldn't get through|no answer|ring(?:s|ing)? out|link that \d+s|404s?)\b"
    # how people were met
    r"|\b(?:rude|rudely|abrupt|rough(?:ly)?|snapped|sneered|snotty|snooty|stroppy|tutted|sarcastic|patroni[sz]\w+|dismiss(?:ed|ive|ively)|ignored|ignoring|fobbed off|turned (?:me|us|him|her|them) away|sent (?:me|us|him|her|them|mum|dad) (?:home|away)|spoke(?:n)? to (?:me|us|him|her) like|talked (?:over|down)|like dirt"
    r"|told (?:me|him|her|my \w+|us) to (?:try|wait|go home|come back|learn|get over|google|lose|stop|calm)|(?:rolled|rolling) (?:her|his|their) eyes|taking the mick|unhelpful|uncaring|incompeten\w+|useless|couldn't care less|couldnt care less|careless|clueless|arrogant|had a go at|walked off|over my head|my face\b|blank faces)\b"
    # what was wrong with the place
    r"|\b(?:(?:food|dinner|lunch|tea|meals?|room|ward|water|toast) (?:was|is|were|came|always)(?: \w+)? (?:cold|awful|inedible|freezing|boiling|filthy|dirty|horrible|late)|(?:was|were|is|are|so) (?:dirty|filthy)|dirty (?:floor|toilet|toilets|bed|sheets|ward|room)s?|grubby|sticky|smelly|stinks?|stank|broken again|out of order|out again|out (?:since|for)|not working|leaking|mouse|mice|cockroach\w*|in the corridor|shut in (?:january|february|march|april|may|june|july|august|september|october|november|december)|closed (?:saturday|when)|on the door:? closed)\b"
    # what they make of it
    r"|\b(?:too (?:long|late|slow|far|few|high|cold|hot|noisy|much now|rushed)|not (?:good enough|acceptable|on|impressed|happy|great|right|fair)|could (?:be|do) better|should(?:n't)? have (?:been|to)|shouldn't (?:have to|take)|daft|shambles|shambolic|ridiculous|disgrac\w+|disappoint\w*|let (?:me|us|him|her|them|down)(?: \w+)? ?down|let down|poor (?:service|show|care|communication)|awful|terrible|appalling|dreadful"
    r"|nightmare|farce|farcical|chaos|chaotic|worst|regret to say|ashamed|shame on|i(?:'m| am)? worr(?:y|ied) (?:about|for)|still shaking|fuming|frustrat\w+|unacceptable|fed up|sick (?:of|and tired)|how hard (?:can|is)|is it too much|what's the point|what is the point|pathetic|not on the ball|went home in tears|left in tears|in tears|a text would (?:do|have)|wouldn't kill|need more hands)\b"
    # how long, what it cost, what there was none of, and who would not
    rf"|\b{_LONG}(?= (?:for (?:a|an|my|his|her|adhd|one|nothing)|to (?:be|get|see|cancel|speak|register|tell|find)|in (?:a|the|that|hillingdon|ealing|northwick|west mid)|before (?:anyone|anybody|a )|late|on (?:a|the)|of (?:the )?(?:hold|hold music|nothing)|and (?:nobody|no one|nothing|no|they|counting)|just to))|\brunning {_LONG} late"
    r"|£\d[\d.,]*(?=[^.!?]{0,40}\b(?:park|letter|fine|sandwich|ticket|private|tv|for a)\w*)|\b(?:parking (?:ticket|fine|charge)|ticket machine|then a fine|robbery|rip[- ]off)"
    r"|\bno (?:appts?|appointments?|dentist|dentists|slots|jabs|vaccines?|option|point (?:ringing|in|calling)|pads|pillow|smile|answer|text|call|one serving|zone|private place|parking|sleep|stock|sorry|help|beds?|food|heating|hot water|toilet|toilets|batteries|doctors?|nurse|staff)\b"
    r"|\b(?:wouldn't|would not|wouldnt|won't|wont|can't|cant|cannot|couldn't|couldnt) (?:give|let|see|sell|book|take|accept|prescribe|get (?:a|an|any|an nhs|through|hold|my|to see)|register|tell (?:me|us)|find (?:my|the|a)|speak to|refer)\b|\brefus(?:ed|es|ing) (?:to|me|my|him|her|us|a|an|antibiotics|entry|treatment)"
    r"|\b(?:went|gone|go|goes|going) missing|missing from the system|never arrived|not on the system|not on (?:their|the|your) (?:list|system)|name (?:was )?spelt wrong|forgot(?:ten)? (?:we|i|me|us|him|her|about|my|to)|in front of (?:everyone|everybody|the whole|a full|other patients)|whole (?:queue|waiting room)|crossed? (?:me|you|him|her) off|gave (?:my|his|her|the) (?:bed|slot|appointment|space)"
    rf"|\b(?:asked|rang|phoned|called|emailed|sent|tried|chased|requested)(?: \w+){{0,5}}? (?:{_NUMBER}|twice|3) ?(?:x|times?)\b|\b{_NUMBER} times\b(?=[^.!?]{{0,60}}\b(?:same|now|already|this week|no|nothing|never|asked|letter|form)\b)|\bsame (?:questions?|form|thing) (?:again|{_NUMBER}|twice)|\banother letter about|\b(?:nothing|no reply|not a word|not a thing) (?:back|since|yet|so far|heard)\b|\b(?:gp|surgery|hospital|pharmacy|pharmacist|111|clinic|they) (?:said|says?|told me|goes)(?: to)? (?:ring|call|go|see|ask|try)\b"
    r"|\b(?:0|1|2|zero|one|two|no) stars?\b|\b[012] ?/ ?(?:5|10)\b|\b(?:never again|avoid|don't go|dont go|go private|(?:absolute|total|a|what a|proper) joke|joke\.|wtf|ffs|rank|give me strength|doing my head in|not asking much|would it hurt|can we talk about|why (?:oh why )?(?:do|does|is|are|can't|cant|won't|has|have) (?:they|it|you|u|the|every|there|nobody|no one|i|we))\b|[😡🤬🙄😤]"
    # what was lacking
    r"|\bno (?:chaperone|interpreter|water|blankets?|pain relief|painkillers|explanation|apology|signs?|warning|reply|letter|seats?|chairs?|date|follow[- ]?up|one to ask|record of|notes|privacy|curtain|lift|wheelchair|handover|eye contact|hello|goodbye|empathy|compassion)\b|\bonly (?:she|he|they) (?:don't|didn't|doesn't)|\b(?:missed|misses) (?:his|her|my|the|our|mum's|dad's) (?:scan|appointment|slot|dose|operation|bloods|tablets)\b"
    r"|\b(?:every time|each time|always)(?: it)?(?:'s| is)? (?:a |an )?(?:another|different|new) (?:person|doctor|nurse|people|one|face)|\bdifferent (?:doctor|nurse|gp|person|carer) every (?:time|visit|day)|\b(?:each|every) (?:one|time)(?: \w+){0,2}? (?:begins?|starts?|explain(?:s|ing)?) (?:again )?from (?:the )?beginning\b|\bfrom (?:the )?beginning\b(?=[^.]*\b(?:again|each|every|explain))|\b(?:i said|asked) (?:stop|slowly|twice|three times|please)\b|\ball purple\b|\bstill (?:in pain|bleeding|sore)\b"
)
# What is a fault beside any praise: 'Fourteen hours on a trolley. The staff were angels'
_PART = r"(?:day|days|night|nights|evening|morning|afternoon|hours)"
_HARD = (
    rf"\b{_LONG}(?: \w+){{0,2}}? (?:on|in) (?:a|an|the) (?:\w+ ){{0,2}}?(?:trolley|corridor|chair|wheelchair|floor|ambulance)\b|\b(?:spent|was|were|lay|sat|slept|left|kept|waited)(?: \w+){{0,2}}? (?:the|all|a|two|three|one|whole|overnight)(?: \w+)? ?{_PART}? (?:on|in) (?:a|an|the) (?:\w+ ){{0,2}}?(?:trolley|corridor|chair|wheelchair|floor|ambulance)\b"
    rf"|\b(?:went|left|lay|kept|sat|waited|was|is)(?: \w+){{0,3}}? without (?:any |her |his |my |a |proper )*(?:pain relief|pain ?killers|water|food|blankets?|insulin|tablets|medication|meds|morphine|a drink|a wash|drink|help)\b|\bhad (?:no|nothing to) (?:\w+ )?(?:water|food|drink|eat|pain relief|painkillers|blankets?|bed|pillow|wash)\b(?=[^.!?]{{0,30}}\b(?:till|until|all|for|from|since|overnight)\b)"
    rf"|\b(?:wet|soiled|dirty|soaking) (?:bed|pad|pads|nappy|sheets|nightie|gown)\b|\b(?:wait(?:ed)?|queued?) (?:\w+ )?(?:nine|ten|eleven|twelve|\d\d|[6-9]) (?:hours|hrs)\b(?=[^.!?]{{0,40}}\b(?:though|for a bed|to be seen|mind)\b)|\bcancelled (?:\w+ ){{0,3}}?(?:twice|three times|four times|again|\d times)\b|\b(?:five|six|seven|eight|nine|ten|eleven|twelve|\d+) (?:weeks|months) (?:to (?:see|get|be seen|speak)|for an? (?:appointment|scan|call|letter))\b"
    r"|\bfood (?:was |is )?(?:always )?(?:stone |freezing )?cold\b|\b(?:[0-2]|one|two|no|zero|half an?) (?:stars?|marks?|out of (?:ten|five|10|5)) for \w+|\b(?:stars?|marks|out of (?:ten|five|10|5)|/(?:10|5))\b[^!?\n]{0,60}\b(?:none|nought|nil|zero|nothing|nowt|[0-2]|one) for (?:the|whoever|your|their|its|those|who)\b"
)
# What means the opposite of what it says, and what does so under news of what is closed or put off
_MOCKS = re.compile(
    r"\bslow (?:hand ?)?claps?\b|\b(?:thanks|cheers|ta) for nothing\b|\boh (?:goody|joy|happy days)\b|\b(?:nice one|well done|great job|good job|genius|bravo|top marks|round of applause),? (?:for )?(?:taking|take|closing|close|shutting|shut|cutting|cut|getting rid|you(?:'ve| have)(?: just| now)? (?:closed|shut|cut|killed|ruined|taken)) (?:the|our|my|another|away|it|down|us|off)\b"
)
_MOCKS_NEWS = re.compile(
    r"^oh,? (?:good|great|brilliant|lovely|marvellous|fantastic|wonderful|super|perfect)[\s.!…]*$|\b(?:give|get|hand) (?:that man|them|yoursel\w+|someone|somebody|whoever|him|her) (?:all )?a (?:medal|raise|bonus|pay ?rise|knighthood|round of applause|pat)\b|\bsaid (?:nobody|no one|no-one|noone)\b|\b(?:superb|great|perfect|excellent|lovely|brilliant|impeccable|wonderful) timing\b|\b(?:that'll|that will|it'll|should) be (?:nice|handy|fun|lovely|great|easy) for\b"
    r"|\bthanks? (?:you )?(?:a bunch|for that, (?:two|now|my|i|we|three|another))\b|\bcheers for that\b|\boh,? (?:good|great|brilliant|lovely|marvellous|fantastic|wonderful|super|perfect),? (?:another|so (?:now|we|i|my)|just what|that's (?:all|just)|more|one more|now (?:we|i|my))\b"
    r"|\b(?:helpful|handy|useful|convenient|easy|easily done|fine|lovely|brilliant|perfect|(?:great|good|wonderful|fantastic|brilliant) news|ideal)(?: \w+)? (?:if|for|as long as|provided) (?:you(?:'ve| have)?|anyone|anybody|those|people|everyone|everybody|us)(?: of us)? (?:who |with |that |lucky enough to )?(?:(?:can|could) (?:drive|fly|walk|run|swim|get|park|afford|read|still)|own|owns|owning|have|has|got|a (?:car|chauffeur|helicopter|driver|private)|drives?|lives? next|fly|cars|nothing|no job)\b(?! (?:an? |any )?(?:questions?|appointment|query|baby|child|concerns?|condition|cold|cough))"
    r"|\b(?:nan|mum|mam|dad|gran|mother|father|gran?dad|she|he|we|i|they|patients|people|everyone|pensioners) (?:can|will|could|'ll) (?:just|always|simply|all)? ?(?:fly|teleport|swim|walk the \w+ miles|hitch|get a (?:helicopter|chauffeur))\b"
)
_NEWS = re.compile(
    r"\b(?:clos(?:e|es|ed|ing|ure)|shut(?:s|ting)?|cancel\w*|suspend\w*|cuts?|cutting|reduc\w+|delay\w*|strikes?|no longer|ends?|ending|mov(?:e|es|ed|ing)|relocat\w+|unavailable|limited|withdraw\w*|postpone\w*|longer waits?|paus(?:e|es|ed|ing)|merg\w+|apologi[sz]e|sorry)\b"
)
SHORT = (
    300  # code points of a post that may find fault in one line; a longer one tells of much else
)
# What says that it was no matter in the end, or that it is no longer so
_CONTENT = re.compile(
    r"\b(?:but |though |still )?(?:no complaints|can't complain|cannot complain|couldn't complain|nothing to complain|worth the wait|only (?:waited|took|a)|no wait|hardly waited|didn't (?:have to )?wait|no (?:fuss|problem|problems|queue|issues)|well looked after|kept (?:us|me) (?:informed|posted|updated)|sorted (?:it|now|in|quickly)|all sorted|back on|working again|apologised and|put (?:it )?right"
    r"|used to (?:be|have|wait)|years ago|not (?:rude|dirty|bad|as bad)|never (?:rude|rushed|ignored|felt)|nobody (?:rushed|minded|judged)|can't fault|cannot fault|couldn't fault|couldn't have|can't thank|not once (?:did|was)|expected (?:a|to wait|hours)|was dreading|worried for nothing|never (?:been )?(?:happier|better)|worth (?:it|every)|in labour|birth|gladly|happily|didn't mind)\b",
)
_TURN = re.compile(
    r"\b(?:but|though|although|however|except|only|shame|apart from|still|then|is not|isn't|yet|anyway|if only)\b",
)


@cache
def _faults() -> re.Pattern[str]:
    """Made when the first post needs it: it takes a tenth of a second."""
    return re.compile(_FAULTS)


@cache
def _hard_faults() -> re.Pattern[str]:
    return re.compile(_HARD)


def finds_fault_plainly(text: str) -> bool:
    """Whether a short post tells a fault that no praise beside it takes back: a night on a trolley, no pain relief, no star for the telephone."""
    plain = text.replace("’", "'").lower()
    return (
        len(plain) <= SHORT
        and _hard_faults().search(plain) is not None
        and _CONTENT.search(plain) is None
    )


def mocks(text: str, answered: str) -> bool:
    """Whether a short post praises in words that mean the opposite: 'Slow clap', or 'very handy if you own a helicopter' under news of a closure."""
    plain = text.replace("’", "'").lower()
    if len(plain) > SHORT:
        return False
    unwelcome = _NEWS.search(answered.lower()) is not None
    return _MOCKS.search(plain) is not None or (unwelcome and _MOCKS_NEWS.search(plain) is not None)


def finds_fault(text: str, *, glad: bool) -> bool:
    """Whether its words find fault with care. `glad`: its tone reads as positive, so that it has to turn ('but', 'only') to do so."""
    plain = text[:LONGEST].replace("’", "'").lower()
    if _faults().search(plain) is None or (glad and len(plain) > SHORT):
        return False
    rest, content = _CONTENT.subn(" ", plain)
    return not (glad or content) or _TURN.search(rest) is not None
