"""Which words are English, and which are people's given names.

`english.txt` holds the words that stand mostly in lower case in the openly licensed data that the
model is trained on, so slang and common misspellings are in it and names are not.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_ENGLISH = Path(__file__).with_name("english.txt")

# Given names of the communities of North West London; the second group are also English words and
# count only where a capital marks them.
_GIVEN = """
aaliyah aaron abdi abdul abdullah abigail abimbola ada adaeze adam adele adeola adrian agata agnes
agnieszka ahmed aidan aisha ajay akash alan albert aleksandra alex alexander alexandra alfie
alfred ali alice alicia alison aliyah allan amanda amara amelia amina amir amit amy ana anand
andrea andrei andrew andy angela angus anil anita anjali ann anna anne annette annie anthony
antonio anwar archie arjun arthur arun asha ashley asif ayaan ayesha ayo barbara barry beata ben
benjamin bernard bernadette beryl beth betty beverley bilal blessing bob bogdan brandon brenda
brian bridget bruce callum calvin cameron carl carla carmel carol caroline carys catherine cathy
cecil celia charles charlie charlotte chidi chloe chris christine christopher chukwuemeka ciara
claire clara clive colin colleen connor craig cristina cynthia cyril damian daniel danny daphne
darren dave david dean deborah deepak delroy denis denise dennis derek desmond devi diana diane
dimitri dipak dmitri dominic donald donna doreen doris dorothy douglas duncan dylan ed eddie edith
edna edward edwin efua eileen elaine eleanor elena eli elif elijah elizabeth ella ellen ellie
elsie emeka emil emily emma enid eric erin ernest ernie esther ethan ethel eva evan eve evelyn ewa
fadi farah farhan farida fatima fatimah fatou femi fergus fiona florence frances francis frank
fred freda frederick freya gareth gary gavin gemma geoff geoffrey george georgia gerald geraldine
gerard gillian gita gladys glen glenn glenys gloria gordon graham greg gurdeep gurpreet gwen habib
hadiza haleema halima hamza hannah harjit harold harpreet harriet harry hassan hazel heidi helen
henry herbert hilary hilda howard hugh hussain ian ibrahim ifeoma imran ines ingrid iqbal irena
irene iris isaac isabel isabella isla ismail ivan ivor iwona jackie jacob jacqueline jake jamal
james jamie jan jane janet janice jas jasmine jason jasper jaswinder jatinder jay jayesh jean
jeanette jeff jeffrey jen jennifer jenny jeremy jerome jerry jessica jessie jill jim jimmy jo joan
joanna joanne jodie joe joel johan john johnny jon jonathan jorge jose joseph josephine josh
joshua joyce juan judith judy julia julian julie june justin jyoti kabir kamal kamala karen karim
karl kashif kate katherine kathleen kathy katie kavita keith kelly kelvin ken kenneth kenny kerry
kevin khadija khalid kieran kim kiran kirsty kofi komal krishna krystyna kuldeep kumar kwame
kwabena kyle lakshmi lana laura lauren lawrence layla leah lee leila len leo leon leonard lesley
leslie lewis liam lila linda lisa liz lola lorna lorraine louis louise lucas lucy luis luke lydia
lynn lynne mabel maddie madeleine magda malcolm malgorzata mandeep mandy manjit manoj marcin
marcus margaret maria mariam marian marie marion marjorie marlene martha martin mary maryam
matilda matt matthew maureen maurice mavis meera megan mehmet melanie melissa mia michael michelle
mick miguel mike mildred mina mo mohamed mohammad mohammed moira molly monica morag muhammad
muriel mustafa myra nabil nadia nana nancy naomi nasreen natalie natasha nathan neha neil nesta
ngozi niamh nicholas nick nicola nigel nikhil nina nisha noah noel nora norma norman nuala obi
olga oliver olivia olu olumide omar oscar osman owen paddy padma pamela parveen patricia patrick
paul paula pauline pawel pearl pedro peggy penelope pete peter phil philip phillip phoebe phyllis
pia piotr poppy pradeep prakash pranav precious preeti priya priyanka pushpa rachel radha rafael
rahul raj rajesh raj rajinder ralph ram ramesh ranjit rania rashid raul ravi raymond rebecca reg
reggie rekha rhys riaz ricardo richard rita robert roberta robin rodney roger rohan roisin roland
ron ronald ronnie rosa rosemary rosie ross roy rupa rupert russell ruth ryan sabina sadie safiya
saira sally salma sam samantha samir samira samuel sana sandeep sandra sangita sanjay santosh sara
sarah satnam saul scott sean seamus sebastian selma shabana shanice sharon shaun sheila shirin
shirley shreya shyam sian sidney simon sinead siobhan sofia sonia sophia sophie stacey stanley
stella stephanie stephen steve steven stewart stuart sukhdeep suleiman sultana sunil sunita suresh
surinder susan susie suzanne sylvia tahir tamara tanya tariq tasneem ted tendai terence teresa
terrence terry thandiwe thelma theo theresa thomas tim timothy tina toby tobias tom tomasz tommy
toni tony tracey tracy trevor tunde tyler uche uma ursula usha valerie vanessa vera vernon
veronica vicky victor victoria vijay vikram vincent vinod viola violet vivian vivienne waheed
walter wanda wayne wendy wilfred william winifred winston yasmin yasmine yetunde yolanda yusuf
yvonne zac zachary zahra zainab zara zeinab zoe zofia zuzanna dympna terrance rosalind margery
maud ebenezer
"""
_ALSO_WORDS = """
alma angel april art august autumn basil bill bonnie carol chance charity cherry clay crystal
daisy dawn dean destiny dick don drew earl faith fern frank gene ginger glen grace grant guy
heather holly honor hope iris ivy jack jade jasmine jay jean jet joy june lily mark max may melody
mercy mick miles myrtle olive pat patience pearl penny pip pop primrose ray rich rob robin rod
rose ruby sky skip sonny star sue summer sunny trinity val victor violet wade ward will winter
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
