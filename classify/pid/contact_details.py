"""Recognises telephones and email addresses that are a person's own, by whose the words make them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from core.patterns import lazy_compile

from . import base
from .base import MOST, Hit, Post
from .vocabulary import LOST_PETS, OTHER_NUMBER

_PHONE = re.compile(
    r"(?<![\w/=£$.])(?:(?:\+|\b00)44[ .()\-]{0,3}(?:0\)?[ .\-]?)?|\(?0(?=[ .()\-]{0,2}[1-9]))(?:"
    r"[ .()\-]{0,2}\d){9,10}(?![\d/])"
    r"|(?<![\w/=£$.])\+(?!44)[1-9]\d{0,2}(?:[ .()\-]{0,2}\d){7,12}(?![\d/])"
    r"|(?<![\w/=£$.+])7\d{3}[ -]?\d{6}(?!\d)"
)
_EMAIL = re.compile(r"(?<![\w.+%-])[a-z\d][\w.+%-]{0,63}@[a-z\d-]{1,63}(?:\.[a-z\d-]{2,63}){1,4}")
_EMAIL_TOLD = re.compile(
    r"(?<![\w.+%-])[a-z\d][\w.+%-]{0,63}(?:(?: dot | ?[\[({]dot[\])}] ?)[\w+%-]{1,63}){0,3} ?"
    r"(?:[\[({<] ?at ?[\])}>]| at |@)(?: ?)"
    r"[a-z\d-]{1,63}(?:(?: dot | ?[\[({<] ?dot ?[\])}>] ?|\.)[a-z\d-]{2,63}){0,3}"
    r"(?: dot | ?[\[({<] ?dot ?[\])}>] ?|\.)[a-z]{2,63}(?![\w-])"
)
_WEBMAIL = re.compile(
    r"(?:gmail|googlemail|hotmail|yahoo|outlook|icloud|aol|btinternet|live|msn|protonmail|proton"
    r"|sky|virginmedia|ymail|me)\."
)
_WORK = re.compile(
    r"(?:^|\.)(?:nhs\.net|nhs\.uk|gov\.uk|parliament\.uk|police\.uk|bbc\.co\.uk|ac\.uk"
    r"|cqc\.org\.uk)$"
)
_SERVICE_WORDS = """
comms comm communications info information pals enquiries enquiry enquire inquiries contact
contactus admin admissions reception help helpdesk helpline support office press pressoffice
media news newsdesk newsroom complaints complaint feedback foi hr recruitment recruit jobs
careers vacancies bookings booking appointments appointment appts referrals referral team hello
hi mail noreply reply donotreply data dpo dataprotection governance engagement getinvolved
involve involvement volunteer volunteers volunteering events event prescriptions prescription
pharmacy surgery practice clinic ward service services secretary secretaries safeguarding icb
nwl ccg trust nhs hospital patient patients patientexperience experience customer
customerservice customerservices care ig it itsupport security privacy webmaster web digital
social subscribe newsletter sales accounts finance billing membership members member union
branch healthwatch gp doctors medical centre immunisation vaccination covid screening maternity
midwife midwives therapy talkingtherapies iapt camhs crisis spa hub ppg board ceo chair research
study studies survey trials training education library tips editor editors stories story letters
consultation consult campaign campaigns petition rights advocacy advice befriending carers
charity donate fundraising desk pitch casting producer general health healthcare community
wellbeing public responses response alerts listening results bloods interpreters interpreting
travel parking estates facilities switchboard records accessibility equality
"""
_SERVICE = frozenset(_SERVICE_WORDS.split())
# Whose it is. The last of these before a number decides, so 'the surgery on A or my mum on B' is told apart.
_POSSESSOR = (
    r"(?:my|her|his|their|our|mum'?s|mother'?s|dad'?s|father'?s|nan'?s|gran'?s|grandad'?s|son'?s"
    r"|daughter'?s|wife'?s|husband'?s|partner'?s|brother'?s"
    r"|sister'?s|aunt'?s|auntie'?s|uncle'?s|(?:the )?patient'?s?|pt'?s?|carer'?s|neighbour'?s"
    r"|friend'?s|client'?s|girlfriend'?s|boyfriend'?s|tenant'?s|next of kin(?:'s)?|nok|family'?s"
    r"|mr\.? \w+'?s?"
    r"|mrs\.? \w+'?s?|ms\.? \w+'?s?|miss \w+'?s?|\w+'s)"
)
_KIN = (
    r"(?:mum|mother|mam|mom|dad|father|nan|nana|gran|grandma|grandad|grandfather|grandmother|son"
    r"|daughter|wife|husband|partner|brother|sister|aunt|aunty"
    r"|auntie|uncle|cousin|niece|nephew|neighbour|friend|mate|carer|family|next of kin|nok|patient|client"
    r"|pt|widow|lad|missus|parents?)"
)
_PRIVATE = lazy_compile(
    rf"\b{_POSSESSOR} (?:\w+ ){{0,2}}(?:number|no|num|nos|mobile|mob|moby|phone|telephone|tel|cell|work"
    r"|landline|whatsapp|contact|contacts|digits"
    r"|e-?mails?|e-?mail address|address|inbox)\b"
    r"|\b(?:ring|call|phone|text|txt|whatsapp|contact|reach|get|message|bell|dial|email|e-mail"
    r"|tell|find|speak to|let|update|write to)(?: hold of)? "
    rf"(?:me|her|him|(?:my|her|his|the|their|our|his|your) (?:\w+ ){{0,2}}{_KIN}|{_KIN}|mr\.? \w+"
    r"|mrs\.? \w+|ms\.? \w+|miss \w+)\b"
    r"|\bnumber (?:of|for) (?:the |my |a |that |this )?(?:\w+ )?(?:lady|woman|man|bloke|girl|boy"
    rf"|family|{_KIN})\b|\b(?:i'm|im|i am|she's|he's|shes|hes|she is|he is) on\b|\breach(?:able"
    r"|ed)? (?:me )?(?:on|at|by)\b"
    rf"|\b(?:patient|pt|next of kin|nok|mob|{_KIN})(?: \w+){{0,3}}? ?(?:[:=(]|on|is|at|mob|mobile"
    r"|number|tel|ph|no)\b"
    r"|\b(?:next of kin|nok|daughter|son|husband|wife|mum|dad|brother|sister"
    r"|neighbour)\W{1,3}[^.!?]{0,30}$"
)
_PLACE = (
    r"(?:surgery|practice|reception(?:ist)?s?|pals|helpline|help line|hotline|switchboard|hospital"
    r"|clinic|pharmacy|chemist|hub|centre|center|council|charity"
    r"|office|team|service|services|line|unit|ward|department|dept|desk|bookings?|enquir(?:y|ies)"
    r"|appointments?|samaritans|press|newsdesk|111|nhs(?! ?(?:no|num|number|#)\b)|trust"
    r"|icb|ccg|gp|doctors?|midwi(?:fe|ves)|health visitors?|district nurses?|nurses?|matron"
    r"|consultant|physio|social (?:worker|services|care)|freephone"
    r"|healthwatch|citizens advice|cab|age uk|mind|shelter|mencap|macmillan|carers network|crisis"
    r"|access|duty|on-call|shelter|school|club|church|mosque|temple|paper|shop|library|group"
    r"|society|association|rep|union|unison|branch|police"
    r"|prescriptions?|referrals?|admin|secretar(?:y|ies)|therap(?:y|ies|ist)|dentist|optician"
    r"|care home|hospice|company|firm|advice|information|info"
    r"|registered|complaints?|comms|media|interpreters?|transport|ambulance|radiology|x-ray"
    r"|phlebotomy|bloods?|vaccin\w+|jabs?|screening)"
)
_PUBLIC = lazy_compile(
    rf"\b{_PLACE}\b(?:'s number)?|\b(?:call|ring|phone|text|contact|email|e-mail|message|dial"
    r"|write to) (?:us|our)\b|\bto (?:book|register|apply|donate|volunteer|join|rsvp|find out"
    r"|make an|report|order|complain|request|refer|speak to (?:a|our|one))\b|\bfor (?:more|further"
    r"|info|information|details|help|support|advice|bookings?"
    r"|appointments|enquiries|a quote|quotes|tickets)\b|\b(?:our|the) (?:\w+ ){0,2}(?:number"
    r"|address|email|mobile|phone)\b(?! (?:of|for) )|\brsvp\b|\bregister\b"
)
# What somebody wants to be written to about is not where the address is: 'about my son's clinic'.
_SUBJECT = re.compile(rf"\b(?:about|re|regarding|concerning) (?=(?!our\b|their\b){_POSSESSOR} )")
_TRADE = lazy_compile(
    r"\b(?:reporter|journalist|correspondent|producer|newsroom|our sources|comment from|in "
    r"confidence|freelance|hire|quote|plumb\w+|removals?|cleaning|taxis?"
    r"|for sale|discount|special offer|tuition|bookings|book now|recruit\w+|vacanc\w+|your cv"
    r"|research(?:er)?|survey|volunteers? wanted|tickets|dm (?:us|for)"
    r"|press office|statement|running a (?:piece|story)|on the record|deadline|podcast|documentary"
    r"|dossier|our (?:magazine|readers|feature|series)|be (?:photographed|interviewed)|stipend"
    r"|looking for [^.]{0,40}(?:voices?|staff|sources?|people|volunteers|participants)|wants your"
    r"|quotes|visa|careers?|scam\w*|spam|phishing|fake text|nuisance|cold call\w*|keeps? "
    r"(?:calling|ringing|texting)|who is this|text from|called me from|missed call"
    rf"|new (?:series|episode)|for an episode|{LOST_PETS})\b"
)
# Who writes for a paper gives the number at which they work: 'could your press office ring me before six'.
_TO_PRESS = re.compile(r"\b(?:press (?:team|office|desk|officer)|comms team|deadline|for comment|right of reply)\b")  # fmt: skip
_SELF_MEDIA = re.compile(
    r"\b(?:i'm|i am|im) (?:an? |the )?(?:\w+ ){0,3}(?:reporter|journalist|producer|correspondent|editor)\b"
    r"|\b(?:reporter|journalist|producer|newsdesk) here\b|\bmy desk number\b"
)
_MEDIA_BIO = re.compile(
    r"\b(?:reporter|journalist|producer|correspondent|newsdesk|news editor|features|freelance"
    r"|broadcaster|hosted by|podcast|films|documentar\w+|recruit\w+|official|ltd|limited|estate agent"
    r"|solicitors?|claims)\b"
)
# What is sold after an illness is a relative's: 'commode, unused; Dad never needed it, the cancer …'.
_KIN_ILL = re.compile(
    rf"\b{_KIN}\b[^.!?]{{0,60}}\b(?:cancer|dementia|died|passed|stroke|hospice|mnd|dialysis"
    rf"|needed it|hospital)\b"
)
_PATIENT_POST = re.compile(
    rf"\b(?:my|our|her|his) (?:\w+ )?{_KIN}\b|\b(?:patient|pt|mrs|mr|miss) \w+|\bi (?:am|was|have"
    r"|need|waited|suffer)\b|\bmy (?:\w+ )?(?:appointment|operation|results|referral|scan|gp)\b"
)


def phones(post: Post) -> Iterator[Hit]:
    """Telephone numbers of a patient, a relative or the author; a service's are no hits."""
    if post.official or post.digits < 8:
        return
    last = 0
    for match in islice(_PHONE.finditer(post.low), MOST):
        start, end = match.span()
        number = base.phone(match.group())
        if not base.is_number(number) or OTHER_NUMBER.search(post.before(start, 30)):
            continue
        begun, last = last, end
        if number in post.contacts.phones or number in _own_numbers(post):
            continue
        score = _whose(post, begun, start, end, _unsaid(number))
        if score and not (_geographic(number) is None and score < 0.9):
            yield Hit("PHONE", start, end, score, "a telephone number told as a person's own")


