"""A name is told from a place, a hospital, a law; the people here are invented, the bodies are real."""

from __future__ import annotations

import pytest

from classify.people import known_words, names_in_words
from classify.people.lists import called_after, first_names, places, surnames
from classify.people.search_terms import in_account, in_address, in_query, in_term
from settings.files import bodies

# Hospitals, trusts, boroughs, places and subjects that are searched for: none of them may raise a doubt.
BODIES = (
    """
Guy's Hospital; St Thomas' Hospital; King's College Hospital; University College London Hospitals NHS Foundation
Trust; Royal Free London NHS Foundation Trust; Barts Health NHS Trust; Whipps Cross; Newham University Hospital;
Homerton; Whittington Health; North Middlesex; Chase Farm Hospital; Barnet Hospital; Moorfields Eye Hospital; Great
Ormond Street Hospital; Royal Marsden; St George's; Kingston Hospital; Croydon Health Services; Epsom and St Helier;
Lewisham and Greenwich; Queen Elizabeth Hospital Woolwich; Oxleas; South London and Maudsley; East London NHS
Foundation Trust; Tavistock and Portman; Barnet, Enfield and Haringey Mental Health; Camden and Islington; North
East London NHS Foundation Trust; King George Hospital; Queen's Hospital Romford; James Paget University Hospitals;
John Radcliffe; Norfolk and Norwich; Addenbrooke's; Royal Papworth; West Suffolk; Ipswich Hospital; Colchester
General; Basildon; Southend; Mid and South Essex; Princess Alexandra Hospital; Lister Hospital; Watford General;
Luton and Dunstable; Bedford Hospital; Milton Keynes University Hospital; Stoke Mandeville; Wycombe; Frimley Park;
Wexham Park; Royal Berkshire; Hampshire Hospitals; Southampton General; Queen Alexandra Hospital Portsmouth; St
Richard's; Worthing; Royal Sussex County; Conquest Hospital; William Harvey Hospital; Darent Valley; Medway
Maritime; Maidstone and Tunbridge Wells; East Surrey; St Peter's Chertsey; Ashford; Salisbury District; Great
Western Swindon; Royal United Bath; Southmead; Bristol Royal Infirmary; Gloucestershire Royal; Cheltenham General;
Hereford County; Worcestershire Acute; Alexandra Hospital Redditch; Russells Hall; New Cross; Walsall Manor;
Sandwell and West Birmingham; Queen Elizabeth Birmingham; Heartlands; Good Hope; George Eliot Hospital; University
Hospitals Coventry; Kettering General; Northampton General; Leicester Royal Infirmary; Glenfield; Queen's Medical
Centre; King's Mill; Royal Derby; Chesterfield Royal; Lincoln County; Pilgrim Hospital Boston; Diana Princess of
Wales Grimsby; Hull Royal; Castle Hill; York Hospital; James Cook; Darlington Memorial; Bishop Auckland; Sunderland
Royal; Freeman; Royal Victoria Infirmary; Cumberland Infirmary; Royal Lancaster; Blackpool Victoria; Royal Preston;
East Lancashire; Royal Bolton; Salford Royal; Wythenshawe; Christie; Stepping Hill; Tameside; Royal Oldham;
Fairfield General; Wigan Wrightington; Alder Hey; Arrowe Park; Clatterbridge; Countess of Chester; Leighton; Royal
Stoke; Robert Jones and Agnes Hunt; Pinderfields; Airedale; Bradford Royal; Calderdale; Leeds General; St James's;
Harrogate; Scarborough; Rotherham; Barnsley; Doncaster; Sheffield Teaching; Betsi Cadwaladr; Hywel Dda; Aneurin
Bevan; Cwm Taf Morgannwg; Velindre; Powys Teaching; Greater Glasgow and Clyde; NHS Lothian; Queen Elizabeth
University Hospital; Kensington and Chelsea; Barking and Dagenham; Hammersmith and Fulham; Richmond upon Thames;
Waltham Forest; Tower Hamlets; Kensal Rise; Harold Wood; Gidea Park; Brent; Hillingdon; Charing Cross; St Mary's;
Jubilee; Harrow; Chelsea and Westminster; Ealing; Victoria; Westminster; Central Middlesex; Northwick Park; Mount
Vernon; Martha's Rule; John's Campaign; Oliver McGowan training; Florence Nightingale; Marie Curie; Sue Ryder;
Jubilee Line; Victoria Line; Elizabeth Line; Grace period; May bank holiday; Golborne; Belmont Health Centre; Hayes;
Acton; Kelvin ward; Alexandra Avenue; Brent Cross; Elm Tree Surgery; Dr Foster; NHS 111; covid19; #NHSNWL;
#WinterWell; #FluJab; Healthwatch Brent; A&E; E coli; C difficile; GP access; walk-in centre; telephone access; ward
closure; sickle cell; Hampstead Heath; Park Royal; White City; Wembley Park; Stanmore RNOH; Queen Charlotte's;
Western Eye; Lakeside Mental Health; ImperialNHS; Harefield; Royal Brompton; St Bernard's; London Ambulance Service;
Notting Hill Carnival; Grenfell Tower; Ladbroke Grove; Ruislip Lido; Denham; Moorfields; Wembley Centre for Health
and Care; radiology waiting list; A&E Northwick Park; GP receptionist; receptionists Northwick Park; sisters on ward 7; matrons Hillingdon;
heads of department; lead nurse; practice manager; my sister A&E Northwick Park; lead nurse vacancies Hillingdon; head injury clinic Ealing; Hillingdon Hospital redevelopment; new hospital programme; mpox vaccine; Brentford; Kew Bridge; Maida Vale
""".replace("\n", " ")
    .strip()
    .split("; ")
)
PEOPLE = (
    """
Rowan Ashdown; Louise Ashdown; louise ashdown; Jo Bloggs; Kev; Louise; Mary; Amina Warsame; Piotr Wiśniewski; Agnieszka Nowak; Zhang Wei;
Wei Zhang; Mei Chen; Fatima Al-Hassan; Kwame Boateng; Priya Patel; Mohammed Khan; Jaswinder Kaur; Chukwuemeka Obi; Oluwaseun Adeyemi;
Siobhán O'Brien; Yusuf Abdi; Abdirahman Hersi; Hodan; Ioana Popescu; Mehmet Yılmaz; Kateryna Shevchenko; Thandiwe Ndlovu; Marek Kowalczyk;
Grace Okafor; May Patel; Victoria Okonkwo; Louise Baker; Sarah Hill; Ruth Court; Emma Wood; David Marsh; Kate Lane; Mrs Baker; Dr Jane Smith;
J. Patel; Ashdown, Louise; #JusticeForLouise; LouiseAshdownNHS; janesmith92; nurselouise; ward 7 sister Northwick Park;
Sister Bright Ward 7; lead nurse urgent care Hillingdon; "head of radiology" Northwick Park; Head of Midwifery, Ealing; matron Northwick
Park; practice manager Kingsbury surgery; nurse in charge ward 4; chief executive of a trust in Brent; medical director Ealing hospital;
#Ward7Sister
""".replace("\n", " ")
    .strip()
    .split("; ")
)


