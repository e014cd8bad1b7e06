"""The words by which a name's role is told: patient or relative, against staff, the famous and the made up."""

from __future__ import annotations

import re

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

STAFF_TITLE = re.compile(
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
STAFF_AFTER = re.compile(
    r"^,? ?\(?(?:[^,.!?()\n]{1,30}, )?our (?:receptionist|nurse|doctor|gp|manager|porter|cleaner"
    r"|colleague|hca)\b"
    r"|^(?:, \d\d)?,? who has (?:dressed|nursed|cared|delivered|served|run|worked|led|taught)\b"
    r"|^(?:, \d\d)?,? (?:says|said) (?:that|the)\b"
    r"|^,? from (?:the |our |your )?(?:local )?(?:nhs|icb|trust|council"
    r"|(?:[\w'-]+ ){1,3}(?:surgery|practice|reception|team))\b"
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
PRONOUN = re.compile(r"^(?:she|he|they|her|his|poor|s?he's)\b")
PLACE_WORD = re.compile(
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
FICTION = re.compile(
    r"\b(?:eastenders|holby|coronation street|corrie|emmerdale|hollyoaks|call the midwife|grey's "
    r"anatomy|the archers|storylines?|plot ?line|plot twist|soap opera|the soaps?|new episode"
    r"|(?:last|tonight's|this|that|next) (?:week's )?episode|character|fictional|novel|box ?set"
    r"|netflix|iplayer|bbc drama|itv drama|spoilers?"
    r"|casualty (?:last night|tonight|on bbc|on saturday|storyline|is back|omnibus)|(?:watching"
    r"|watched|binge\w*|on|in|last night's|tonight's) casualty(?! dep)|sitcom|panto\w*|book club"
    r"|play at|audiobook|video game|the sims|harry potter|this is going to hurt|doctor who|dr who"
    r"|bridgerton|downton|the crown (?:season|series|on netflix)|(?:watching|watched) the crown"
    r"|peaky|line of duty|doc martin)\b"
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
FAMOUS = re.compile(rf"^(?:{_FAMOUS})\b")
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
