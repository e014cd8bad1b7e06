"""The words by which a name's role is told: patient or relative, against staff, the famous and the made up."""

from __future__ import annotations

import re

from classify.text.clean import by_letter
from core.patterns import lazy_compile

KIN = (
    r"(?:mums?|mummy|mom|mam|mother|dads?|daddy|father|nan|nana|nanna|nanny|gran|grannie|granny"
    r"|grandma|grandmother|grandad|granddad|grandfather|grandpa|grandson"
    r"|granddaughter|grandchild|son|daughter|kid|child|wife|husband|hubby|partner|fianc[ée]e?"
    r"|boyfriend|girlfriend|brother|bro|sister|sis|twin|aunt|aunty"
    r"|auntie|uncle|cousin|niece|nephew|stepson|stepdaughter|stepdad|stepmum|stepfather|stepmother"
    r"|missus|better half|little one|baby|babies|bub|boy|girl"
    r"|lad|toddler|parents?|in-law|godson|goddaughter|godmother|ex|other half|little boy|little "
    r"girl|eldest|youngest|newborn|late husband|late wife)"
)
FRIEND = (
    r"(?:neighbour|friend|mate|best mate|bredrin|brethren|cuz|bestie|pal|flatmate|housemate"
    r"|colleague|workmate|lodger"
    r"|tenant|landlord|landlady|boss|tutor|milkman|postman|coach|student|pupil)"
)
PATIENT = r"(?:patients?|pts?|service users?|residents?|in-?patients?|out-?patients?|client)"