def test_there_are_more_than_a_hundred_real_bodies_and_places() -> None:
    assert len(set(BODIES)) > 200


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("how", [str, str.lower])
def test_no_hospital_trust_borough_place_or_subject_is_taken_for_a_person(
    body: str, how: type[str]
) -> None:
    assert in_term(how(body)) == ""
    assert in_query(f'"{how(body)}" lang:en -is:retweet') == ""


@pytest.mark.parametrize("person", PEOPLE)
def test_names_of_people_of_many_origins_are_told(person: str) -> None:
    assert in_term(person)
    assert in_query(f'"{person}"')


def test_every_place_of_the_country_that_is_listed_passes() -> None:
    listed = {" ".join(words).title() for words in called_after()} | {
        place.title() for place in places()
    }
    assert {place for place in listed if in_term(place)} == set()


@pytest.mark.parametrize(
    "query",
    [
        '"Louise Ashdown"', "Louise Ashdown hospital", "from:x Louise waiting", "(Kev OR icb) lang:en", "Kev NEAR/5 commissioning",
        'sister AND "ward 7" AND "Northwick Park"', 'sist* NEAR/5 "ward 7"', '"head of" AND radiology', "louise NEAR/2 ashdown", "icb AND jo_icb_comms", '"patient safety" "Rowan Ashdown" -has:links',
    ],
)  # fmt: skip
def test_a_query_names_a_person_however_it_is_put(query: str) -> None:
    assert in_query(query)


@pytest.mark.parametrize("query", ['"NHS North West London" lang:en', "Brent hospital waiting", "#WinterWell place_country:GB", "(GP OR surgery) NEAR/10 (appointment* OR phone*)", '"ward 7" AND "Northwick Park" NOT sister'])  # fmt: skip
def test_a_query_for_subjects_and_places_passes(query: str) -> None:
    assert in_query(query) == ""


@pytest.mark.parametrize("account", ["jo_icb_comms", "commissioning_kev", "JaneDoeNHS", "kev1987", "louiseashdown", "nurselouise", "sadiq.hussain"])  # fmt: skip
def test_an_account_that_is_called_like_a_person_is_told(account: str) -> None:
    assert in_account(account)