def emails(post: Post) -> Iterator[Hit]:
    """Email addresses of a patient, a relative or the author; a service's are no hits."""
    if post.official or not (
        "@" in post.low
        or " at " in post.low
        or "at]" in post.low
        or "at)" in post.low
        or "at}" in post.low
        or "at>" in post.low
    ):
        return
    seen: list[tuple[int, int]] = []
    last = 0
    for pattern in (_EMAIL, _EMAIL_TOLD):
        for match in islice(pattern.finditer(post.low), MOST):
            start, end = match.span()
            if any(start < done and end > begun for begun, done in seen):
                continue
            address = base.email(match.group())
            if pattern is _EMAIL_TOLD and not _is_told(post, match, address):
                continue
            seen.append((start, end))
            begun, last = (last, end) if last <= start else (0, last)
            score = (
                0.0
                if _public_email(post, address)
                else _whose(post, begun, start, end, _personal(address))
            )
            if score:
                yield Hit("EMAIL", start, end, score, "an email address told as a person's own")


def _whose(post: Post, begun: int, start: int, end: int, unsaid: float) -> float:
    """How sure it is that this is a person's own: by the nearest words that say so, else `unsaid`."""
    before = post.low[max(begun, start - 90) : start]
    before = (
        re.split(r"[.!?\n](?=\s)", before)[-1]
        if len(re.split(r"[.!?\n](?=\s)", before)[-1].strip()) > 4
        else before
    )
    if post.says(_SELF_MEDIA) or (_MEDIA_BIO.search(post.bio_low) and post.says(_TO_PRESS)):
        return 0.0
    private = max((match.end() for match in _PRIVATE.finditer(before)), default=-1)
    public = max((match.end() for match in _PUBLIC.finditer(before)), default=-1)
    if private > public or (
        private >= 0
        and re.search(r"\b(?:my|her|his) (?:own |home )?(?:number|mobile|phone|e-?mail)\b", before)
    ):
        return 0.95
    after = re.split(r"[.!?\n]", post.after(end, 60))[0]
    after = _SUBJECT.split(after)[0]
    if re.search(
        rf"^[^\w]{{0,3}}(?:is |that's |which is |- )?(?:my|her|his|mum's|dad's|{_KIN}"
        rf"|{_POSSESSOR} (?:mobile|number|phone))\b",
        after,
    ):
        return 0.85
    if (
        public >= 0
        or (post.says(_TRADE) and not post.says(_KIN_ILL))
        or _MEDIA_BIO.search(post.bio_low)
        or re.search(rf"^[ (\-]{{0,3}}(?:is )?(?:for |the |our |\w+ )?{_PLACE}\b", after)
    ):
        return 0.0
    if _PUBLIC.search(re.sub(r"\b(?:the|our) e?-?mail(?: address)? is\b", "", after)):
        return 0.0
    return max(unsaid, 0.6) if post.says(_PATIENT_POST) else unsaid


