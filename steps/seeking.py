"""Whether words beside a purpose look for a person: who wrote it, whether they are one of our staff, or whom of their employer to tell.

A list of phrases is got round by other words, so that this goes by how such words are built: a question (who, which, whose), a verb of finding out or a
telling, with whoever wrote a post or staff as what it is about. Patients, places and the steps of our own work are none of it. It is a doubt and no proof.
"""

from __future__ import annotations

import re

_ROLE = (
    r"(?:(?:staff|student|bank|agency|charge|ward|senior|junior|night|trainee|locum|new|head|lead|specialist)[\s-]+)*"
    r"(?:nurs(?:e|es|ing staff)|sisters?|matrons?|midwi(?:fe|ves)|doctors?|doc|gps?|registrars?|consultants?|surgeons?|porters?|hcas?|health ?care assistants?|support workers?"
    r"|physios?\w*|o\.?t\.?s?|radiographers?|receptionists?|clerks?|secretar(?:y|ies)|cleaners?|domestics?|pharmacists?|phlebotomists?|paramedics?|carers?|therapists?|psychologists?|admins?"
    r"|managers?|officers?|technicians?|dentists?|dieticians?|security guards?|volunteers?|trainees?|drivers?|caterers?|analysts?|temps?)"
)
_STAFF = rf"(?:{_ROLE}|staff(?: members?)?|members? of staff|colleagues?|employees?|workers?|workforce|(?:union |shop )?(?:reps?|stewards?)|team ?mates?|(?:new )?starters?|team members?|whistle ?blowers?|leakers?|insiders?)"
_WRITER = (
    r"(?:authors?|writers?|posters?|account(?: holders?| owners?)?|owner of (?:this|the|that) (?:account|profile|page)|profile owners?|tweeters?|bloggers?|commenters?|user"
    r"|culprits?|offenders?|perpetrators?)"
)
_PRONOUN = r"(?:she|he|they|her|him|them)"
_SOMEBODY = rf"(?:{_PRONOUN}|(?:this|that|the) (?:person|individual|girl|guy|man|woman|lady|bloke|lad|one|user|account|profile)|the (?:same )?(?:girl|guy|bloke|lad)|whoever|(?:some|any)(?:one|body)|(?:the|this|that) {_WRITER})"
_OURS = r"(?:ours|one of (?:us|our\w*)|from our|from us|on our (?:books|payroll|staff|team|ward|floor|unit)|in (?:our|my) team|with us|for us|one of my|from (?:my|the same) (?:team|ward|floor|unit|department))"
_NAMES = r"(?:name|names|surname|first name|full name|real name|identity|identities|handle|username|profile|details of)"
# What somebody does who tries to learn it; a matter of the post alone ("check the picture") is none.
_LEARN = (
    r"(?:find(?:ing)?|work(?:ing)?|figur(?:e|ing)|suss(?:ing)?|sort(?:ing)?|puzzl(?:e|ing)) out|know(?:s|ing)?|see(?:ing)?|check(?:ing|s)?|tell(?:ing)?|establish(?:ing)?|confirm(?:ing)?|learn(?:ing)?|ask(?:s|ed|ing)?"
    r"|wonder(?:s|ing)?|sure|discover(?:ing)?|say(?:s|ing)?|guess(?:ing)?|remember(?:ing)?|verif(?:y|ying)|understand(?:ing)?|curious|clear|about|idea|certain|decide|show(?:s|ing)?|told|on|exactly|of"
)
# Whoever is over staff; of them nothing is refused for being named, only for what is to be told them or what they ask.
_OVER = (
    r"(?:(?:ward|line|team|practice|service|general|clinical|site|department|deputy|unit|area|floor|night|operations?) ?)?(?:manager|lead|supervisor|director|head|boss|chief)s?(?: (?:of|for) (?:\w+ ?){1,3})?"
    r"|matrons?|chief exec\w*|chief nurs\w+|chief (?:people|operating|medical|nursing) officer|ceos?|head of (?:\w+ ?){1,3}|director of (?:\w+ ?){1,3}|medical director|sister in charge|management|the board|execs?|executives?|workforce|seniors?"
)
_WANTS = r"(?:wants?|wanted|would like|d like|wishes|needs?|needed|asks?|asked|asking|likes?|has asked|have asked|is asking|are asking|must|should|can|could|to)"
# What is meant when who wrote is to be spoken to
_HAVE_IT_OUT = (
    r"(?:hav(?:e|ing) (?:a |another )?(?:quiet |little )?(?:word|words|chat|talk|conversation|1:1|one to one)|speak(?:ing)?|talk(?:ing)?|spoken|deal(?:ing|t)?(?: with)?|pull(?:ed|ing)?|tackl\w+|challeng\w+|confront\w*|warn(?:ed|ing)?|reprimand\w*"
    r"|remind(?:ed|ing)?|tak(?:e|en|ing) (?:it |this )?up|follow(?:ed|ing)? up|told off|question(?:ed|ing)?|address(?:ed|ing)?|reported|report|stop(?:ped|ping)?|meet(?:ing)?|interview(?:ed|ing)?|sort(?:ed)? out|have it out)"
)
# Of whom "who" may be asked: somebody who is harmed, or who does our work
_SAFE_WHO = (
    r"(?:\W+(?:to|should|must|can|could|may|might|will|would|has to|have to|needs?|need|deals?|dealt|answers?|answered|replies|replied|runs|looks|owns the (?:building|site|car park)|covers|is (?:in danger|at risk|responsible|on call|hurt|harmed|affected|the patient)"
    r"|was (?:harmed|hurt|treated|affected|the patient)|are (?:in danger|at risk|affected|the patients?)|(?:is|are) meant|(?:is|are) in the (?:picture|photo|video)|else)\b(?! (?:written|posted|said|be|have (?:written|posted))))"
)
_OF_PATIENT = r"(?:patients?|famil(?:y|ies)|relatives?|child(?:ren)?|mum|mother|dad|father|son|daughter|resident|clinic|site|ward|hospital|place|practice|surgery|service|gp surgery|department|trust|bed|number|address|picture|photo|video|post|link|website|body|provider|street)"