@pytest.mark.parametrize(
    "account",
    [
        "HealthierNWL", "staywellnwl", "1302365", "ImperialNHS", "StMarysNHS", "JamesPagetNHS", "ChelWestFT", "BrentCouncil", "EalingCouncil",
        "HillingdonCCG", "nhsnwl", "RoyalMarsden", "LNWH_NHS", "CNWLNHS", "LAS_Londonambulance", "NHSMillion", "healthwatchharrow",
        "QueenMarysSidcup", "MarieCurieUK", "UC1234567890abcdefghij", "example.bsky.social",
    ],
)  # fmt: skip
def test_an_account_of_a_body_passes(account: str) -> None:
    assert in_account(account) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://news.google.com/rss/search?q=%22Louise+Ashdown%22&hl=en-GB", "https://www.bing.com/news/search?q=Louise+Ashdown&format=rss",
        "https://louiseashdown.substack.com/feed", "https://whistle.substack.com/feed", "https://medium.com/feed/@kev",
        "https://thewardround.wordpress.com/feed/", "https://bedblocker.blogspot.com/feeds/posts/default", "https://www.louise-ashdown.co.uk/feed",
        "https://drjosmith.org.uk/rss", "https://paper.example.org/tag/louise-ashdown/feed", "https://louise.ghost.io/rss/",
        "https://hansard-api.parliament.uk/search/contributions/Spoken.json?queryParameters.searchTerm=Louise%20Ashdown",
        "https://www.whatdotheyknow.com/feed/search/%22Louise%20Ashdown%22", "https://petition.parliament.uk/petitions.json?q=Louise+Ashdown",
    ],
)  # fmt: skip
def test_a_search_for_a_name_and_one_writers_own_blog_are_told(url: str) -> None:
    assert in_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://news.google.com/rss/search?q=%22NHS+North+West+London%22", "https://healthwatchbrent.wordpress.com/feed", "https://blog.example.org/feed/",
        "https://www.harrowtimes.co.uk/news/rss/", "https://www.hsj.co.uk/feed", "https://www.bbc.co.uk/news/topics/ealing/rss",
        "http://127.0.0.1:8000/comments/feed/", "https://www.mylondon.news/all-about/hillingdon?service=rss", "https://keepournhspublic.wordpress.com/feed",
    ],
)  # fmt: skip
def test_papers_bodies_and_groups_pass(url: str) -> None:
    assert in_address(url) == ""


def test_a_site_of_our_own_may_stand_anywhere_but_search_for_nobody() -> None:
    assert in_address("https://thewardround.wordpress.com/feed/", own=True) == ""
    assert in_address("https://thewardround.wordpress.com/?s=Louise+Ashdown", own=True)


def test_a_name_that_was_agreed_to_passes_and_no_other_beside_it() -> None:
    allowed = ["Fiona Macalister"]
    for written in ("Fiona Macalister", "fiona  macalister", "#FionaMacalister", "FionaMacalister"):
        assert in_term(written)
        assert in_term(written, allowed) == ""
    assert in_account("FionaMacalisterMSP", allowed) == ""
    assert in_query('"Fiona Macalister" OR "Louise Ashdown"', allowed) == "Louise Ashdown"
    assert in_term("Fiona", allowed) == "Fiona"


def test_the_lists_are_whole_and_in_the_form_that_they_are_compared_in() -> None:
    assert len(first_names()) > 13_000
    assert len(surnames()) > 27_000
    for listed in (first_names(), surnames()):
        assert all(name == name.casefold() and name.isascii() for name in listed)


@pytest.mark.parametrize(
    "what",
    ["phlebotomists", "I'm one of the phlebotomists", "podiatrist", "radiographers", "paramedic"],
)
def test_what_people_do_for_a_living_is_nobodys_name(what: str) -> None:
    assert known_words.unknown(what) == []


@pytest.mark.parametrize(
    ("written", "who"),
    [
        ("Mark Long clinic", "Mark Long"), ("mark long clinic", "mark long"), ("Grace Church Ward", "Grace Church"), ("Will Young", "Will Young"),
        ("Long, Mark", "Long, Mark"), ("J. Long", "J. Long"), ("#MarkLong", "Mark Long"), ("mark AND long", "mark long"),
        ("Victoria Wood Hospital", "Victoria Wood"), ("Louise Ashdown hospital", "Louise Ashdown"),
    ],
)  # fmt: skip
def test_a_name_of_two_everyday_words_is_asked_about_whatever_stands_beside_it(
    written: str, who: str
) -> None:
    assert who in known_words.unknown(written, phrase=True)
    assert known_words.unknown(written, allowed=[who], phrase=True) == []