def _geographic(number: str) -> bool | None:
    """True for a landline, False for a mobile, None for numbers that only services have (03, 08, 09)."""
    if not number.startswith("+44"):
        return False
    return {"1": True, "2": True, "7": False}.get(number[3:4])


def _unsaid(number: str) -> float:
    return 0.6 if _geographic(number) is False else 0.0


def _own_numbers(post: Post) -> set[str]:
    return (
        {base.phone(match.group()) for match in _PHONE.finditer(post.bio_low)}
        if post.bio
        else set()
    )


def _is_told(post: Post, match: re.Match[str], address: str) -> bool:
    """Whether 'jean at example dot org' is an address and not 'look at example.org'."""
    written = match.group()
    if re.search(r"[\[({<] ?at ?[\])}>]", written):
        return True
    local = address.partition("@")[0]
    if local in {
        "me",
        "us",
        "them",
        "him",
        "her",
        "look",
        "looked",
        "is",
        "are",
        "was",
        "here",
        "it",
        "more",
        "online",
        "info",
        "available",
        "website",
    }:
        return False
    if " @ " in written or " dot " in written:
        return True
    cue = re.search(r"\be-?mail(?:s|ed)?\b[^.!?]{0,25}$", post.before(match.start()))
    return bool(_WEBMAIL.search(address) or re.search(r"[\d._]", local) or cue)


def _public_email(post: Post, address: str) -> bool:
    local, _, domain = address.partition("@")
    if local == domain.partition(".")[0]:
        return True  # 'guest@guest.com'
    if post.contacts.has_email(address) or (post.bio and address in base.email(post.bio_low)):
        return True
    if _WORK.search(domain):
        return True
    parts = re.split(r"[.\-_+\d]+", local)
    return any(part in _SERVICE for part in parts) or (
        not _WEBMAIL.match(domain)
        and any(
            local.endswith(word) or local.startswith(word)
            for word in ("enquir", "comms", "reception", "surgery", "info", "team")
        )
    )


def _personal(address: str) -> float:
    """How likely an address that nothing explains is a person's own."""
    return 0.65 if _WEBMAIL.match(address.partition("@")[2]) else 0.6
