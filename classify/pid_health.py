"""The words of illness and treatment, and the ways in which they are told of somebody named."""

from __future__ import annotations

import re

from .branches import by_letter

_ILL = (
    r"cancers?|aml|cll|cml|type (?:1|2|one|two)|hep (?:a|b|c)\b|thrush|measles|mumps|chicken ?pox|shingles"
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
ILL = re.compile(rf"(?<!\w)(?<!\w'){by_letter(_ILL)}(?![\w])")
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
_NO_TEAM = (
    r"(?! (?:cent(?:re|er)|unit|team|dep\w+|clinic|services?|support|nurs\w+|specialist|research"
    r"|charity|lead|campaign\w*|awareness|consultant|surgeon|doctor|midwife|trust|hospital|care "
    r"team|manager|coordinator|society|uk))"
)
PREDICATE = re.compile(
    rf"^(?:'s|'d)?(?:,? ?[\(\[]?(?:aged? )?\d{{1,3}}(?: ?yrs?| ?years? old| ?yo)?[\)\]]?,?|,? "
    rf"[\(][^)\n]{{1,40}}\)|, [^,.!?\n]{{2,40}},| from [\w' ]{{2,25}}?,?| and (?:his|her) \w+)?"
    rf",?(?: (?:\d+|{_LINK})'?s?,?){{0,9}},? (?:{_ILL}|{_TREATED})(?![\w]){_NO_TEAM}"
)
PREDICATE_FROM = re.compile(
    rf"^ ?\([^)\n]{{0,40}}?(?<!\w)(?:{_ILL})(?!\w)|^,? (?:from|of|off|at|in) [\w' ]{{2,30}}?(?:'s"
    r"|s| has| had| is| was| thats?)(?: |$)(?:(?:had|got|in|been|on|having|a|an|the|her|his"
    rf"|another|just|now) ){{0,5}}(?:\w+ )?(?:{_ILL}|icu|itu|hdu|resus|hospital)(?![\w]){_NO_TEAM}"
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
POSSESSION = re.compile(rf"^(?:'s|s'|')(?: \w+){{0,2}} {_OF_NAME}\b")
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
