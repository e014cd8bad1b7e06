"""Scripts, greetings, and the small words of languages that people here write in Latin letters."""

from __future__ import annotations

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