def test_bodies_places_and_subjects_are_no_names_of_two_words() -> None:
    """Of the 242 above, of every board, trust and place that `init` knows, and of what is searched for one by one."""
    ours = [each for body in bodies.load().by_code.values() for each in (body.name, body.town, *body.places)]  # fmt: skip
    subjects = ["long covid", "Young Minds", "summer holiday clinic", "grace OR church", "May Day", "Victoria Ward", "Lister Ward", "St Mary's", "Charing Cross", "labour ward", "Station Road", "will power", "job centre", "tai chi"]  # fmt: skip
    assert len(ours) > 400
    doubtful = {each for each in [*BODIES, *map(str.lower, BODIES), *ours, *subjects] if names_in_words.names(each)}  # fmt: skip
    assert doubtful <= {
        "Kelvin ward",
        "kelvin ward",
    }  # whose name it could be, where no place of the settings is called so


@pytest.mark.parametrize("written", ["Rose Ward", "Mark Lane", "Sam Ward", "Will Hill", "#RoseWard", "\"Rose Ward\" AND nurse", "Rose Ward OR Sam Hall"])  # fmt: skip
def test_a_given_name_before_a_wards_word_is_asked_about_unless_a_place_of_ours_is_called_so(
    written: str,
) -> None:
    assert known_words.unknown(written, phrase=True) or in_term(written)
    if written == "Rose Ward":
        assert known_words.unknown(written, (), ("Rose Ward",), phrase=True) == []


def test_of_given_names_before_such_a_word_nearly_all_are_asked_about() -> None:
    names = sorted(first_names())[::37]
    built = ("Ward", "Lane", "Hall", "Hill", "Field", "Wood", "Green")
    pairs = [f"{name.title()} {word}" for name in names for word in built]
    asked = sum(bool(known_words.unknown(pair, phrase=True) or in_term(pair)) for pair in pairs)
    assert asked > 0.97 * len(pairs)


@pytest.mark.parametrize(
    "written", ["محمد علي", "Иван Петров", "张伟", "Γιώργος Παππάς", "यामिनी", "porter Иван"]
)
def test_words_of_another_script_are_asked_about_since_no_list_holds_their_names(written: str) -> None:  # fmt: skip
    assert known_words.unknown(written)
    assert (
        known_words.unknown(written, known_words.words_of([written])) == []
    )  # once the settings have it


@pytest.mark.parametrize("written", ["J. Smith", "J Smith", "JD Smith", "J.D. Smith", "j.smith", "A. Marsh", "Zoë Marsh", "Siân Rees", "Nurse Sam", "nurse sam", "sister Mary", "porter Dave", "samward", "sam_ward"])  # fmt: skip
def test_initials_accents_and_given_names_behind_a_post_are_asked_about(written: str) -> None:
    assert known_words.unknown(written, phrase=True) or in_term(written)


@pytest.mark.parametrize(
    "written",
    [
        "Florence of Fulham", "florence of fulham", "Grace from Harrow", "Priya of Northwick Park", "Keith of Ealing AND nurse", "night owl nurse", "Night Owl Nurse", "sleepy midwife", "angry nurse", "dozy porter", "the grumbling porter", "tea lady receptionist", "weekend teapot porter", "late grumpy bear midwife",
        "K Lamb", "k lamb", "A Lamb", "R Bishop", "K AND Lamb",
    ],
)  # fmt: skip
def test_a_given_name_of_a_place_a_role_with_a_nickname_and_an_initial_with_a_word_are_asked_about(
    written: str,
) -> None:
    assert known_words.unknown(written, phrase=True) or in_term(written)


@pytest.mark.parametrize(
    "written",
    [
        "Friends of Northwick Park", "Bank of England", "NHS nurse", "school nurse", "district nurse", "cancer nurse", "dental nurse", "family doctor", "see a doctor",
        "bank holiday doctor", "night shift nurse", "community midwife", "GP receptionist", "practice nurse", "children's nurse", "diabetes nurse", "hospital porter", "specialist nurse", "need a doctor", "out of hours doctor", "rude receptionist", "night shift nurses",
        "E coli", "C difficile", "A Wing", "C section", "B cell", "Duchess of Kent", "Princess of Wales", "League of Friends", "Countess of Chester", "City of Westminster",
        "University of Westminster", "Borough of Brent", "out of Ealing", "owls AND nurse", "change of surgery",
    ],
)  # fmt: skip
def test_bodies_of_places_kinds_of_staff_and_letters_of_medicine_are_no_names(written: str) -> None:
    assert known_words.unknown(written, phrase=True) == []
    assert in_term(written) == ""