STAFF_TITLE = lazy_compile(
    r"\b(?:dr|doctor|drs|prof|professor|nurse|staff nurse|senior nurse|charge nurse|sister|matron"
    r"|consultant|surgeon|registrar|midwife|hca|health ?care assistant|physio(?:therapist)?"
    r"|receptionists?|porters?|paramedics?|ambulance(?:man| crew)?"
    r"|gp|gps|pharmacist|radiographer|dietitian|therapist|counsellor|psychologist|psychiatrist"
    r"|health visitor|manager|director|ceo|chief exec(?:utive)?|chair|chairman|chairwoman|head of "
    r"\w+|lead|secretary|commissioner|governor|volunteers?"
    r"|cllr|councillor|mp|lord|lady|baroness|sir|dame|minister|mayor|judge|coroner|inspector|pc"
    r"|sergeant|rev|reverend|father|fr|imam|rabbi|chaplain|phlebotomist|sonographer|dentist"
    r"|optician|carer|key ?worker|care coordinator|social worker|cleaner|domestic|technician|clerk"
    r"|ward clerk|team"
    r"|staff member|member of staff|staff|barrister|solicitor|lawyer|journalist|reporter|editor"
    r"|colleagues?|teacher|head ?teacher)s?(?: (?:called|named|name|name of|is|was|at|on "
    r"\w+))?[,:]? ?$"
)
CLINICIAN = re.compile(
    r"\b(?:dr|doctor|prof|professor|nurse|sister|matron|consultant|surgeon|registrar|midwife"
    r"|physio|manager)\.? $"
)
STAFF_AFTER = lazy_compile(
    r"^,? ?\(?(?:[^,.!?()\n]{1,30}, )?our (?:receptionist|nurse|doctor|gp|manager|porter|cleaner"
    r"|colleague|hca)\b"
    r"|^(?:, \d\d)?,? who has (?:dressed|nursed|cared|delivered|served|run|worked|led|taught)\b"
    r"|^(?:, \d\d)?,? (?:says|said) (?:that|the)\b"
    r"|^,? from (?:the |our |your )?(?:local )?(?:nhs|icb|trust|council"
    r"|(?:[\w'-]+ ){1,3}(?:surgery|practice|reception|team|desk|hub))\b"
    r"|^,? (?:she|he) (?:stayed|stopped|waited|came in) (?:an hour|late|behind|on|after|back|early|with us)\b"
    r"|^(?:'s)?,? ?\(?(?:is |was |(?:who|she|he|they) (?:is|was|are) |(?:who|she|he)'s |'s "
    r")?(?:the |our |my |your |a |an |one of (?:the|our|your) )?(?:\w+ ){0,2}(?:nurses?|sister"
    r"|matron|doctor|dr|gp|consultant|surgeon|registrar|midwife|hca|healthcare assistant|physio"
    r"|receptionist|porter|paramedic|pharmacist"
    r"|radiographer|dietitian|therapist|counsellor|psychologist|psychiatrist|health visitor"
    r"|practice manager|manager|director|ceo|chief executive|secretary|cleaner|phlebotomist"
    r"|dentist|clerk|volunteer|carer|social worker|chaplain|mp|councillor|journalist|reporter"
    r"|barrister"
    r"|solicitor|campaigner|(?:\w+ )?correspondent|editor|author|actor|actress|singer|footballer"
    r"|presenter|comedian|minister|spokes\w+|teacher|headteacher|student nurse|trainee|medical "
    r"student|commissioner)\b"
    r"|^(?:'s)?,? (?:on|at|from|in) (?:the )?(?:reception|front desk|desk|phones?|switchboard"
    r"|triage|pals|audiology|bed management|records|admin|radiology|phlebotomy|hr|it|comms"
    r"|finance|team|the team)\b"
    r"|^(?:'s)?,? (?:(?:was|is|were|has been|and (?:his|her|the|their) \w+|who) (?:\w+ "
    r"){0,3}?(?:lovely|brilliant|amazing|fantastic|wonderful|kind|caring|rude|helpful|unhelpful"
    r"|great|superb|excellent|patient with|gentle|dismissive|professional|a star|a legend|an angel"
    r"|so good|a credit)"
    r"|(?:who )?(?:did|does|performed|operated|treated|saved|explained|looked after|examined|took "
    r"(?:my|our|her|his|the) (?:blood|bloods|time)|prescribed|told (?:me|us)|listened|delivered "
    r"(?:my|our)|refused|referred|diagnosed|discharged (?:me|us|my)|saw (?:me|us|my)|sorted|made "
    r"me|held|helped|works?|worked|runs?|joined|joins|leads?|retires?|retired|qualified|writes?"
    r"|wrote|said|says|asked|reports?|spoke|argues|tells|announced))\b"
)
NAMED_AS = re.compile(
    r"(?:\brip:?|\br\.i\.p\.?|\brest in peace,?|\b(?:death|funeral|inquest|body|memory|care"
    r"|passing|loss) of|\binto the death of|\b(?:named|identified)(?: \w+){0,2} as|\bpray(?:ers"
    r"|ing)(?: \w+)? for|\bget well(?: soon)?,?|\bthinking of|\b(?:his|her|their|whose"
    r"|patient'?s) name(?:'s| is| was)"
    r"|\bname was|\b(?:letter|card|notes|prescription|results|form|referral|appointment|records?"
    r"|file|wristband|samples?|bloods|scan|report)s? (?:is |are )?(?:for|of|belonging to"
    r"|addressed to|to|about|in the name of)(?: an?| one)?|\basking after|\bheard how|\bwe lost"
    r"|\bgoodbye|\bjustice for|\bremember(?:ing)?|\bpassed .{0,40},|\bthe late"
    r"|\bpatient\b[^.!?\n]{0,60} (?:was|is|called|named|,|as)"
    r"|\b(?:boy|girl|man|woman|lady|gentleman|lad|baby|teenager|pensioner) (?:who|that) [^.!?\n]{2,60}"
    r" (?:was|is|called|named|as)) $"
)
MINE = re.compile(
    r"\b(?:me|i|us|we|my (?:hip|knee|back|heart|operation|op|chemo|surgery|results|scan|mum|dad"
    r"|baby))\b"
)
PRONOUN = re.compile(
    r"^(?:she|he|they|her|his|poor|s?he's|\d{2,3} ?(?:yrs?|years?)(?: old)?|\d{2,3} ?yo)\b"
)
PLACE_WORD = lazy_compile(
    r"(?:house|green|gardens?|hill|park|court|road|street|lane|avenue|close|way|grove|place|square"
    r"|common|town|village|bridge|cross|station|market|lodge|manor|hall|school|college|academy"
    r"|university|church|temple|mosque|ward|wing|unit|suite|clinic|centre|center|hospital|surgery"
    r"|practice|pharmacy|trust|group|council|hub|venice|broadway|terrace|estate|row|fields?|farm"
    r"|wood|ville|bush|gate|heath|vale|mews|team|service|services|foundation|society|association"
    r"|fc|united|city|rovers|times|post|gazette|chronicle|echo|standard|care|homes?|day|week|month"
    r"|campaign|awards?|palace|club|league|women|girls|drive|report|review|act|bill|inquiry|app|line)"
)
STREET = re.compile(
    r"road|rd|street|avenue|lane|drive|parade|crescent|gardens|surgery|hospital|practice"
)
SURNAME = re.compile(
    r"hill|green|park|wood|field|bush|cross|lane|grove|way|heath|hall|bridge|day|bill|post|church"
    r"|temple|close|fields|farm|court|gates?|york|banks?"
)
PLACE_NEXT = re.compile(
    r"^,? (?:ward|wing|unit|suite|(?:\w+ ){0,2}clinic|surgery|practice|hospital|(?:medical|health"
    r"|walk-in|urgent|leisure|community) centre|centre|pharmacy|chemist|trust|road|street|house"
    r"|school|college|gp|council|a ?& ?e|utc|hospice|care home|library|station|hub|icb|ccg|area"
    r"|borough|residents)\b"
)
JOB = re.compile(
    r"^(?:'s)?,? ?\(?(?:who |she |he |they )?(?:(?:is|was|are|'s|has been|just|has just|recently"
    r"|now|also|started as|became|becoming|trained as|training as|training to be|qualified as"
    r"|wants to be) )*(?:(?:a|an|the|our) )?(?:(?:\w+ ){0,2}(?:nurse|doctor|gp|midwife|hca"
    r"|paramedic|consultant|surgeon|pharmacist|physio\w*|receptionist"
    r"|porter|healthcare assistant|manager|commissioner|medical student|student nurse|volunteer"
    r"|carer|radiographer|dietitian|teacher|clerk)\b|(?:works?|worked|working|volunteers?|started "
    r"(?:work|her|his|today|a new|at|as|on)|qualified|graduat\w+|got (?:a|the|her|his) job|job"
    r"|runs|ran the|raised|baked|made|designed|drew|walked for|retires?|retired|sings|plays (?:for"
    r"|the)|passed (?:her|his))\b)"
)
AGE = re.compile(
    r"^,? \(?(?:aged? )?\d{1,3}(?: ?(?:yrs?|years?)(?: old)?| ?yo)?(?:[,).;:]|$| from| of)"
)
PREAMBLE = re.compile(
    r"\b(?:i'm|i am|im|my name is|my name's|name's|this is|signed|regards|yours \w+|yours|love "
    r"from|from|sincerely|thanks|thank you|cheers|by|written by|credit|photo|thanks to|thank you "
    r"to|shout ?out to|kudos to|hats off to|well done|congratulations|congrats|says|said"
    r"|according to|hi|hello|dear|hey)[,:!]? ?$"
    r"|\b(?:shout ?out|thanks|thank you|well done|kudos|hats off|props|love|congratulations"
    r"|bless)(?: so much)?(?: to)?[\w' ]{0,35}(?:,| and| &) $"
)
OWN_NAME = re.compile(
    r"\b(?:my (?:full )?name is|my name's|i am|i'm|name:|signed,?|yours sincerely,?|yours "
    r"faithfully,?|regards,?|thank you,|thanks,) ?$"
)