_PARTS = (
    # who wrote it: asked outright, or as what is to be found out
    rf"(?:^|[.;:,?!(\-–—]|\b(?:{_LEARN}|and|or|just|if|that|see|exactly|whether))\W*who(?:m|\W?s|ever)?\b(?!{_SAFE_WHO})(?! (?:asked|asks|wrote to us|rang|called|complained|reported|knows?)\b)",
    rf"\bwhich (?:\w+ ){{0,3}}?(?:{_STAFF}|girl|guy|lad|person|account holder)\b",
    rf"\bwhich (?:one|ones)(?: of (?:us|them|ours)\b| (?:wrote|posted|said|did)\b| (?:is|was) (?:she|he)\b| of (?:our|the|these|those|my) (?:\w+ ){{0,2}}?(?:{_STAFF}|people|girls|lads|lot|team))|\bwhich (?:band|grade|shift|team|ward) (?:is|was|does|did|are) (?:{_SOMEBODY})\b|\bwhich of (?:us|them)\b|\bwhich of (?:our|the|my|these|those) (?:\w+ ){{0,2}}?(?:{_STAFF}|people|team|girls|lads|lot)\b",
    r"\bwhose (?:is |was )?(?:account|profile|page it|post|handle|this|that|it|words|comment|tweet|blog|channel)\b",
    rf"\b(?:identif\w+|unmask\w*|trac(?:e|ing)|track(?:ing)? (?:\w+ )?down|outing) (?:\w+ )?(?:{_SOMEBODY}|{_WRITER}|{_STAFF})\b",
    rf"\b(?:put|attach|fit) (?:a |the )?{_NAMES} (?:to|on)\b|\b{_NAMES} (?:of|for) (?:\w+ ){{0,2}}?(?:{_STAFF}|{_WRITER}|whoever|the (?:girl|guy|person who))\b",
    rf"\b(?:find|figure out|work out|get|want|wants|need|see|know|looking for|look for|after|trace|hunt\w*|reach) (?:to )?(?:find |see |speak to |know )?(?:the |this |that |whatever |our )?(?:person|{_STAFF}|{_WRITER}|one|girl|guy|lad|individual) (?:behind|who (?:said|says|wrote|posted|did|is saying|is posting|made|started))\b",
    rf"\b(?:is|are|s|m|re) (?:after|looking for|hunting|on to|trying to find) (?:the |this |that )?(?:person|individual|{_WRITER}|girl|guy|{_PRONOUN})\b|\bname and shame\b|\bto shame\b|\breport (?:her|him|them)\b|\b(?:disgruntled|bitter) (?:\w+ )?{_STAFF}|\bex[\s-]{_STAFF}",
    r"\b(?:for|in|on|at) (?:her|his|their) (?:next )?(?:(?:personal |staff |personnel )?file|personnel record|1:1|one to one|one-to-one|supervision|review|pdr|revalidation|exit interview|training record)\b",
    rf"\b(?:{_PRONOUN}(?:\W?s|\W?re| is| are)|it\W?s|this is|that is|that\W?s) (?:definitely |probably |clearly |surely )?(?:one of|from) (?:(?:our|my|the) (?:own )?(?:{_STAFF}|lot|own|team|people)\b|us\b)|\b{_PRONOUN}(?:\W?s|\W?re| is| are) (?:definitely |probably )?one of ours\b|\bthe {_WRITER} (?:works|is (?:staff|one of|our))\b|\b(?:{_SOMEBODY}) (?:is |are |was )?staff\b",
    rf"\b(?:{_WRITER}|{_STAFF})\W?s? {_NAMES}\b(?! (?:is|was|are|were|has|have|stands?|appears?) )|\b(?:want|need|get|give|know|have|see|learn|{_WANTS}) (?:to (?:know|see|have|get) )?(?:her|his|their|the) (?:full |real |user ?)?{_NAMES}\b",
    rf"\blook(?:ing|ed)? (?:{_PRONOUN}|the {_WRITER}) up\b|\blook up (?:{_PRONOUN}|the {_WRITER}|the {_STAFF})\b|\b(?:search|google|find|stalk)(?:ing)? (?:for )?(?:her|him|them) (?:on|up|online)\b",
    rf"\b(?:i|we) (?:\w+ )?(?:think |believe |reckon |may |might |probably )*(?:i |we )?(?:know|knows|recogni[sz]ed?|met|work(?:ed)? with|used to work with) (?:\w+ )?(?:{_SOMEBODY}|who|this (?:nurse|colleague|writer|author)|the (?:style|writer|author|name|handle|face))\b",
    r"\brecogni[sz]e[sd]? (?:the |her |his |their |this )?(?:style|writing|voice|hand|face|handle|wording|way)\b",
    r"\b(?:compar\w+|match\w*|against|cross\W?check\w*|look at|check) (?:\w+ ){0,4}?(?:off[\s-]*duty|rotas?|rosters?|shift (?:list|sheet|pattern)s?|staff (?:list|records?|directory|files?)|esr|payroll)\b|\bwho was (?:on|working)\b",
    # whether they are ours
    rf"\b(?:is|was|are|were|be|if|whether|does|do|did|may|might|could|probably|perhaps|maybe|sounds like|looks like|same|that) (?:not )?(?:{_SOMEBODY} (?:\w+ ){{0,3}}?(?:{_OURS}|work(?:s|ed|ing)? (?:for|here|with|at|in|on|there)|(?:on )?(?:bank|agency)\b)|(?:{_SOMEBODY}|it|this|that) (?:\w+ ){{0,3}}?(?:one of (?:us\b|(?:our|my) (?:own )?(?:{_STAFF}|people|lot|girls|lads|team|own))|employ\w+|a member of staff|(?:a|an|the|our|that|one of the|one of our|same|still) {_STAFF}\b(?!\W?s\b)))",
    rf"\b(?:is|was|if|whether|be|been|think|thought|its|it\W?s) (?:it |this |that |she |he |they )?(?:the |that )?same (?:{_STAFF}|person|girl|guy|lad|woman|man|one as|one (?:who|that)|individual|{_WRITER})\b|\bthe same (?:{_STAFF}|girl|guy|lad|woman|man|individual) (?:who|that|as|again)\b",
    rf"\b(?:is|was|if|whether) (?:it|this|that|its|it\W?s) (?:\w+ )?(?:the )?(?:one|girl|guy|lad) (?:from|who|that|on|in|we)\b|\b(?:if|whether|see|sure|is) (?:it\W?s|its|it is|this is|that is|is it|is this) (?:the |our |that )?{_STAFF}\b",
    rf"\b(?:one of|from) (?:our|the|my) (?:own )?{_STAFF}\b.{{0,40}}\b(?:wrote|written|posted|posting|behind|said|says|saying)\b|\bsome(?:one|body) (?:on|from|in) (?:nights?|days?|lates|earlies|our|the|my) ?(?:\w+ )?(?:wrote|has written|posted|is posting|said|says)\b",
    rf"\b(?:find(?:ing)?|see|check|tell|know|learn|confirm|establish|work) (?:out )?(?:if|whether) (?:{_PRONOUN}\W?s?|{_SOMEBODY}) (?:is |are |was |were )?(?:\w+ )?(?:{_OURS}|{_STAFF}|work\w*|employ\w*|bank|agency)\b",
    rf"\b(?:think|believe|reckon|suspect|guess|bet|sure|could be|might be|may be|must be|probably|perhaps|maybe|whether|if) (?:it\W?s |it is |its |this is |that is |this was |that was |it was )?(?:(?:a|an|the|our|one of (?:our|the|my)) )(?:\w+ )?{_STAFF}\b(?!\W?s\b)(?= (?:wrote|who wrote|behind|posted)|\W*$|\W*[.,;])",
    rf"\b(?:if|whether) (?:\w+ ){{1,5}}?(?:is|was|works as) (?:a|an|our) {_STAFF}\b(?!\W?s\b)|\bemploys? {_PRONOUN}\b|\b(?:posted|written|wrote|post|tweeted) (?:it )?(?:in|during|on|while) (?:\w+ )?(?:work(?:ing)? (?:time|hours)|work|duty|shift)\b|\b(?:team|staff|1:1|supervision) meeting\b",
    r"\b(?:we|they|trust|icb|do you) (?:still )?employ(?:s|ed)?\b|\b(?:writing|style|handwriting|voice) (?:match\w*|fits|is like|is the same|looks like|sounds like)\b",
    r"\b(?:who|which) (?:of (?:ours|us|them|the (?:staff|team|nurses))|(?:is|are|has been|have been|keeps?|was|were)) (?:\w+ ){0,2}?(?:grumbl|moan|complain|whing|bitch|griping|slagg|badmouth|bad-mouth|winge|whine)\w*|\b(?:which|who|any|some|how many) of ours\b",
    rf"\bwhat (?:her|his|our|their|the|my) (?:own )?{_STAFF} (?:\w+ ){{0,2}}?(?:writ\w+|post\w*|say\w*|tweet\w*|think\w*)\b",
    rf"\binside job\b|\b(?:from|by) (?:the |some(?:one|body) )?inside\b|\bunion (?:man|woman|guy|lady|person|official|people|lot)\b|\bwhere (?:{_SOMEBODY}) (?:works?|is based)\b|\b(?:her|his|their) (?:profile|linkedin|facebook|instagram|twitter|account)\b(?=.*\b(?:works?|staff|employ\w+|nurse|who)\b)",
    rf"\b(?:{_PRONOUN}\W?(?:re|s)|{_PRONOUN} (?:is|are)) (?:\w+ )?(?:on our (?:books|payroll|staff|team)|in (?:our|my) team)\b|\b(?:{_SOMEBODY}|nurse|employee) (?:has |have )?(?:broke|broken|breached|leaked|violated)\b (?:\w+ )?(?:confidential\w*|rules|policy|trust|contract)",
    r"\b(?:letter|email|e-mail|invitation|message|statement|note) (?:to|for|from) (?:the|our|this) (?:member of staff|employee|staff member|colleague|author|writer)\b",
    # telling whoever is over them, or having it out with them
    rf"\b(?:{_OVER}) (?:has |have )?(?:asked|told|wants?|wanted) (?:me|us) to (?:look|check|open|read|see|find)\b|\b(?:so|that) (?:the |our |my )?(?:{_OVER}) (?:knows?|sees?|hears?|finds?)\b.{{0,20}}\b{_PRONOUN}\b",
    rf"\b(?:her|his|their|the (?:writer|author|nurse|employee|girl)\W?s) (?:{_OVER}|employers?|tutors?|mentors?|trust|agency|university|college|regulator|workplace|superiors?)\b",
    rf"\b(?:tell|telling|inform\w*|show\w*|alert\w*|let|warn\w*|pass\w*|send\w*|forward\w*|give|hand\w*|report\w*) (?:\w+ ){{0,3}}?(?:to )?(?:{_OVER}|employers?)\b.{{0,50}}\b(?:who|which|whoever|author|writer|{_STAFF}|wrote it)\b",
    rf"\b(?:{_OVER}|we|i|they) (?:\w+ )?{_WANTS} (?:\w+ ){{0,2}}?(?:to )?{_HAVE_IT_OUT} (?:to |with |up |up with |off )?(?:{_SOMEBODY}|{_WRITER}|(?:the |this |our )?{_STAFF}|the (?:person|individual)|whoever)\b",
    rf"\b{_WANTS} (?:a |another |some )?(?:quiet |little )?(?:words?|chat|conversation|talk|meeting|1:1|call) with (?:{_SOMEBODY}|(?:the |this |our )?(?:{_WRITER}|{_STAFF}))\b|\b(?:tak(?:e|en|ing)|rais(?:e|ing)) (?:it |this |that )?(?:up )?with (?:{_SOMEBODY}|the (?:person|individual))\b",
    rf"\b(?:so|for) (?:that )?(?:the )?(?:{_OVER}) (?:\w+ )?(?:can|could|may|to) {_HAVE_IT_OUT}\b.{{0,30}}\b(?:{_SOMEBODY}|{_WRITER}|{_STAFF})\b",
    rf"\b(?:{_PRONOUN}|the {_WRITER}|whoever wrote (?:it|this)) (?:is|are|be|gets?|can be|could be|has to be|have to be|needs? to be|should be|must be|ought to be|will be) (?:\w+ )?(?:spoken|dealt|told|warned|reprimanded|questioned|challenged|reminded|stopped|taken|pulled|reported|moved|interviewed|investigated|looked into)\b",
    rf"\b(?:{_OVER}|people|they|we|i|who|trust) (?:\w+ )?{_WANTS} (?:to )?(?:know|see|hear|find out|learn) (?:who\b(?!{_SAFE_WHO})|which (?:one|of|{_STAFF})|whose|whether (?:she|he|they)|if (?:she|he|they)|her name|his name|their name)\b",
    # a proceeding
    rf"\b(?:investigat\w+|inquir\w+|enquir\w+|hearing|panel|case|meeting|action|proceedings?|complaint|evidence|file|dossier|record|proof|statement|allegations?|concerns?) (?:in)?(?:to|of|on|for|with|against|about|raised against) (?:\w+ ){{0,2}}?(?:her|his|their|him|them|(?:the|our|a|this|that) (?:\w+ )?{_STAFF}|the {_WRITER})\b(?! (?:appointment|operation|care|treatment|wait|waiting|referral|discharge|scan|results?|mum|mother|dad|father|son|daughter|child|baby|address|number|needs|health|illness|letter|injur\w+|death|surgery|delay\w*|transport|complaint|medication|prescription|records?|notes)\b)",
    r"\b(?:breach|violation|break(?:s|ing)?|broke|against|contravene\w*|complian\w+|keeps? to) (?:of |with )?(?:the |our )?(?:social media|staff|conduct|confidentiality|uniform|comms|communications) (?:policy|code|rules|guidelines)\b(?=.*\b(?:employee|staff|nurse|doctor|colleague|worker|she|he|they|author|writer|by)\b)",
    r"\bsocial media policy\b(?=.*\b(?:by|her|his|their|she|he|they)\b)|\b(?:bring(?:s|ing)?|brought) (?:the |us |our )?\w* ?into disrepute\b",
    rf"\b(?:list|names?|number|count) of (?:our |the |all )?(?:staff|colleagues|employees|people|{_ROLE})\b(?=.*\b(?:who|that|name)\b|\s*$)|\b(?:who|which) (?:of|in|among|from) (?:(?:our|my|us)\b|the (?:\w+ )?{_STAFF})",
    rf"\b(?:should|ought|supposed|allowed|must)(?: not|n\W?t)? (?:to )?(?:be )?(?:say(?:ing)?|post(?:ing)?|writ(?:e|ing)|complain(?:ing)?|moan(?:ing)?|speak(?:ing)?|talk(?:ing)?)\b.{{0,30}}\b(?:{_OVER}|employer|trust|us|work|colleagues|team|ward)\b",
)  # fmt: skip
_SEEKS = re.compile("|".join(f"(?:{part})" for part in _PARTS), re.IGNORECASE)
# "Is this Sarah from outpatients?", "to see if it is Jo": a given name in capitals behind such a question
_NAMED = re.compile(
    r"\b(?i:is|was|if|whether|be|think|maybe|perhaps|probably) (?i:it|this|that|she|he|it\W?s|its|they)(?i: is| was|\W?s| be)? (?i:not |really |our |nurse |sister |dr |doctor )?([A-Z][a-z]+)\b(?! (?i:hospital|road|street|clinic|ward|centre|center|surgery|practice|health|trust|house|park))"
)


def seeks_person(reason: str) -> str:
    """The words by which a reason looks for who wrote a post, for one of the staff or for whoever is over them; "" for none."""
    if match := _SEEKS.search(" ".join(reason.replace("’", "'").split())):
        return match[0].strip(" .,;:?!(-–—")
    from classify.text.lexicon import given_names  # here, as in `steps.reasons`

    named = _NAMED.search(reason)
    return named[0] if named is not None and named[1].casefold() in given_names() else ""
