"""Which words are English, and which are people's given names.

`english.txt` holds the words that stand mostly in lower case in the openly licensed data that the
model is trained on, so slang and common misspellings are in it and names are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_ENGLISH = Path(__file__).parent / "english.txt"

# Given names of the communities of North West London; the second group are also English words and
# count only where a capital marks them.
_GIVEN = """
aaliyah aaron abdi abdul abdullah abigail abimbola ada adaeze adam adele adeola adrian agata
agnes agnieszka ahmed aidan aisha ajay akash alan albert aleksandra alex alexander alexandra
alfie alfred ali alice alicia alison aliyah allan amanda amara amelia amina amir amit amy ana
anand andrea andrei andrew andy angela angus anil anita anjali ann anna anne annette annie
anthony antonio anwar archie arjun arthur arun asha ashley asif ayaan ayesha ayo barbara barry
beata ben benjamin bernard bernadette beryl beth betty beverley bilal blessing bob bogdan
brandon brenda brian bridget bruce callum calvin cameron carl carla carmel carol caroline carys
catherine cathy cecil celia charles charlie charlotte chidi chloe chris christine christopher
chukwuemeka ciara claire clara clive colin colleen connor craig cristina cynthia cyril damian
daniel danny daphne darren dave david dean deborah deepak delroy denis denise dennis derek
desmond devi diana diane dimitri dipak dmitri dominic donald donna doreen doris dorothy douglas
duncan dylan ed eddie edith edna edward edwin efua eileen elaine eleanor elena eli elif elijah
elizabeth ella ellen ellie elsie emeka emil emily emma enid eric erin ernest ernie esther ethan
ethel eva evan eve evelyn ewa fadi farah farhan farida fatima fatimah fatou femi fergus fiona
florence frances francis frank freda frederick freya gareth gary gavin gemma geoff geoffrey
george georgia gerald geraldine gerard gillian gita gladys glen glenn glenys gloria gordon
graham greg gurdeep gurpreet gwen habib hadiza haleema halima hamza hannah harjit harold
harpreet harriet harry hassan hazel heidi helen henry herbert hilary hilda howard hugh hussain
ian ibrahim ifeoma imran ingrid iqbal irena irene iris isaac isabel isabella isla ismail ivan
ivor iwona jackie jacob jacqueline jake jamal james jamie jan jane janet janice jas jasmine
jason jasper jaswinder jatinder jay jayesh jean jeanette jeff jeffrey jen jennifer jenny jeremy
jerome jerry jessica jessie jill jim jimmy jo joan joanna joanne jodie joe joel johan john
johnny jon jonathan jorge jose joseph josephine josh joshua joyce juan judith judy julia julian
julie june justin jyoti kabir kamal kamala karen karim karl kashif kate katherine kathleen kathy
katie kavita keith kelly kelvin ken kenneth kenny kerry kevin khadija khalid kieran kim kiran
kirsty kofi komal krishna krystyna kuldeep kumar kwame kwabena kyle lakshmi lana laura lauren
lawrence layla leah lee leila len leon leonard lesley leslie lewis liam lila linda lisa liz lola
lorna lorraine louis louise lucas lucy luis luke lydia lynn lynne mabel maddie madeleine magda
malcolm malgorzata mandeep mandy manjit manoj marcin marcus margaret maria mariam marian marie
marion marjorie marlene martha martin mary maryam matilda matt matthew maureen maurice mavis
meera megan mehmet melanie melissa mia michael michelle mick miguel mike mildred mina mo mohamed
mohammad mohammed moira molly monica morag muhammad muriel mustafa myra nabil nadia nana nancy
naomi nasreen natalie natasha nathan neha neil nesta ngozi niamh nicholas nick nicola nigel
nikhil nina nisha noah noel nora norman nuala obi olga oliver olivia olu olumide omar osman owen
paddy padma pamela parveen patricia patrick paul paula pauline pawel pearl pedro peggy penelope
pete peter phil philip phillip phoebe phyllis pia piotr poppy pradeep prakash pranav precious
preeti priya priyanka pushpa rachel radha rafael rahul raj rajesh raj rajinder ralph ram ramesh
ranjit rania rashid raul ravi raymond rebecca reg reggie rekha rhys riaz ricardo richard rita
robert roberta robin rodney roger rohan roisin roland ron ronald ronnie rosa rosemary rosie ross
roy rupa rupert russell ruth ryan sabina sadie safiya saira sally salma sam samantha samir
samira samuel sandeep sandra sangita sanjay santosh sara sarah satnam saul scott sean seamus
sebastian selma shabana shanice sharon shaun sheila shirin shirley shreya shyam sian sidney
simon sinead siobhan sofia sonia sophia sophie stacey stanley stella stephanie stephen steve
steven stewart stuart sukhdeep suleiman sultana sunil sunita suresh surinder susan susie suzanne
sylvia tahir tamara tanya tariq tasneem ted tendai terence teresa terrence terry thandiwe thelma
theo theresa thomas tim timothy tina toby tobias tom tomasz tommy toni tony tracey tracy trevor
tunde tyler uche uma ursula usha valerie vanessa vera vernon veronica vicky victor victoria
vijay vikram vincent vinod viola violet vivian vivienne waheed walter wanda wayne wendy wilfred
william winifred winston yasmin yasmine yetunde yolanda yusuf yvonne zac zachary zahra zainab
zara zeinab zoe zofia zuzanna dympna terrance rosalind margery maud ebenezer abdiaziz abdifatah
abdirahman abdirizak abena abiodun abosede achieng adaora adebayo adunni afua agatha ahmad
aileen ailsa aine aislinn akosua akua aleksander alessandra alessia alexandru alexis alhaji
alina alistair aljona alun alvin amarachi ameera amelie aminata amirah amrit ananya anastasia
andre andrzej aneta angelina angeline angie anisa anjum ankita annabel annalise annika anselm
anthea antoinette antonia anya araba archana archibald ariana arif arlene armando arnold arturo
ashish ashok astrid atinuke aurelia aurelio ayanna ayomide azadeh azeem aziza bahar bakary
balbir baljit balwinder barnaby bartosz beatrice beatriz behrouz belinda benedict benedikt
bernice bertha bertie bettina bhavesh bhavna bhupinder bianca binta birgit blanche bogusia bola
boris branka bridie bronwen bronwyn bruno bushra busisiwe caitlin candice caoimhe carlos casimir
cassandra cecily cedric chandrika chanel chantal chantelle charmaine chaya cheryl chiamaka
chinedu chinwe chioma christabel cillian clarence clarissa claudette claudia clement cleo
clifford clyde concetta conor consuelo cordelia corinne cornelius cosmin courtney cuthbert
cyprian czeslaw dagmar dahlia dalia daljit damilola daniela daniella dariusz darnell darragh
davina dawid deirdre delia delores denzel dermot desiree despina devinder dexter dhanji diarmuid
diego dilip dilys dinah dinesh dion dmytro dolores dominika donal donovan dorota dorrie dorsey
dulcie dwayne eamon edgar edmund edwina ekaterina elaina elana elinor elisa elisabeth elise
eliza elodie elsbeth elspeth elvira emeline emmanuel ephraim ervin esmeralda esmé esra estelle
ettie eugene eugenia eunice ezekiel ezra faisal farzana fatoumata faustina fay fayaz feargal
felix fenella ferdie ferdinand fidelma fikreta filomena finlay fionnuala fleur florin florrie
folake folasade frankie freddie gabriel gabriela gaurav genevieve georgie georgios gerry
gertrude ghulam gideon gina gintaras giorgos giovanni giulia glenda godfrey goran graziella
greta gudrun guillermo gulnaz gurmeet gwendoline gwyneth hafsa haidar hakeem hamish hardeep
harminder harshad haruna harvinder hasina hattie hayley hector hedley helena henrietta henryk
hetty hodan horace hortense hubert hugo humphrey iain iara idris iestyn ignatius igor ilona
imelda imogen inderjit ioana ireneusz irina irma isadora isha ishaan isobel izabela jagdish
jakub jamila janek janina jarlath jaroslaw jasbir javed javier jayanti jayantibhai jayden jelena
jemima jermaine jerzy jezebel jhansi jignesh jitendra joachim joana joaquin jocelyn jolanta
jolene jolyon josefina josette josie juanita juliet juliette jussara kacper kadija kailash kaja
kalpana kamila kantibhai karan karina karol karolina kasia katarzyna kateryna katya kavitha
kazimierz keeley kehinde keiron keisha kelechi keziah kiara kimberley kinga kirpal kojo
krzysztof kulwinder kunle kwadwo kwaku kwasi lalita lamar larissa latoya laurence lavinia leanne
lennox leonie leontyne leroy leticia letitia lettie lidia lilian lillian lina lionel lizzie
llewellyn lloyd lolita lorcan lottie lubna lucia lucinda ludmila luigi lukasz maeve magdalena
mahesh mahmoud mairead maisie malachi malachy manjula manny marcel marcela marcia marek
margarita margot marguerite marianne marilyn mario marissa marlon marta martina marvin mateusz
maura mauricio maxine maxwell mehul melvin meredith mervyn milena millicent millie milo minerva
mira miriam mirka misbah mohan mohini mollie moshe mukesh murali nadine nalini narinder natalia
navdeep naveed nellie nestor neville nia nicole nikita nikos nimra nirmala nkechi noreen nuria
nusrat octavia oisin oksana olabisi oleg olena oluwaseun omari orla osagie otis ottoline padraig
pam parminder parvati pascal patrice patryk paulette paulo pearce pearline percival percy petra
petronella petros petru philomena phyllida piers pilar pippa polly pooja priscilla queenie
quentin rachael radoslaw raelene rafal raheem rajiv rakesh ramona raquel rashida reena reginald
rehana renata renee rhiannon rhoda rhona richa riona rocco rochelle rohit romana romeo ronan
rory rosalie rosamund rosanna roseanne roshan rowena roxanne rubina rukhsana ruksana russ
ryszard sabrina sadia saeed safia sagal sahra saleem salim salome samina sanjeev santiago
saoirse sapna sarita sasha savita scarlett selina selvarani serena serwaa shabnam shahid shakira
shamima shanelle shanta shantelle shanti sharmila sharonda sheetal shelagh shelley sherry
shireen shivani shona simone sinéad siobhán slavica slawomir sofiya solange soledad soraya
sorcha stacy stanislaw stanisław stefan stephan sushila suzy svetlana sybil sylvester sylvie
szymon tabitha tadeusz taiwo talia tamika tamsin tanisha tanvi tara tatiana temitope teodora
tereza tessa thalia thea thelonius theodora theodore thora tiago tibor tiffany tobi tolu tomas
toyin tristan trudy tyrone ugo umar usman valentina vaughan veena venetia vijaya vikki vinay
violeta vishal vivek vladimir waleed wanjiru warren wendell weronika wesley wilbur wilf
wilhelmina wilma winnie winsome wladyslaw wojciech xavier yaa yannick yash yaw yemi yevgeny
yinka yuliya yuri yusra yvette zadie zaheer zahid zaid zaneta zbigniew zelda zenobia zerrin
zeynep zia zoltan zubair zuzana zygmunt
"""
_ALSO_WORDS = """
alma amber angel april art aster august autumn basil bill bonnie brynn cara carlton carol
celeste chance charity cherry clay constance crystal daisy dawn dean destiny devon dick dolly
don drew earl ebony esme faith felicity fern frank fred gene ginger glen grace grant guy heather
holly honor hope hyacinth ida ines iris ivy jack jade jasmine jay jean jet joy june kitty lata
leo lily marigold mark max may melody mercedes mercy merle mick miles mimi myrtle nell norma
olive opal oscar paloma pat patience pearl penny perpetua pip pop prem primrose prudence ray
rich rob robin rod rose ruby sade sana skip sky sonny star sue summer sunny teddy tess tia
trinity val valentine verity victor violet virgil wade ward will winter
"""


@cache
def english() -> frozenset[str]:
    """English words as people post them, in lower case; read from its file on first use."""
    return frozenset(_ENGLISH.read_text(encoding="utf-8").split())


@cache
def given_names() -> frozenset[str]:
    """Given names in lower case; some are words as well, so ask where a capital marks a name."""
    return frozenset(_GIVEN.split()) | frozenset(_ALSO_WORDS.split())


@cache
def only_names() -> frozenset[str]:
    """Given names that are no English words, and so are told without a capital."""
    return (
        frozenset(_GIVEN.split())
        - frozenset(_ALSO_WORDS.split())
        - (english() - {"john", "mary"})
        - {"nana", "mo"}
    )


# ── Whether a word that no list holds is an English one misspelt, or one of another language.

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = str.maketrans("", "", "aeiou")
LONGEST = 20  # letters of a word that is compared
_SHORTEST = 5  # letters: among shorter words nearly all are one slip from some English one


def misspelt(word: str) -> bool:
    """Vowels left out ('wrst', 'surgry'), or one letter missing, added, wrong or swapped ('docter')."""
    if len(word) > LONGEST:
        return False
    if len(word) > 2 and any(_left_out(word, whole) for whole in _whole(word.translate(_VOWELS))):
        return True
    return len(word) >= _SHORTEST and not english().isdisjoint(_slips(word))


def _left_out(word: str, whole: str) -> bool:
    """Whether `word` is `whole` without some of its vowels."""
    rest = iter(whole)
    return len(word) < len(whole) and all(letter in rest for letter in word)


def _whole(consonants: str) -> tuple[str, ...]:
    return _by_consonants().get(consonants, ())


@cache
def _by_consonants() -> dict[str, tuple[str, ...]]:
    words: dict[str, list[str]] = {}
    for word in english():
        bare = word.replace("'", "")
        words.setdefault(bare.translate(_VOWELS), []).append(bare)
    return {key: tuple(bare_words) for key, bare_words in words.items() if len(key) > 1}


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word)):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + after[1:]
    yield from (word + letter for letter in _LETTERS)


# ── Whether a text holds rough words: a weak answer where a data set tells hate but not offence.

_SWEARING = re.compile(
    r"\b(?:(?:mother)?fuck\w*|shit\w*|bullshit|cunts?|bitch\w*|bastards?|wankers?|twats?|pricks?|arse(?:hole)?s?|"
    r"ass(?:es|hole\w*)?|dumbass|jackass|dick(?:head)?s?|cocks?|pussy|bollocks|fag(?:got)?s?|nigg(?:er|a)s?|pakis?|"
    r"trann(?:y|ies)|retard(?:s|ed)?|whor(?:e|es|ing)|slut\w*|hoes?|spics?|chinks?|kikes?|gooks?|dykes?|skank\w*|"
    r"douche\w*|stfu|gtfo|wtf|morons?|idiot\w*|scum\w*|imbeciles?|cum|tits|piss\w*|crap)\b",
    re.IGNORECASE,
)
_ROUGH = re.compile(
    r"\b(?:stupid\w*|dumb|losers?|liars?|trash|disgust\w*|pathetic|ugly|fools?|clowns?|hate[sd]?|kill\w*|racist\w*|"
    r"nazis?|damn\w*|hell|sucks?|shut up|evil|vile|fascist\w*|criminals?|garbage|ignorant|cowards?|disgrace\w*|"
    r"rape\w*|rapists?|murder\w*|die|dead|sick|filth\w*|pigs?|rats?|vermin|hell|insane|crazy|lunatic\w*|traitors?|"
    r"pervert\w*|creep\w*|jerks?|sexist|terrorists?|thugs?|parasites?|corrupt|bigots?)\b",
    re.IGNORECASE,
)


def rude(text: str) -> float | None:
    """1 where somebody swears, 0 where no rough word stands, None where it can't be told by words."""
    if _SWEARING.search(text):
        return 1.0
    return None if _ROUGH.search(text) else 0.0


# ── Words that people disguise to slip past a filter: bold guesses are made for these alone.
#
# Where a rule of `classify.text.leetspeak` or `classify.text.obfuscation` might also hit what nobody disguised (`G4S`, `co-op`, `A*`), it
# reads a word only if that is one of these.

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