PETS = re.compile(
    r"\b(?:vets?|veterinary|rspca|pdsa|kennels?|spayed|neutered|(?:my|our|her|his|the|their) "
    r"(?:\w+ ){0,2}(?:dog|doggy|cat|kitten|puppy|pup|pooch|rabbit|bunny|hamster|guinea pig|horse"
    r"|pony|labrador|spaniel|parrot|budgie|tortoise|goldfish|greyhound|cockapoo|tabby))\b"
)
PET_NAME = re.compile(
    r"\b(?:dog|doggy|cat|kitten|puppy|pup|pooch|rabbit|bunny|hamster|guinea pig|horse|pony"
    r"|labrador|lab|spaniel|parrot|budgie|tortoise|greyhound|cockapoo|terrier|tabby|poodle|collie"
    r"|fur ?baby)(?:,| called| named|'s name is)? $"
)
_FICTION = (
    r"(?:eastenders|holby|coronation street|corrie|emmerdale|hollyoaks|call the midwife|grey's "
    r"anatomy|the archers|storylines?|plot ?line|plot twist|soap opera|the soaps?|new episode"
    r"|(?:last|tonight's|this|that|next) (?:week's )?episode|character|fictional|novel|box ?set"
    r"|netflix|iplayer|bbc drama|itv drama|spoilers?"
    r"|casualty (?:last night|tonight|on bbc|on saturday|storyline|is back|omnibus)|(?:watching"
    r"|watched|binge\w*|on|in|last night's|tonight's) casualty(?! dep)|sitcom|panto\w*|book club"
    r"|play at|audiobook|video game|the sims|harry potter|this is going to hurt|doctor who|dr who"
    r"|bridgerton|downton|the crown (?:season|series|on netflix)|(?:watching|watched) the crown"
    r"|peaky|line of duty|doc martin|(?:last|tonight)(?: night)?'s episode|weatherfield|walford|recap"
    r"|(?:book|film|theatre) review|review(?=: \")|reading group|in (?:this|that) (?:book|film|play)"
    r"|(?:this|that|the) (?:book|memoir|thriller|film|play) by|chapter \d+|fan ?fic(?:tion)?|fiction\]"
    r"|the (?:hero|heroine|villain|protagonist|narrator)|(?:the )?detective in)"
)
FICTION = lazy_compile(rf"\b{by_letter(_FICTION)}(?!\w)")
# What an organisation tells of somebody who agreed to it, as its own words or its profile show.
CONSENTED = re.compile(
    r"\b(?:with (?:(?:his|her|their|the|family's|written|full|kind|parents?') ){0,3}(?:consent|permission|blessing)"
    r"|(?:agreed|chosen|chose|wanted|wants|happy|offered)(?: for us)? to (?:share|tell|let us)"
    r"|we (?:could|can|may) share|g(?:iven|ave) (?:us )?(?:\w+ )?permission|(?:shar(?:es?|ed|ing)|tell(?:s|ing)?|told) (?:(?:us|you) )?"
    r"(?:his|her|their|[\w-]+'s) (?:own )?story|(?:read|watch|hear) (?:[\w-]+'s|his|her|their) "
    r"(?:\w+ )?(?:story|film|journey)|allowed us to|thank you (?:so much )?for (?:donating|your donations?"
    r"|giving|supporting)|sponsor (?:him|her|them|\w+ at)|for us in memory of|our (?:grants|supporters"
    r"|fundraisers|funding)|donat(?:e|ions) (?:at|here|to|via)|meet [a-z'-]+[,.!:]|thanks to (?:our|the) )"
)
PUBLISHED_STORY = re.compile(
    r"\b(?:read|watch|hear) (?:[\w-]+'s|his|her|their) (?:\w+ )?(?:story|film) (?:on|at|in) our\b"
)
ORGANISATION = re.compile(
    r"\b(?:registered charity|reg(?:\.|istered)? (?:charity )?(?:no|number)|charity (?:no|number|reg)"
    r"|(?:official )?charity (?:of|for)|[\w-]+ charity\b|hospice\b|fundraising team|official(?: account)?"
    r"|we (?:fund|support|help|campaign|raise|are)|foundation(?! trust)|appeal)\b"
)
ORGANISED = frozenset(("charity", "hospice", "appeal", "fundraising", "foundation"))
A_PERSON = re.compile(
    r"\b(?:i|i'm|im|my|mine|own|views|opinions|tweets|mum|dad|chair|trustee|head of|ceo|director|nurse"
    r"|doctor|midwife|gp|manager|lead|worker|volunteer|founder|fan|unofficial|parody|he/him|she/her"
    r"|psycholog\w+|psychiatr\w+|physio\w*|paramed\w+|podiatr\w+|therapist|consultant|registrar|surgeon"
    r"|pharmacist|dieti\w+|hca|rmn|rn|rgn|cns|ot|sister|matron|clinician|student|porter|receptionist"
    r"|officer|writer|journalist|trainee|patient|chaplain|carer|radiograph\w+)\b"
)
# Who opens or visits a place as its guest is no patient there.
OPENS = re.compile(
    r"\b(?:mayor(?:ess)?|cllr|councillor|mp|minister|lord|lady|dame|sir|duke|duchess|prince|princess|king"
    r"|queen|footballer|actor|actress|singer|presenter|celebrity|strictly's|star|legend)\b[^.!?\n]{0,60}?"
    r" (?:open(?:ed|s|ing)|cut(?:s|ting)? the|unveil(?:ed|s)|visit(?:ed|s|ing)|tour(?:ed|s)|launch(?:ed|es)"
    r"|hand(?:ed|s) out|switch(?:ed|es) on|came to (?:open|cut|visit))\b"
)
_HONOURED_WORDS = """
mayor mayoress cllr councillor mp minister lord lady dame sir duke duchess prince princess king queen
footballer actor actress singer presenter celebrity strictly star legend
"""
HONOURED = frozenset(_HONOURED_WORDS.split())  # one of them stands in every match of OPENS
# Words of an animal that is looked for.
LOST_PETS = (
    r"(?:slipped (?:his |her |its |the )?(?:lead|collar)|(?:left|lost|without|wearing) (?:his|her|its|a) collar|dreamies|cat flap|litter tray"
    r"|(?:choc(?:olate)?|black|yellow|golden) lab(?:rador)?|tortoiseshell|moggy|neutered|spayed|micro ?chipped)"
)
# What a number is called that is no patient's, where it stands straight before it.
OTHER_NUMBER = re.compile(
    r"\b(?:isbn|issn|parcel|tracking|track|order|item|post|tweet|status|comment|video|listing|ad|dx|part"
    r"|eventbrite|barcode|serial|sku|imei|ticket|invoice|zoom|booking|customer|courier|account|policy"
    r"|membership|charity|company|batch|lot|meter|consignment|gb)(?: (?:no|nos|num|number|id|ref|reference"
    r"|code|slip))?\W{0,3}$"
)
SIMILE = re.compile(
    r"\b(?:like (?:something (?:from|out of)|an episode|a scene|watching)|as if it was|more drama "
    r"than|straight out of|worse than)\b[^.!?]{0,30}$"
)
_FAMOUS = (
    r"king charles|queen elizabeth|queen camilla|(?:the )?queen mother|prince(?:ss)? \w+|kate "
    r"middleton|duchess of \w+|duke of \w+|meghan markle|princess of wales|boris johnson|wes "
    r"streeting|keir starmer|rishi sunak|sajid javid|matt hancock|jeremy hunt|liz truss|theresa "
    r"may|steve barclay|victoria atkins|tony blair|gordon brown|david cameron"
    r"|angela rayner|rachel reeves|nigel farage|jeremy corbyn|sadiq khan|kemi badenoch|ed davey"
    r"|donald trump|joe biden|barack obama|chris whitty|patrick vallance|amanda pritchard|jim "
    r"mackey|stephen powis|aneurin bevan|nye bevan|florence nightingale|mary seacole|edward jenner"
    r"|alexander fleming|captain (?:sir )?tom(?: moore)?|tom moore"
    r"|deborah james|bowel babe|rob burrow|kevin sinfield|doddie weir|chris hoy|bill turnbull"
    r"|stephen hawking|fabrice muamba|christian eriksen|michael schumacher|muhammad ali|michael "
    r"j\.? fox|bruce willis|freddie mercury|elton john|george michael|amy winehouse|stephen fry"
    r"|robin williams|steve jobs|david bowie|alan rickman|victoria wood"
    r"|caroline flack|russell brand|ed sheeran|robbie williams|adele|terry pratchett|barbara "
    r"windsor|katie price|prunella scales|linda nolan|gary lineker|david beckham|harry kane|marcus rashford"
    r"|andrew flintoff|freddie flintoff|olivia newton-john|jade goody|george alagiah|jeremy "
    r"clarkson|piers morgan|martin lewis|jimmy savile|lucy letby|harold shipman"
    r"|charlie gard|alfie evans|archie battersbee|indi gregory|kylie minogue|angelina jolie|amy "
    r"dowden|shane macgowan|sinead o'connor|bob marley|lady gaga|selena gomez|greta thunberg|elon "
    r"musk|bill gates|nelson mandela|winston churchill|margaret thatcher|alan turing|henrietta "
    r"lacks|lady diana|princess diana|jesus christ|pope \w+|the king|the queen"
)
FAMOUS = lazy_compile(rf"^(?:{_FAMOUS})\b")
# Those of them whom their words name alone: no 'prince' with any name behind it, and nobody by a first name.
FIGURES = tuple(
    name
    for name in _FAMOUS.split("|")
    if re.fullmatch("[a-z' -]+ [a-z' -]+", name) and not name.startswith("the ")
)
FAMOUS_ROLE = re.compile(
    r"\b(?:king|queen|prince|princess|president|pope|pm|prime minister|health secretary|minister"
    r"|chancellor|mp|senator|mayor|lord|baroness|sir|dame|saint|st|footballer|striker|goalkeeper"
    r"|actor|actress|singer|rapper|presenter|comedian|broadcaster|comic|tv's|tv star|legend"
    r"|celebrity|england captain|rugby (?:star|legend)|olympi(?:an|c) \w+|boxer|cricketer|novelist"
    r"|author|film star|pop star|manager)[, ]+$"
)
TOLD_BY_STAFF = re.compile(
    r"\b(?:(?:my|our) (?:patient|pt|ward|unit|bay|a ?& ?e|clinic|list|icu|department|theatre"
    r"|surgery today|caseload)|under my care|on my (?:ward|shift|list)|i (?:treated|nursed"
    r"|admitted|looked after|scanned|operated|clerked|cannulated|saw|did (?:his|her)|took (?:his"
    r"|her)|x-rayed|triaged)|we (?:treated|nursed|admitted|had|scanned|operated|resuscitated"
    r"|looked after|got)|on shift|just finished (?:my|a) shift)\b"
)


