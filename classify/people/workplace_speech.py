"""Whether a search looks for what staff say as staff: of unions and strikes, of grievances and managers, of wrongs that they report.

Nobody at work is watched for it unasked (Employment Relations Act 1999 (Blacklists) Regulations 2010; Employment Rights
Act 1996, Part IVA): two people agree to such a search, and what it finds is the Guardian's. The words are by hand; one that is
missing is a word in this file. What looks for staff in words that name none of it can't be told.
"""

from __future__ import annotations

import re

from classify.people.lists import plain

# One word each, as a search may begin it: strik*, whistle*.
_WORDS_TEXT = """
union unions unionise unionised unionising trade-union ballot ballots balloted balloting picket pickets picketing strike strikes striker strikers walkout walkouts
datix datixed datixes datixing tribunal tribunals
grievance grievances whistle whistles whistleblow whistleblower whistleblowers whistleblowing whistle-blower whistle-blowers whistle-blowing ftsu acas pida
unison gmb hcsa rcn rcm bma tuc jncc manager managers redundancy redundancies disciplinary victimised victimisation
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_PHRASES = re.compile(
    r"\b(?:shop stewards?|staff side|industrial (?:action|dispute|relations)|walk(?:ed|ing)? outs?|work(?:ing)? to rule|overtime ban|collective bargaining|facility time"
    r"|unite the union|royal college of (?:nurs\w+|midwi\w+)|british medical association|society of radiographers|chartered society of physiotherapy"
    r"|b(?:low\w*|lew|lown) (?:the )?whistle|sp(?:eak\w*|oke|oken)[ -]?up|freedom to speak|(?:protected|qualifying) disclosures?|rais(?:e|es|ed|ing) (?:(?:a|our|their|my|the) )?concerns?"
    r"|leak(?:s|ed|ing)? (?:the|our|their|these|those|that|this|my) (?:\w+ )?(?:minutes?|emails?|e-mails?|memos?|letters?|papers?|slides?|documents?|drafts?|reports?|figures|recordings?)|exception report(?:s|ing)?|unsafe (?:staffing|rotas?|shifts?|ratios?|nurse numbers)|incident forms?|safe(?:ty)? staffing ratios?|written warnings?|final warnings?"
    r"|gagging|non-?disclosure agreements?|(?:employment|industrial) tribunals?|\b(?:night|bank|agency|ward|student|staff|community) (?:nurse|porter|midwi[fv]e|hca|doctor|carer|sister)s?'?s? (?:blogs?|diar(?:y|ies)|anonymous)\b|(?<!food )(?<!blood )(?<!milk )bank (?:hcas?|nurses?|shifts?|staff)\b|(?:constructive|unfair)(?:ly)? (?:dismiss\w*|sack\w*)"
    r"|(?:i|we) (?:work|worked|'m employed|am employed)(?: (?:at|for|in|here))?|(?:(?:views|opinions|tweets|thoughts|posts) (?:are )?(?:all )?|all )(?:my own|mine)\b|(?:afc )?bands? (?:[2-9][a-d]?|two|three|four|five|six|seven|eight|nine)"
    r"|(?:my|our|their|the) boss(?:es)?|toxic (?:culture|workplace|boss\w*|management|team))\b"
)  # fmt: skip
# What staff say of their work, pay and illness: no patient is called to a capability hearing. Each stands for its kind, in the words that people use.
_OF_EMPLOYMENT = re.compile(
    r"\b(?:"
    # what an employer does with somebody
    r"(?:capability|disciplin\w*|misconduct|dismissal|sickness|absence|performance|probation\w*|investigation|suspension|investigatory|fact[- ]finding) (?:hearing|meeting|process|procedure|polic(?:y|ies)|stage|review|plan|panel|interview|letter|outcome|trigger|management|improvement|extension|period)s?"
    r"|(?:on|under|put on|through) capability|(?:suspend|dismiss|sack|stood down|stand(?:ing)? down|sent home|signed off|off sick|struggling|stress\w*|bullied|unhappy)(?:ed|ing)? (?:from|at|with|on) (?:work|my job|the job|duty|duties|shift|full pay|stress)"
    r"|stood down|got the sack|gardening leave|garden leave|restricted duties|redeploy(?:ed|ment)|(?:being|been|got) (?:sacked|suspended|dismissed|managed out|pushed out|made redundant)|managed out"
    r"|resignation letters?|(?:i|we|i've|just) resigned|resign(?:ed|ing) from (?:my|our|the)|hand(?:ed|ing)? in (?:my|our|their|her|his) notice|(?:my|our|work(?:ing|ed)? (?:my|out my)) notice(?: period)?|exit interviews?|leaving interviews?|settlement agreements?|cot3|tupe\w*|at[- ]risk letters?|job evaluation"
    r"|(?<!public )consultation (?:meeting|period|pack)s?|(?:organisational|management of) change (?:process|consultation|paper|policy)|mutually agreed resignation"
    r"|apprais(?:al|als|ed)|supervision notes|revalidation|return(?:ing)?[- ]to[- ]work (?:meeting|interview|plan|form)s?|back[- ]to[- ]work (?:meeting|interview)s?|line manag\w+|exit questionnaires?"
    # pay and hours
    r"|(?:my|our|no|wrong|late) (?:payslips?|pay ?slips?|wages?|salar(?:y|ies)|pay|overtime|shifts?|rotas?|rosters?|hours|annual leave|contract|job|workload|employer|band|banding|pension)"
    r"|payslips?|pay ?slips?|sick ?pay|ssp|maternity pay|bank pay|back ?pay|under ?paid|unpaid (?:overtime|breaks?|hours|shifts?)|pay (?:cuts?|rises?|awards?|offers?|disputes?|restoration|deals?|freeze|bands?)|rebanding|re[- ]banding|agenda for change|zero[- ]hours|rota gaps?"
    # how they are
    r"|(?:long|short)[- ]?term sick(?:ness)?|off (?:work )?(?:sick|with stress|ill)|signed off(?: work)?|sick(?:ness)? (?:leave|absence|record|level|rate|meeting|review|trigger)s?|work(?:[- ]?related)? stress|stress risk assessment|burn(?:t|ed|ing)?[- ]?out|burnouts?|moral injury"
    r"|occ(?:upational)? health(?: referral| appointment| report)?s?|phased returns?|reasonable adjustments?|fit notes?|sick notes?|wellbeing (?:conversation|passport)s?|employee assistance|compassion fatigue"
    r")(?!\w)"
)  # fmt: skip
# The same words of patients: their fit note from the surgery, adjustments for them at an appointment.
_OF_PATIENTS = re.compile(
    r"\b(?:(?:patients?|carers?|gps?|surger(?:y|ies)|doctors?|practices?|pharmac\w+|learning disabilit\w+|autis\w+|deaf|blind|appointments?|hospitals?|clinics?|accessible|accessib\w+)\b.{0,40}\b(?:reasonable adjustments?|fit notes?|sick notes?|sign(?:ed|s)? off)"
    r"|(?:reasonable adjustments?|fit notes?|sick notes?)\b.{0,40}\b(?:patients?|carers?|gps?|surger(?:y|ies)|doctors?|practices?|learning disabilit\w+|autis\w+|deaf|blind|appointments?|hospitals?|clinics?)|public consultation meetings?|mental health trust|our hospitals?)"
)  # fmt: skip
# Said of how people are treated: of staff where a word of work stands in the same search.
_TREATED = re.compile(r"\b(?:bull(?:y\w*|ie\w*)|harass\w*|discriminat\w*|racis\w*|sexis\w*)")
_AT_WORK = re.compile(
    r"\b(?:staff|colleagues?|management|boss(?:es)?|employ(?:ee|ees|er|ers)|workplace|workforce|at work|hr|department|directorate|team)\b"
)
# A person who is described by what they did, and whom nobody can name.
_WHOEVER = re.compile(
    r"\b(?:who(?:ever|soever)?|the (?:one|person|insider|member of staff)(?: who)?|anyone who|somebody who|someone who) "
    r"(?:leak\w*|blew|film\w*|record(?:ed|s)|post(?:ed|s)|wrote|report(?:ed|s)|told|tipped|shar(?:ed|es)|complain\w*|grass\w*|snitch\w*|refus\w*|resign\w*|walked)\b"
)
# What only reads like it.
_NO_SPEECH = re.compile(
    r"\b(?:european|students?'?|credit|rugby|western|soviet) unions?\b|\bunion (?:street|road|jack|flag|square|lane|chapel)\b"
    r"|\b(?:send|sen|first[- ]tier|upper|mental health|immigration|asylum|benefits?|pip|property|tax|information|social security|care standards) tribunals?\b|\btribunals? service\b"
    r"|\b(?:practice|case|care|bed|site|service|project|complaints|account|relationship|discharge) managers?\b|\bbowling strikes?\b|\blightning strikes?\b"
)
# In a tag or an account, where words run together.
_RUN_TOGETHER = re.compile(
    r"strike|ballot|picket|unison|whistleblow|grievance|speakup|speakingup|tradeunion|theunion|payunion|unionise|walkout"
)
_TOKEN = re.compile(r"[#@]?[^\W_]+(?:[-'*?][^\W_]+)*[*?]?")
_SHORTEST_STEM = 5  # letters: pick* and man* find other words far more often
_OTHER_WORDS = frozenset(("manag*", "manage*", "whist*", "redun*"))


def in_text(text: str) -> str:
    """The words of a term, or of the positive words of a rule, by which it looks for such speech; "" where there are none."""
    folded = _NO_SPEECH.sub(" ", plain(text).replace("’", "'"))
    if match := _PHRASES.search(" ".join(folded.replace("*", "").split())):
        return match[0]
    if match := _WHOEVER.search(folded):
        return match[0]
    if match := _OF_EMPLOYMENT.search(
        _OF_PATIENTS.sub(" ", " ".join(folded.replace("*", "").split()))
    ):
        return match[0]
    if re.search(r"(?<![\w#@])Unite(?!\w)", text) and not re.search(r"Unite (?:to|for|with|against)\b", text):  # fmt: skip
        return "Unite"
    for token in _TOKEN.findall(folded):
        bare = token.lstrip("#@").removesuffix("'s")
        if bare in _WORDS or _begins_one(bare):
            return str(bare)
        if token[:1] in "#@" and (match := _RUN_TOGETHER.search(token)):
            return match[0]
    treated = _TREATED.search(folded)
    return treated[0] if treated and _AT_WORK.search(folded) else ""


def in_account(account: str) -> str:
    """The same of a tag, a forum or an account: nhsstrike, PayBallot."""
    folded = plain(account)
    match = _RUN_TOGETHER.search(re.sub(r"[^a-z]", "", folded))
    return match[0] if match else in_text(re.sub(r"[_.-]+|(?<=[a-z])(?=[A-Z])", " ", account))


def _begins_one(token: str) -> bool:
    if "*" not in token and "?" not in token:
        return False
    if sum(sign.isalpha() for sign in token) < _SHORTEST_STEM or token in _OTHER_WORDS:
        return False
    pattern = re.compile(
        "".join({"*": "[a-z]*", "?": "[a-z]?"}.get(sign, re.escape(sign)) for sign in token)
    )
    return any(pattern.fullmatch(word) for word in _WORDS)
