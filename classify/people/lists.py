"""The lists by which a person's name is told from a place's or a body's, read from their files on first use."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from classify.text.lexicon import english, only_names

_FOLDER = Path(__file__).parent
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "ß": "ss", "’": "'", "‘": "'", "ʼ": "'"}
)

# Short forms that say a person alone; no word of English and no place.
_SHORT_FORMS_TEXT = """
kev baz gaz shaz daz jo steph liz lizzie becky becca debs debbie trish trisha mags vicki nicki nikki jez jezza
robbie danny tommy davey gav gabby libby stu humza hamza wes
"""
_SHORT_FORMS = frozenset(_SHORT_FORMS_TEXT.split())
# Places, stations and hospitals that are given names as well, and that `places.txt` does not have.
_MORE_PLACES_TEXT = """
victoria chelsea brent harrow hillingdon ealing hounslow camden merton sutton barnet enfield bexley bromley
croydon hackney haringey havering islington lambeth lewisham newham redbridge southwark westminster kensington
fulham hammersmith paddington kent devon essex surrey sussex dorset cornwall norfolk suffolk cumbria lincoln
stirling ross florence georgia india kenya chad jordan israel china paris sydney adelaide verona vienna siena
sienna milan london england ireland scotland wales britain asia africa america europe france holland jamaica
trinidad trinity jubilee regent imperial royal albion avalon mercia avon severn tyne mersey trent humber
middlesex lancashire yorkshire cheshire derbyshire nottinghamshire leicestershire lincolnshire northamptonshire warwickshire staffordshire
shropshire herefordshire worcestershire gloucestershire oxfordshire buckinghamshire bedfordshire hertfordshire cambridgeshire berkshire
hampshire wiltshire somerset huntingdonshire rutland northumberland cumberland durham merseyside teesside tyneside humberside wirral sandwell
calderdale kirklees tameside trafford wight powys gwynedd ceredigion clwyd dyfed glamorgan gwent pembrokeshire carmarthenshire anglesey lothian
fife tayside grampian lanarkshire ayrshire renfrewshire borders antrim armagh fermanagh tyrone ulster hull southend wycombe homerton neasden
ladbroke grenfell kensal tunbridge southmead airedale wrightington wythenshawe pinderfields heartlands velindre morgannwg taf mandeville
medway lea colne crane wye exe dee don ribble lune eden aire calder clyde forth tay solent waveney cam nene
"""
_MORE_PLACES = frozenset(_MORE_PLACES_TEXT.split())
# Words of this field that the list of English has not, and that names are written like.
_MORE_WORDS_TEXT = """
healthwatch northwick perivale commissioning ophthalmology midwifery camhs covid brompton harefield hayes
acton acute bupa serco capita optum palantir babylon samaritans healthier staywell chelwest christie marsden
maudsley lister papworth sepsis asthma dementia diabetes oncology paediatric paediatrics maternity neonatal
radiology urology cardiology hall manor grange abbey priory heath vale weald moor moss fen dale glen common
hampstead vaccination immunisation jab jabs booster norovirus measles mpox flu rsv gp gps nhs icb ics ccg pals
"""
_MORE_WORDS = frozenset(_MORE_WORDS_TEXT.split())


def plain(word: str) -> str:
    """A word in small letters, without accents and with straight apostrophes, as the lists have it."""
    folded = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


@cache
def first_names() -> frozenset[str]:
    """Given names; some are words or places as well."""
    return _read("given.txt") | {plain(name) for name in only_names()} | _SHORT_FORMS


@cache
def surnames() -> frozenset[str]:
    """Family names; many are words or places as well."""
    return _read("surnames.txt")


@cache
def telling() -> frozenset[str]:
    """Given names that tell of a person by themselves: no word, no place."""
    return frozenset(
        name
        for name in {plain(name) for name in only_names()} | _SHORT_FORMS
        if (len(name) > 2 or name in _SHORT_FORMS) and name not in places() and name not in words()
    )


@cache
def places() -> frozenset[str]:
    """Places of the United Kingdom in one word, and a few beyond it."""
    return frozenset(name for name in _lines("places.txt") if " " not in name) | _MORE_PLACES


@cache
def words() -> frozenset[str]:
    """English words and those of this field, less the two names that the list of English has for their frequency."""
    return (english() - {"john", "mary"}) | _MORE_WORDS


@cache
def called_after() -> frozenset[tuple[str, ...]]:
    """What is called after a person, and places of several words, each as its words without apostrophes."""
    several = (name for name in _lines("places.txt") if " " in name or "-" in name)
    return frozenset(
        tuple(plain(phrase).replace("'", "").replace("-", " ").split())
        for phrase in (*_lines("called_after.txt"), *several)
    )


@cache
def longest_called_after() -> int:
    """How many words the longest of them has."""
    return max((len(phrase) for phrase in called_after()), default=1)


@cache
def called_after_joined() -> tuple[str, ...]:
    """The same run together, as accounts and addresses have them; the longest first."""
    joined = {"".join(phrase) for phrase in called_after() if len(phrase) > 1}
    return tuple(sorted(joined, key=len, reverse=True))


def _read(name: str) -> frozenset[str]:
    return frozenset((_FOLDER / name).read_text("utf-8").split())


def _lines(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def field() -> frozenset[str]:
    """Medicines, conditions, bodies and words of the service, in one word each."""
    return frozenset(part for line in _lines("field.txt") for part in line.split()) | _read(
        "medicines.txt"
    )


@cache
def dictionary() -> frozenset[str]:
    """English words that are nobody's name, of a list for spelling; `words` has the more frequent ones."""
    return _read("words.txt")