# ── The words of illness and treatment, and the ways in which they are told of somebody named. ────

_ILL = (
    r"larynx|testicles?|ovar(?:y|ies|ian)|spleen|bladder|cancers?|aml|cll|cml|type (?:1|2|one|two)|hep (?:a|b|c)\b|thrush|measles|mumps|chicken ?pox|shingles"
    r"|whooping cough|croup|bronchiolitis|tonsil\w*|polyps?|nodules|cysts?|piles|ha?emorrhoids|gout"
    r"|cannulas?|ng tube|dnar|womb (?:out|removed)|open[- ]heart|heart op\w*|new valve|trach\w+|ventilator"
    r"|incubator|gum clinic|std screen|drug clinic|psych (?:ward|unit)|psa|inr|low mood|panic attacks?"
    r"|pancreas|lungs?|tumou?rs?|leuk(?:a)?emia|lymphoma|melanoma|myeloma|sarcoma|chemo(?:therapy)?"
    r"|radiotherapy|mastectomy|lumpectomy|biops(?:y|ies)|stroke|tia|heart attack|cardiac arrest"
    r"|heart failure|angina|stents?|bypass|pacemaker|sepsis|septic|pneumonia|copd|asthma"
    r"|bronchitis|covid|flu|tb|tuberculosis|hiv|aids|hepatitis|cirrhosis|liver|kidneys?"
    r"|dialysis|transplant|diabet(?:es|ic)|insulin|hypos?|dka|dementia|alzheimer'?s|parkinson'?s"
    r"|delirium|confus(?:ed|ion)|epilep(?:sy|tic)|seizures?|fits?|fitting|meningitis|encephalitis"
    r"|m\.?s\.?|multiple sclerosis|mnd|motor neurone|cerebral palsy|autis(?:m|tic)|adhd|down'?s "
    r"syndrome|schizophreni[ac]|psychosis|psychotic|bipolar|depress(?:ion|ed|ive)|anxiety|ptsd"
    r"|anorexi[ac]|bulimi[ac]|eating disorder|self[- ]?harm\w*|suicid\w+|overdos\w+|od'?d|detox"
    r"|alcoholic|addict(?:ion|ed)?|methadone|rehab|section(?:ed)?|sectioned|crohn'?s|colitis|ibs"
    r"|stoma|colostomy|ulcers?"
    r"|hernia|appendi(?:x|citis|cectomy)|gallstones?|gallbladder|pancreatitis|bowel|prostate"
    r"|hysterectomy|endometriosis|fibroids?|smear|miscarr\w+|stillb\w+|ectopic|abortion"
    r"|termination|pregnan\w+|labour"
    r"|c-?section|caesarean|ivf|premature|prem|jaundice|fracture[ds]?|broken|broke|hip|knee"
    r"|replacement|arthritis|osteoporosis|sciatica|back pain|amputat\w+|leg ulcer|pressure (?:sore"
    r"|ulcer)s?|bed ?sores?|cellulitis|gangrene"
    r"|eczema|psoriasis|cataracts?|glaucoma|blind|deaf|lupus|ana?emi[ac]|sickle cell|thalass\w+"
    r"|clots?|dvt|embolism|ha?emorrhage|bleed(?:ing)?|aneurysm|migraines?|concussion|head injury"
    r"|burns?|allerg\w+|anaphyla\w+"
    r"|std|sti|chlamydia|gonorrh\w+|syphilis|herpes|infect(?:ion|ed)s?|uti|utis|fever|rash|lump"
    r"|hallucinat\w+|hearing voices|hearing (?:his|her) |incontinen\w+|catheter|feeding tube|peg"
    r"|oxygen|ventilat\w+|intubat\w+|coma"
    r"|bled|(?:had|having) (?:her|his|their|a|my) (?:\w+ )?baby|took (?:his|her|their) (?:own )?life"
    r"|olanzapine|risperidone|aripiprazole|quetiapine|sertraline|fluoxetine|citalopram|mirtazapine|diazepam"
    r"|zopiclone|depot|warfarin|metformin|codeine|oramorph|tramadol|gabapentin|pregabalin"
    r"|stopped breathing|not breathing|unconscious|collapsed?|vomit\w*|thyroid|fibromyalgia|long covid|hospice|palliative"
    r"|terminal(?:ly)?|end of life|dnr|dnacpr|life support|bed ?bound|housebound|learning "
    r"disabilit\w+|disabled|brain (?:injury|damage|tumour|bleed)"
    r"|post[- ]?mortem|autopsy|inquest|wheelchair|gender (?:clinic|dysphoria)|testosterone|hrt"
    r"|antidepressants|morphine|antibiotics|steroids|haloperidol|lithium|clozapine|scabies"
    r"|scarlet fever|norovirus|c\.? ?diff|mrsa"
    r"|lost (?:the|her|his|their|a) (?:baby|hand|leg|foot|sight|womb|twins?)|leg is black|broke (?:the|his|her)"
    r"|swallow|choking|choked|pegged|ill|unwell|poorly|sick|disease|syndrome|disorder|condition"
    r"|illness"
)
_TREATED = (
    r"admitted|re-?admitted|admission|diagnos\w+|discharged?|prescri\w+|operat(?:ion|ed)|ops?"
    r"|surgery|procedure|theatre|scans?|mri|ct|x-?rays?|ultrasound|blood ?tests?|bloods|results"
    r"|all[- ]clear|smoke[- ]free|ecg|endoscopy|colonoscopy"
    r"|a ?& ?e|a and e|casualty|icu|itu|nicu|scbu|hdu|amu|resus|urgent care|utc|in hospital|to "
    r"hospital|from hospital|hospitali[sz]ed|trolley|ambulance|paramedics?|blue[- ]?light\w*|(?:on"
    r"|to|in|onto) (?:a |the )?(?:\w+ ){0,3}ward"
    r"|in (?:bed|bay|cubicle|side room) |consultant|oncolog\w+|cardiolog\w+|neurolog\w+"
    r"|psychiatr\w+|dermatolog\w+|physio\w*|counselling|therapy|therapist|camhs|mental health"
    r"|crisis team|health visitor|district nurses?|dressings?|carers?|care package|care home"
    r"|nursing home"
    r"|treat(?:ed|ment)|waiting list|appointments?|referr\w+|outpatients?|clinic|medication|meds"
    r"|tablets|inhalers?|injections?|jabs?|vaccin\w+|drip|stitches|plaster cast|cast|assess(?:ed"
    r"|ment)|symptoms|pain(?:s|ful)?|fell|fall|falls|bleeding"
    r"|(?:sick|fit) note|passed away|pass(?:ed)? on|died|dies|dying|dead|death|lost (?:his|her"
    r"|their) (?:life|fight|battle|baby)|rip|r\.i\.p|funeral|stillborn|gave birth|giving birth"
    r"|birth|waters broke|due date|midwi(?:fe|ves)|waited|chest|dental|tooth|abscess|weight loss"
    r"|hearing aids?|glasses|taken ill|rushed (?:in|to)|wandered"
    r"|(?:leg|legs|foot|toe|toes|arm|breast|bowel|kidney|spleen|womb|eye|finger) (?:off|out"
    r"|removed|taken)|on (?:his|her) (?:second|third|new) (?:liver|kidney|heart)|under the care"
    r"|the patient|off (?:the )?ward|sent home|turned away|tummy bug|perinatal|postnatal|neonatal"
    r"|tests?"
    r"|ha?ematology|oncology|gyna?e(?:cology)?|urology|cardiology|neurology|dermatology|nephrology"
    r"|renal|gastro\w*|ent|orthopa?edics?|rheumatology|psychiatry|maternity|antenatal|vasectomy"
    r"|infertil\w+|barren"
)
ILL = lazy_compile(rf"(?<!\w)(?<!\w'){by_letter(_ILL)}(?![\w])")
HEALTH = re.compile(rf"(?<!\w)(?<!\w'){by_letter(f'{_ILL}|{_TREATED}')}(?![\w])")
_LINK = (
    r"(?:is|was|has|had|have|been|being|got|gets|getting|get|will|would|be|were|are|still|now|just"
    r"|only|also|sadly|recently|then|finally|never|not|even|again|currently|having|who|she|he|they"
    r"|that"
    r"|a|an|the|his|her|their|its|told|came|come|comes|went|go|going|taken|takes|took|rushed"
    r"|brought|moved|sent|kept|left|stuck|in|into|to|on|with|for|under|back|off|out|from|of|at"
    r"|after|and|living|lives|waiting|waits"
    r"|suffering|suffers|dealing|due|needs|needed|need|really|very|so|quite|badly|seriously"
    r"|critically|up|by|down|both|first|second|third|another|more|all|over|since|last|this"
    r"|yesterday|today|tonight|night|week|month|year"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning|two|three|four|five|six"
    r"|days?|hours?|weeks?|months?|years?|diagnosed|admitted|left|right|new|old|severe|advanced"
    r"|stage|type|acute|chronic|early|massive|small"
    r"|mild|suspected|possible|possibly|confirmed|about|undergoing|underwent|receiving|awaiting"
    r"|fighting|battling|gone|completely|'s)"
)
# 'Rosalind from the birth centre' works there.
NO_TEAM = (
    r"(?! (?:cent(?:re|er)|hub|wing|ward|caf[eé]|unit|team|dep\w+|clinic|services?|support|nurs\w+|specialist|research"
    r"|charity|lead|campaign\w*|awareness|consultant|surgeon|doctor|midwife|trust|hospital|care "
    r"team|manager|coordinator|society|uk))"
)
PREDICATE = lazy_compile(
    rf"^(?:'s|'d)?(?:,? ?[\(\[]?(?:aged? )?\d{{1,3}}(?: ?yrs?| ?years? old| ?yo)?[\)\]]?,?|,? "
    rf"[\(][^)\n]{{1,40}}\)|, [^,.!?\n]{{2,40}},| from [\w' ]{{2,25}}?,?| and (?:his|her) \w+)?"
    rf",?(?: (?:\d+|{_LINK})'?s?,?){{0,9}},? (?:{_ILL}|{_TREATED})(?![\w]){NO_TEAM}"
)
PREDICATE_FROM = lazy_compile(
    rf"^ ?\([^)\n]{{0,40}}?(?<!\w)(?:{_ILL})(?!\w)|^,? (?:from|of|off|at|in) [\w' ]{{2,30}}?(?:'s"
    r"|s| has| had| is| was| thats?)(?: |$)(?:(?:had|got|in|been|on|having|a|an|the|her|his"
    rf"|another|just|now) ){{0,5}}(?:\w+ )?(?:{_ILL}|icu|itu|hdu|resus|hospital)(?![\w]){NO_TEAM}"
)
_OF_NAME = (
    r"(?:notes?|records?|file|bloods?|results?|biopsy|scan|scans|mri|x-?ray|diagnosis|chemo"
    r"|operation|op|surgery|smear|care plan|discharge|overdose|hip|knee|medication|meds"
    r"|prescription|referral|condition"
    r"|cancer|dementia|stroke|colostomy|stoma|catheter|wound|ulcers?|pressure sores?|tumou?r"
    r"|pregnancy|miscarriage|labour|death|post[- ]?mortem|inquest|test|tests|symptoms|drip|stent"
    r"|kidneys?|liver|heart|lungs?|bowel|insulin|asthma|seizures?|hiv|psychosis|section"
    r"|appointment|treatment|therapy|dialysis|transplant|obs|ecg|chart|drug chart|case notes"
    r"|hospital (?:number|bed)|bed|legs?|fall|gp record|patient record|jabs?|vaccin\w+"
    r"|immunisations?|check-?up|birth|ashes|inhaler|tablets|care|dressings?|sick note|fit note"
    r"|allerg\w+|fits|blood (?:test|pressure|sugar)s?|nhs (?:number|no)|mobile|home address"
    r"|address|postcode|date of birth|dob|phone number)"
)
POSSESSION = lazy_compile(rf"^(?:'s|s'|')(?: \w+){{0,2}} {_OF_NAME}\b")
IN_BED = re.compile(
    r"^(?:'s|,| is| was|-|:)?(?: still| currently| who is| who was|is|was)?,? ?(?:in|from|on|at)? "
    r"?\(?(?:in )?(?:bed|bay|cubicle|side ?room|room) (?:no\.? ?)?[\da-f]{1,2}\b"
)
BED_OF = re.compile(
    r"(?:\b(?:bed|bay|cubicle|side ?room|room|cub) (?:no\.? ?)?\w{1,3}(?: (?:is|was|has|had|with"
    r"|for))?[,:;(-]{0,2} ?(?:is |was |called |named |poor |old )?)$"
)
OUR_WARD = re.compile(
    r"^,?(?: who)? (?:was|is|came|has been|had been|turned up|arrived|ended up|landed)(?: \w+){0,3}? "
    r"(?:on|in|into|to|through) (?:our|my) (?:ward|unit|bay|a ?& ?e|clinic|icu|department|theatre|ed|list)\b"
)
CLINIC = re.compile(
    r"^ (?:in|at) (?:my |our )?(?:clinic|outpatients|theatre|a ?& ?e|surgery today)\b"
)
CARED_FOR = re.compile(
    r"\b(?:sectioned|discharged|admitted|diagnosed|treated|treating|nursed|nursing|catheterised"
    r"|intubated|operated on|resuscitated|referred|transferred|looking after|caring for|cared for"
    r"|clerked|assessed"
    r"|cannulated|bled|sedated|restrained|scanned|x-rayed|dressings? (?:for|on)|gave birth to"
    r"|visiting|treat|discharge|admit|section|misdiagnosed|killed|failed|lost|neglected) (?:poor "
    r"|old |little |young |a |an )?$"
)
