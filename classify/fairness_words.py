"""The words by which fairness is measured: whom a text speaks of, and how it is written.

A word list finds texts, not people: 'black' may be a coat, and 'bare' mostly is no dialect. It says where
to look. `x*` stands for every word that begins with x. Slurs are in it, since texts with them speak of
the group too. Characteristics are those of the Equality Act 2010; the groups are the larger ones of
North West London (Census 2021) and those that HateCheck (Röttger et al. 2021) tests.
"""

from __future__ import annotations

from collections.abc import Mapping

# characteristic -> group -> words and phrases
GROUPS: Mapping[str, Mapping[str, str]] = {
    "religion": {
        "Muslim": "muslim* islam islamic mosque* ramadan eid hijab* niqab* burka* imam imams halal allah mozlem*",
        "Jewish": "jew jews jewish judaism synagogue* kosher shabbat rabbi rabbis antisemit* zionis* israeli*",
        "Hindu or Sikh": "hindu* sikh* diwali gurdwara* mandir* turban*",
        "Christian": "christian* catholic* church churches bible priest* vicar* baptist baptists pentecostal*",
    },
    "ethnicity, nationality": {
        "Black": "black blacks african* caribbean* jamaican* nigerian* ghanaian* somali* windrush afro* bame nigg*",
        "South Asian": "asian* indian* pakistani* bangladeshi* gujarati* punjabi* tamil* sri_lankan* bengali* paki pakis",
        "Arab or Middle Eastern": "arab arabs arabic iraqi* iranian* afghan* syrian* lebanese kurd* egyptian* moroccan*",
        "Eastern European": "polish poles romanian* bulgarian* ukrainian* albanian* lithuanian* hungarian*",
        "East Asian": "chinese filipin* japanese korean* vietnamese hong_kong* chink*",
        "Gypsy, Roma, Traveller": "gypsy gypsies roma travellers pikey*",
        "migrants": "migrant* immigrant* refugee* asylum foreign* foreigner* overseas boat_people deport*",
        "white": "white whites english_people british_people irish gammon*",
    },
    "disability": {
        "disability": "disabled disabilit* wheelchair* blind deaf autis* adhd dyslexi* learning_difficult* "
        "down's_syndrome downs_syndrome amputee* epilep* cerebral_palsy retard* spaz spastic*",
        "mental health": "depress* anxiety bipolar schizo* psychosis psychotic self_harm* suicid* camhs sectioned "
        "mental_health mentally eating_disorder* anorexi* ocd ptsd",
    },
    "sex": {
        "women": "woman women girl girls female* lady ladies mum mums mother* wife wives she her slut* bitch* whore*",
        "men": "man men boy boys male males bloke* dad dads father* husband* he him his",
    },
    "sexual orientation": {
        "gay, lesbian, bi": "gay gays lesbian* bisexual* lgbt* queer homosexual* homophob* dyke* fag fags faggot*",
    },
    "gender identity": {
        "trans": "trans transgender* transsexual* non_binary nonbinary tranny trannies transphob* transition*",
    },
    "age": {
        "older people": "elderly pensioner* old_lady old_man old_people grandad* grandma* nan nana nanny granny older "
        "care_home* dementia alzheimer* boomer*",
        "children, young people": "child children kid kids baby babies toddler* teen* teenager* son daughter "
        "young_people youngster*",
    },
    "pregnancy, maternity": {
        "pregnancy, maternity": "pregnan* maternity midwi* antenatal postnatal giving_birth gave_birth childbirth birth_plan in_labour miscarr* breastfe* "
        "c_section caesarean ivf newborn*",
    },
}  # fmt: skip

# dialect -> words that its writers use and others seldom
DIALECTS: Mapping[str, str] = {
    "London youth English (MLE)": "innit bruv bruh fam mandem gyaldem wagwan peng wasteman waste_man allow_it "
    "man's_not ting tings the_ends my_ends proper_peak thats_peak that's_peak bare_people bare_time wallahi safe_bro blud cuz man_like say_less "
    "on_god no_cap deadass finna init gassed vexed long_ting my_g akhi",
    "Caribbean English": "gwaan wah_gwaan pickney bredrin bredren nuh unnu yuh mi_a dem_a weh irie bomboclaat "
    "bloodclaat rasclaat kiss_teeth kmt cyaan inna haffi seh ah_so tek mek gyal inno ya_hear",
    "South Asian English": "yaar ji beta bhai bhaiya uncle_ji aunty_ji auntyji uncleji acha accha arre arrey desi "
    "kindly_revert do_the_needful prepone today_morning itself_only good_name only_no na_yaar namaste salaam "
    "inshallah mashallah puttar didi",
}  # fmt: skip

# what a member of staff may speak of together with others, protected by TULRCA 1992
UNION = (
    "union unions unison rcn bma gmb unite_the_union trade_union* strike strikes striking picket* ballot* "
    "industrial_action collective_bargain* shop_steward* work_to_rule agenda_for_change pay_award"
)  # fmt: skip

# how people type: short forms, and words that lack their apostrophe
SHORT_FORMS = (
    "u ur r pls plz thx thnx tho thru cos coz cuz bcos bc bcus abt ppl tmrw tmr tdy 2day 2moro 2nite wud cud shud "
    "wld cld shld shd hav wiv wen wot wat wats dat dis dnt cnt cudnt wudnt nvr gotta gonna wanna lemme gimme dunno "
    "kinda sorta tbh idk omg wtf ffs lol lmao smh hv hvnt alot b4 gr8 m8 l8 soz luv nite xx cant dont wont didnt "
    "doesnt isnt wasnt werent hasnt havent hadnt couldnt wouldnt shouldnt arent aint im ive youre theyre weve theyve "
    "youve thats whats theres heres hes shes whos"
)  # fmt: skip
