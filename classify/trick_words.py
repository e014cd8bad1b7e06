"""Words that people disguise to slip past a filter, and so the only ones that bold guesses are made for.

Where a rule of `classify.leetspeak` or `classify.undoing` might also hit what nobody disguised (`G4S`, `co-op`, `A*`), it
reads a word only if that is one of these.
"""

from __future__ import annotations

from functools import cache

from classify.words import english

# What people star out; the first that fits is read, so the commoner stand first.
SWEARING = (
    "fuck", "fucking", "fucked", "fucker", "fuckers", "fuckwit", "fuckwits", "shit", "shite",
    "shitty", "shits", "shithole", "cunt", "cunts", "bitch", "bitches", "bastard", "bastards",
    "wanker", "wankers", "twat", "twats", "prick", "pricks", "arse", "arsehole", "arseholes", "dick",
    "dickhead", "dickheads", "cock", "bollocks", "faggot", "faggots", "fag", "fags", "nigger",
    "niggers", "nigga", "paki", "pakis", "tranny", "trannies", "retard", "retards", "retarded",
    "whore", "slut", "sluts", "crap", "bugger", "bloody", "kill", "rape", "spaz", "spastic", "dyke",
    "bullshit", "motherfucker",
    "motherfuckers", "motherfucking", "gypsy", "pikey", "chink", "kike", "queer", "moron", "morons", "idiot", "idiots", "scum",
)  # fmt: skip
# Words of threats, contempt and the groups that they are aimed at, in the order in which a star is read.
_OTHERS = """
kills killed killer killers killing murder murdered murderer murderers die dies dead death deaths burn burns burned burnt
burning stab stabs stabbed stabbing shoot shoots shooting hang hangs hanged hanging gassed bomb bombs bombed
bombing knife gun guns acid attack punch strangle throat hurt destroy hate hates hated hater haters hatred
beaten raped rapes raping rapist rapists suicide kys lynch behead
whores nonce nonces pedo pedos paedo paedos paedophile paedophiles pedophile pedophiles perv perverts liar liars thief thieves
niggas nigs wog wogs coon coons gook gooks spic spics raghead ragheads towelhead towelheads gypsies gypos gyppo pikeys
chinks kikes yid yids dykes trannys poof poofs spazzes spastics queers asshole assholes arses dicks cocks
vermin rat rats pig pigs filth filthy scumbag scumbags dirty stupid dumb ugly fat subhuman subhumans parasite parasites
cockroach cockroaches animals savages apes monkeys trash disgusting pathetic useless evil
homo homos
jew jews jewish muslim muslims moslem moslems islam islamic black blacks gay gays lesbian lesbians trans transgender
refugee refugees immigrant immigrants migrant migrants foreigners asian asians arab arabs indian indians african africans
somali somalis polish poles romanian romanians hindu hindus sikh sikhs roma women woman disabled autistic cripple cripples
irish scottish welsh english british chinese pakistani pakistanis bangladeshi bangladeshis nigerian nigerians turkish turk turks
albanian albanians syrian syrians iraqi iraqis afghan afghans ukrainian ukrainians traveller travellers pensioner
pensioners elderly deaf blind christian christians catholic catholics asylum seeker seekers
mosque mosques synagogue synagogues terrorist terrorists nazi nazis
"""
DISGUISED = (*SWEARING, *_OTHERS.split())
WANTED = frozenset(DISGUISED)

# Short words that a text run together is split at; the longer ones come from the list of English words.
_SHORT = """
a i am an as at be by do go he if in is it me my no of on or so to up us we all and any are bad bin but can cut did
die for get god had has her him his how its let lot man men mum new nhs not now off old one our out own put ran rat
say see she sit the too two use was way who why yes you
"""


@cache
def wanted_beginnings() -> frozenset[str]:
    """What the words that people disguise begin with, themselves among them."""
    return beginnings(WANTED)


@cache
def known() -> frozenset[str]:
    """English words and those that people disguise."""
    return english() | WANTED


@cache
def known_beginnings() -> frozenset[str]:
    """What any known word begins with."""
    return beginnings(known())


@cache
def parts() -> frozenset[str]:
    """Words that a text run together may be made of."""
    return frozenset(_SHORT.split()) | WANTED | {word for word in known() if len(word) > 3}


def beginnings(words: frozenset[str]) -> frozenset[str]:
    """Every beginning of every word, the empty one and the whole among them."""
    return frozenset(word[:end] for word in words for end in range(len(word) + 1))
