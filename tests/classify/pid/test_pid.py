"""Whole posts, PID or not: what the recognisers together make of them. All people are invented."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.pid import TYPES, find
from classify.pid.base import Contacts
from tests.fuzz.profiles import examples

PUBLISHED = Contacts(
    phones=["020 7946 0818", "0300 123 1000", "020 7946 0500"],
    emails=["enquiries@example.org"],
    postcodes=["HA1 3UJ", "NW10 7NS"],
    domains=["icb.example.org"],
)

LEAKS = (
    "NHS no. 9991234567 - please chase",
    "My NHS number's 999 123 4567 if that helps",
    "nhs num 999-123-4567",
    "999.123.4567 is his NHS no",
    "NHS: 999 111 2222",
    "Patient 999 000 0018 has been waiting on ward 5",
    "hosp no RN123456 pls help",
    "MRN: 00456789",
    "her hospital number is H123456",
    "K number K998877",
    "pt id 4455667",
    "CHI 0101521234 lost in transit",
    "NI no QQ 12 34 56 C",
    "my national insurance number is AB123456C",
    "dob 03/04/1956",
    "D.O.B. 3rd April 1956",
    "born 3 Apr 56 and still waiting",
    "his date of birth is 1956-04-03",
    "Date of birth - 12 March 1951",
    "she was born on the 4th of July 1961 and has dementia",
    "mum's birthday is 4/7/1961",
    "Mrs Okafor (12/05/1948) has been left on a trolley",
    "lives at 22 Elm Grove, Harrow",
    "I'm at Flat 3, 12 High Road, NW10 4XX and housebound",
    "My address is 7 Beech Close UB3 9ZZ",
    "send the nurse to my mum at 7 beech close, hayes",
    "my postcode is HA9 0ZZ",
    "ring me on 07700900123",
    "Call my daughter Sarah on 07700 900 321 when dad is discharged",
    "text 07700 900456 if results are in",
    "mum's landline is 020 7946 0999",
    "+44 7700 900123 is the patient's mobile",
    "(020) 7946 0018 - that's my nan's number",
    "You can get me at jean.halloran@example.com about my appointment",
    "my email is jeanie82@example.org",
    "dad's email bob dot carter at example dot com",
    "contact vesna (at) example (dot) org about my son's epilepsy clinic",
    "Please help MS PATEL, she has cancer and waits in Ealing",
    "passport number 123456789 was on the screen",
    "driving licence MORGA753116SM9IJ",
    "sort code 12-34-56 acc 12345678",
    "IBAN GB82WEST12345698765432",
    "My patient Ethel Morris has terminal cancer",
    "Our resident Albert Finch was taken to A&E",
    "Just sectioned Terry Dunn on Maple ward",
    "Jean Halloran, 82, died at Northwick Park after a fall",
    "My dad Peter Okafor had a stroke on Sunday",
    "my son Kai has leukaemia and GOSH are amazing",
    "my husband (Derek) is in ICU with sepsis",
    "Our mum, Shirley Bates, was diagnosed with dementia",
    "My nan Elsie fell and waited 14 hours",
    "Mrs Patel in bed 12 keeps pulling her catheter out",
    "Mr Ahmed's HIV results came back",
    "Bed 4 - Mr Singh - MRSA positive",
    "Prince Harry came into our A&E, I treated his wrist",
    "my neighbour Jim Sullivan has been diagnosed with lung cancer",
    "my friend Tracy Jones overdosed last night",
    "the woman in bed 6 on Kerr ward who jumped from the bridge",
    "Little Oscar Flynn has meningitis",
    "Fatima Begum miscarried in the waiting room at Ealing",
    "pt John Davies DNA'd his colonoscopy",
    "Saw Mrs Thompson's notes, she's had 3 abortions",
    "my sister Amina's smear came back abnormal",
    "my wife Clare is 30 weeks pregnant and nobody answers at QCCH",
    "mr khan in bay 2 has covid again lol",
    "Baby Noah Clarke stopped breathing on NICU",
    "Arthur in side room 3 has C diff",
    "my uncle Raj's kidney transplant got cancelled",
    "the patient, Susan Hill, was given the wrong drug",
    "Please help find my brother Daniel Webb, missing from Lakeside mental health unit",
    "My late husband Brian Cole was killed by sepsis they missed",
    "My number's 999 870 1155, please ring about the MRI",
    "9 9 9 / 0 3 0 / 8 2 4 1 there you go, that's my number",
    "'no match' for NHS 999 00 44 718, what now",
    "they printed a stranger's card: '9990072215 K. Vaghela INR due'",
    "my boy's wristband says 999 207 1163",
    "they want a CHI number?? we came from Glasgow in June. it's 1203815672",
    "band on my wrist still says HILL-0093417",
    "hospital number K 771 0924, my father's bowel clinic",
    "patient ref WM-448120-K, please send a ramp",
    "born the fourteenth of June nineteen fifty-one",
    "born on St Patrick's Day 1939, the knee",
    "daughter's dob 12 maja 2014",
    "I'm 81 on the ninth of March",
    "the tag says MENSAH, KWABENA 09-AUG-01",
    "my passport is needed for the overseas office at St Mary's: 000417792",
    "refund for the pads please: acc no 44 10 27 93",
    "House: Number one hundred and six, Cannon Lane. My brother is the occupier",
    "help shift a hospital bed from 55 Lady Margaret Road, my late nan's",
    "my client at 27b Fordhook Mews W5 had her HIV letter opened",
    "Uncle Errol has lost the foot, it was the sugar, diabetes",
    "praying 4 Auntie Comfort, she's having her womb out tomorrow",
)

NO_LEAKS = (
    "Call 111 or the surgery on 020 7946 0123",
    "PALS can help: 020 7946 0818 or pals@example.org",
    "Samaritans 116 123 any time",
    "Book your jab on 0300 123 1000",
    "Northwick Park Hospital, Watford Road, Harrow HA1 3UJ",
    "I have MS. Hillingdon rehab gave me my legs back",
    "Email jo.k@example.org about the surgery's patient group",
    "As a proud man I felt safe at 56 Dean Street",
    "My mum and I protest at 15 Marylebone Road",
    "The new hub is at 45 High Street, Ealing W5 1XX, open 9am-5pm",
    "Dr Shah at Harrow was brilliant with my asthma",
    "Nurse Joy Adeyemi looked after me after my stroke",
    "Receptionist called Dawn refused me an appointment",
    "Sister Mary on ward 6 was so kind when I had chemo",
    "Mr Khan did my hip replacement, wonderful surgeon",
    "Thanks to Dr Priya Patel and her team for saving my dad",
    "King Charles has cancer and the nation wishes him well",
    "Kate Middleton finished chemo",
    "Wes Streeting on his kidney cancer: the NHS saved me",
    "my dog Bella is having surgery at the vets",
    "Charlie in Casualty last night had a heart attack",
    "EastEnders: Phil Mitchell has a stroke storyline",
    "Clinic moved to 12/03/2026",
    "On 4 July 2024 I waited nine hours",
    "Anyone born before 1 September 1957 can get the shingles jab",
    "NHS was born on 5 July 1948",
    "ISBN 0306406152",
    "Zoom meeting ID 999 123 4567",
    "order number 9991234567 still not here",
    "Parcel 9434765919 lost again",
    "Ref: 4010232137 for complaint",
    "https://example.org/id/9991234567",
    "I'm 82 and waiting for my hip",
    "My NHS number isn't on the app",
    "You don't need your NHS number to register",
    "Example: NHS number 999 000 0000 (not a real patient)",
    "Training slide: dummy patient Jane Doe, DOB 01/01/1970",
    "Contact comms@example.org for interviews",
    "email nwl.pals@nhs.net with complaints",
    "Reporter here, DM or call 07700 900777 in confidence",
    "Reach our team at enquiries@example.org",
    "I had a mastectomy at Charing Cross",
    "my mum waited 14 hours on a trolley",
    "My wife is a nurse at Northwick Park",
    "My brother Tom works at Hillingdon hospital as a porter",
    "my sister Jane is a midwife at QCCH",
    "Proud of my daughter Emma who qualified as a nurse at Ealing",
    "Ward 6, bed 12 needs a new mattress",
    "The HA0 and HA1 areas have no NHS dentist",
    "Meet Dr Aisha Rahman, new GP partner at Elm Practice, who has an interest in diabetes",
    "Practice manager Sue Brown says phones are fixed",
    "£1,234,567,890 deficit",
    "GMC number 1234567",
    "Florence Nightingale died in 1910",
    "Boris Johnson nearly died of covid in St Thomas'",
    "Cllr Ann Green asked about A&E waits at the scrutiny committee",
    "Rob Hurd, chief executive of NHS NWL, said cancer waits are falling",
    "Flu jabs at the Central Mosque, 12 Park Road NW8 7RG, Saturday 10-2",
    "call the helpline 0800 123 456",
    "Switchboard 020 7946 0500",
    "Northwick Park A&E has 40 trolleys",
    "The 140 bus to 22 Kenton Road",
    "Come and see us at 3 Station Parade, HA2 7XX, no appointment needed",
    "Parkinson's nurse needed in Brent",
    "Down's syndrome awareness day",
    "Crohn's & Colitis UK",
    "St Mary's Paddington stroke unit is amazing",
    "Nelson Mandela ward is filthy",
    "Lady Sarah Cohen wing stroke patients moved",
    "Alexandra Avenue Health Centre cancer screening",
    "My GP, Dr Anand, diagnosed my diabetes in five minutes",
    "Matron Carol Hughes fought for us when I was dying",
    "Hunter Street clinic has covid boosters",
    "Shout out to Maria in phlebotomy, painless bloods",
    "Paramedic Steve got me to hospital with chest pain",
    "Ring the ward on 020 7946 0777 and ask for Sister Bello",
    "Join our webinar 12 March 2026, ID 823 4567 8901",
    "Kevin from IT reset my smartcard",
    "Barbara Windsor's dementia campaign helped us",
    "Asthma + Lung UK say...",
    "Healthwatch Harrow, 3 Jardine House, HA1 3EX",
    "Alzheimer's took my gran",
    "Type 2 diabetes clinic, Tuesdays",
    "Ask for Tony at reception if you need a wheelchair",
    "Great talk by Prof Helen Stokes on sepsis",
    "I love my GP, and Mandy the nurse who does my dressings",
    "Insurance no. 999 482 1120, he's a labrador with a cone on after surgery",
    "Zoom parents' evening 884 1199 0042, the school nurse speaks about nits",
    "I rang at eight and was 51st. At 8.40 there was nothing left",
    "stick in 01/01/2000 and guest@guest.com when the wifi asks for my dob",
    "Elmtree Road Surgery has moved!! New address is 212 Elmtree Road UB6 0ZZ",
    "Promoted by R. Osei, 14 Marlborough Hill, at the bedside of your dying mother",
    "Selling pram, collection 22 Acacia Drive Ickenham",
    "My nan was treated at your ward in 1974 when Dr Shah ran it, and she lived at home again",
    "My dad moved home in 1987 before Dr Ali came",
    "In 1998, after St Mary's had him, my son came home",
    "My nan was home by 2011 thanks to kind Dr Mensah",
    "my mum was at home with 2 kids and kind Dr Shah visited",
    "The King is an outpatient, Buckingham Palace has said",
    "Our persona is 'Sunil, 58, one inhaler'. He's a composite",
    "Carer for my brother (LD). Who do I contact about his health check?",
    "We asked for a chair for Mrs Owusu (36 wks pregnant, our receptionist)",
    "Actor and comic Rory Tamblyn is at Charing Cross after a stroke. Get well soon Rory",
    "Restrained my autistic son for nine minutes at the unit",
)


def found(text: str, **kwargs: object) -> dict[str, str]:
    hits = find(text, contacts=PUBLISHED, **kwargs)  # type: ignore[arg-type]
    return {hit.type: text[hit.start : hit.end] for hit in hits}


@pytest.mark.parametrize("text", LEAKS)
def test_a_post_that_lets_somebody_be_identified_is_a_hit(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize("text", NO_LEAKS)
def test_a_post_that_identifies_no_patient_is_no_hit(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "type_", "words"),
    [
        ("My NHS no is 999 123 4567 ok", "NHS_NUMBER", "999 123 4567"),
        ("9\u200b99 123 4567 is her NHS number", "NHS_NUMBER", "9\u200b99 123 4567"),
        ("NHS number ９９９ １２３ ４５６７", "NHS_NUMBER", "９９９ １２３ ４５６７"),
        ("CHI number 010152 1234", "CHI_NUMBER", "010152 1234"),
        ("hospital number H1234567 please", "HOSPITAL_NUMBER", "H1234567"),
        ("NINO QQ123456C", "NINO", "QQ123456C"),
        ("dob 4/11/82", "DATE_OF_BIRTH", "4/11/82"),
        ("born on the 12th of March 1951 in Acton", "DATE_OF_BIRTH", "12th of March 1951"),
        ("passport 123456789", "PASSPORT", "123456789"),
        ("licence MORGA753116SM9IJ", "DRIVING_LICENCE", "MORGA753116SM9IJ"),
        ("I live at 14 Acacia Road, Harrow", "ADDRESS", "14 Acacia Road"),
        ("she lives at 12 Acacia Dr Harrow", "ADDRESS", "12 Acacia Dr"),
        ("my nan lives at 1974 london road", "ADDRESS", "1974 london road"),
        ("my nan lives at 12 St Mary's Road", "ADDRESS", "12 St Mary's Road"),
        ("my postcode is HA9 0ZZ thanks", "POSTCODE", "HA9 0ZZ"),
        ("ring my mum on 07700 900 123", "PHONE", "07700 900 123"),
        ("her email: jean [at] example (dot) org", "EMAIL", "jean [at] example (dot) org"),
        ("my mum Jean Halloran was admitted", "RELATIVE_NAME", "Jean Halloran"),
        ("my mum jean was admitted last night", "RELATIVE_NAME", "jean"),
        ("MY MUM JEAN HALLORAN WAS ADMITTED", "RELATIVE_NAME", "JEAN HALLORAN"),
        ("Mrs O'Brien-Hart in bed 4 is confused", "PATIENT_NAME", "Mrs O'Brien-Hart"),
        ("a patient called Arthur died on our ward", "PATIENT_NAME", "Arthur"),
        ("The man in bed 6 who jumped is back", "NARRATIVE", "The man in bed 6 who jumped is back"),
    ],
)
def test_a_hit_names_its_type_and_just_its_words(text: str, type_: str, words: str) -> None:
    assert found(text).get(type_) == words


def test_a_relative_counts_by_name_and_not_without() -> None:
    assert found("My sister Amina has sepsis") == {"RELATIVE_NAME": "Amina"}
    assert found("My sister has sepsis") == {}


def test_the_same_name_is_a_patient_or_staff_by_what_is_said_of_it() -> None:
    assert "PATIENT_NAME" in found("Mr Khan in bed 7 had his hip replaced")
    assert found("Mr Khan replaced my hip, what a surgeon") == {}


def test_somebody_famous_counts_once_staff_tell_of_them() -> None:
    assert found("Stephen Fry has prostate cancer") == {}
    assert "PATIENT_NAME" in found("Stephen Fry came into our clinic with prostate cancer")


def test_a_published_number_is_no_hit_and_the_same_number_unpublished_is() -> None:
    text = "Ring my mum on {}"
    assert found(text.format("(020) 7946-0500")) == {}
    assert found(text.format("020 7946 0501")) == {"PHONE": "020 7946 0501"}


def test_a_contact_in_the_authors_own_bio_is_no_hit() -> None:
    text = "Message me on 07700 900123 or jo@example.com"
    assert set(found(text)) == {"PHONE", "EMAIL"}
    assert found(text, bio="Jo, doula. 07700900123 JO@example.com") == {}


def test_the_directory_never_excuses_an_nhs_number() -> None:
    published = Contacts(phones=["9991234567"])
    assert find("NHS number 999 123 4567", contacts=published)


def test_an_official_account_tells_stories_with_consent_but_no_nhs_numbers() -> None:
    story = "Meet Jean Halloran, 72, who was diagnosed with diabetes. Ring 07700 900123"
    assert find(story, contacts=PUBLISHED)
    assert find(story, contacts=PUBLISHED, official=True) == ()
    assert find("NHS number 999 123 4567", contacts=PUBLISHED, official=True)


def test_the_nearest_words_say_whose_number_it_is() -> None:
    text = "Call the surgery on 020 7946 0123 or my daughter on 07700 900321"
    assert found(text) == {"PHONE": "07700 900321"}


def test_what_is_marked_as_invented_is_no_hit_unless_somebody_insists() -> None:
    assert found("Dummy patient Jane Doe, NHS number 999 123 4567") == {}
    assert found("This isn't a dummy record: NHS number 999 123 4567")


def test_a_number_in_a_link_or_a_handle_is_no_hit() -> None:
    assert found("https://example.org/patient/9991234567?nhs=9991234567 my mum") == {}
    assert found("@nhs9991234567 my patient") == {}


def test_the_authors_own_name_counts_beside_their_own_number() -> None:
    assert found("My name is Jean Halloran and I had a stroke") == {}
    assert found("My name is Jean Halloran, NHS number 999 123 4567")["PATIENT_NAME"] == (
        "Jean Halloran"
    )


def test_hits_stand_in_order_overlap_nowhere_and_never_repeat_the_text() -> None:
    text = "Mrs Okafor, NHS no 999 123 4567, dob 12/05/1948, 14 Acacia Road, HA3 5XX, 07700 900123"
    hits = find(text, contacts=PUBLISHED)
    assert [hit.type for hit in hits] == [
        "PATIENT_NAME",
        "NHS_NUMBER",
        "DATE_OF_BIRTH",
        "ADDRESS",
        "POSTCODE",
        "PHONE",
    ]
    for hit, following in pairwise(hits):
        assert hit.end <= following.start
    assert not any(text[hit.start : hit.end] in hit.why for hit in hits)


@examples(37)
@given(st.text(alphabet=st.characters(codec=None), max_size=200), st.text(max_size=60))
def test_any_text_is_read_and_every_hit_lies_within_it(text: str, bio: str) -> None:
    for hit in find(f"my mum {text} 9991234567 {text}", contacts=PUBLISHED, bio=bio):
        assert 0 <= hit.start < hit.end <= 2 * len(text) + 19
        assert hit.type in TYPES
        assert 0 < hit.score <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Ezra was on the ward list: Mr T. Bascombe, side room, clozapine",
        "This is Ethan's mum. They printed 'leukaemia' beside his name",
        "My sister-in-law Parveen bled for hours after the birth",
        "On a mug at the car boot: '999 271 8045 World's Okayest Patient'",
        "I act for the family of the late Dennis Orchard, a patient of the unit who took his life",
        "My hospital number at Ealing is E/22/71930",
    ],
)
def test_initials_quotes_and_odd_forms_do_not_hide_a_leak(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Leeds ICB, my mum's been waiting 30 weeks for a hip",
        "I'm a reporter on the Courier. My desk number is 07700 900555",
        "My screening kit goes back to a man called Keith, apparently",
        "I visit my aunt Tuesdays and she's got bruises",
        "Took my gran (Bosnian, 84) to the memory clinic",
    ],
)
def test_capitals_that_name_no_patient_are_no_hit(text: str) -> None:
    assert found(text) == {}


def test_nothing_is_found_in_nothing() -> None:
    assert find("", contacts=PUBLISHED) == ()


@pytest.mark.parametrize(
    ("text", "bio", "words"),
    [
        ("mr henshaws leg is a disgrace, whoever did that dressing on nights", "", "mr henshaw"),
        ("changed mrs adeyinkas stoma bag five times since seven", "", "mrs adeyinka"),
        ("miss fenwicks bloods came back and its not good", "", "miss fenwick"),
        ("mrs quashies toe went black and nobody rang till i did", "bank nurse", "mrs quashie"),
        ("mr crowthers wife sneaks him whisky, so much for his liver", "HCA", "mr crowther"),
        ("poor mr oyelaran still on the corridor. 92 yrs old, pneumonia", "", "mr oyelaran"),
        ("old mrs okoro in bay 3 has cdiff again", "", "mrs okoro"),
        ("Patient Jane Doe lives at 12 Acacia Road, her bowels again", "", "Jane Doe"),
    ],
)
def test_a_patient_named_in_haste_by_staff_is_a_hit(text: str, bio: str, words: str) -> None:
    assert found(text, bio=bio).get("PATIENT_NAME") == words


@pytest.mark.parametrize(
    ("text", "bio"),
    [
        ("mr rahman took my appendix out in 2011 and still says hello", ""),
        ("mr khans clinic runs two hours late every week, my knee is worse for it", ""),
        ("mr osei my consultant says its the kidneys, he draws me little pictures", ""),
        ("mrs bennett on reception is a dragon when you're poorly", ""),
        ("miss walker who runs the asthma clinic retires on friday", ""),
        ("ms whittle takes the antenatal class on wednesdays, bring snacks", ""),
        ("mr crowthers wife baked for the ward", "mum of two"),
    ],
)
def test_staff_named_in_haste_are_no_hit(text: str, bio: str) -> None:
    assert found(text, bio=bio) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9995260182", "9995260182"),
        ("@HealthierNWL 9991590838 thats me, look into my referral", "9991590838"),
        ("still waiting. 999-507-5296.", "999-507-5296"),
        ("tried the app with 999.186.0916 and it says no record", "999.186.0916"),
        ("mum is 9991590137 and her nurse never came", "9991590137"),
        ("6500474392 please", "6500474392"),
        ("9997866665 ring me", "9997866665"),
    ],
)
def test_ten_digits_that_pass_and_that_nothing_explains_are_an_nhs_number(
    text: str, words: str
) -> None:
    assert found(text).get("NHS_NUMBER") == words


@pytest.mark.parametrize(
    "text",
    [
        "Tracking no: 9991760318. The medication is stuck in customs",
        "post 6755131377 on the mums' page has the clinic's opening hours",
        "Item 9990268592 crutches, collect from the shop",
        "Barcode 9990268592 on the covid tests, are they recalled?",
        "part no. 9998812040 fits the washing machine door on our ward",
        "DX number 9997601890 on the courier's slip for the blood kit",
        "ISBN 0140447938 is about the history of the patient record",
        "my parcel 7820018267 with the mobility aid went astray",
        "6500474393 please",  # fails mod 11
        "Example NHS number 999 212 2331 is in the test range, don't worry",
        "my mod 11 gives 10 for the test value 9990000018, its fake",
        "Send donations to PO Box 112, Harrow HA1 9ZZ, for the ward",
    ],
)
def test_a_number_that_something_else_explains_is_no_hit(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("MRN10443827 has been moved three times tonight", "10443827"),
        ("my unit number at charing cross is 22-81-73", "22-81-73"),
        ("Hosp. number 0918834B, name on the letter was wrong", "0918834B"),
    ],
)
def test_a_hospital_number_may_touch_its_name_or_look_like_no_date(text: str, words: str) -> None:
    assert found(text).get("HOSPITAL_NUMBER") == words


@pytest.mark.parametrize(
    ("text", "bio"),
    [
        ("'I want others to know.' Lucy was diagnosed with leukaemia at 4. We can share her story", "Registered charity"),
        ("Sponsor Sam at example.org, for us in memory of his dad Brian who died from MND", "Hospice fundraising team"),
        ("Ron lost both legs to sepsis. He's agreed to tell his story", "The official charity of a hospital"),
        ("Watch Josie's story on our website: Josie had a stroke at 30", ""),
    ],
)  # fmt: skip
def test_a_story_that_an_organisation_tells_by_consent_is_no_hit(text: str, bio: str) -> None:
    assert found(text, bio=bio) == {}


@pytest.mark.parametrize(
    "bio",
    ["Physio at a hospice", "Clinical psychologist, NHS Foundation Trust", "my own views", ""],
)
def test_leave_that_a_person_says_they_had_excuses_nothing(bio: str) -> None:
    text = "With her permission: Yvonne Carraway-Lund, 47, was diagnosed with bipolar last spring"
    assert "PATIENT_NAME" in found(text, bio=bio)


def test_consent_excuses_no_number() -> None:
    text = "Lucy agreed to share her story. NHS number 999 123 4567"
    assert set(found(text, bio="Registered charity")) == {"NHS_NUMBER"}


@pytest.mark.parametrize(
    "text",
    [
        "Reading the new thriller, the hero Aldo Finch has TB and hides it. Four stars",
        "This book by a GP, where Mrs Arkwright dies of sepsis, had me crying",
        "In last night's episode Ken Barlow was rushed to hospital after a fall",
        "The detective in this book, Inspector Garrod, has Parkinson's",
        "Henry VIII's leg ulcer would have been sorted by the leg club",
        "my great-great-grandfather Jerzy died of cholera in 1866",
        "Lord Mayor of Westminster Mrs Ruth Bush visited the dementia cafe",
        "Mayor of Hillingdon Mrs Patricia Bunting cut the ribbon at the stroke unit",
    ],
)
def test_fiction_history_and_guests_of_honour_are_no_hit(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "My dad (Parkinsons, I'm his carer) was on the ward for 12 days and his tablets were late",
        "My nan, Alzheimer's, was left on a trolley in hospital",
        "Her name is Karen, she stayed an hour after closing to find my dad's results at the surgery",
        "Karen from the Pinner vaccination desk gave my nurse a leaflet on diabetes",
    ],
)
def test_an_illness_that_bears_a_name_and_staff_at_work_are_no_patients(text: str) -> None:
    assert not [hit for hit in find(text) if hit.type in ("RELATIVE_NAME", "PATIENT_NAME")]


def test_a_relative_who_is_named_beside_such_an_illness_is_one() -> None:
    (hit,) = [
        hit
        for hit in find("My dad Arthur (Parkinsons) was on the ward for 12 days")
        if hit.type == "RELATIVE_NAME"
    ]
    assert hit.start == len("My dad ")
