"""Ordinary searches are saved in one step; two capitalised words that are a given and a family name wait for two people."""

from __future__ import annotations

import pytest

from classify.people import known_words, search_terms
from classify.people.lists import places

# What communications teams of the NHS look for, as they would write it, with capitals and without
ORDINARY = """
flu jab|Flu Jab|covid booster|Covid Booster|RSV vaccine|MMR vaccine|shingles vaccine|HPV vaccine|whooping cough|measles outbreak|mpox|winter pressures|Winter Plan|corridor care|Corridor Care|A&E waits|
four hour target|ambulance delays|Ambulance Handover|category 2 response|urgent treatment centre|Urgent Treatment Centre|walk-in centre|minor injuries unit|GP appointments|GP Access|8am scramble|
online consultation|Repeat Prescription|repeat prescriptions|prescription charges|Pharmacy First|pharmacy closures|dental deserts|NHS Dentist|NHS dentistry|Dental Access|waiting lists|Waiting List|18 weeks|
elective recovery|Elective Hub|cancer waits|62 day target|Faster Diagnosis|breast screening|Breast Screening|bowel screening|cervical screening|lung health check|Lung Health Check|prostate cancer|
Pancreatic Cancer|sepsis|Stroke Unit|stroke care|Heart Failure|heart attack|blood pressure check|NHS Health Check|diabetes|Type 2 Diabetes|diabetic eye screening|obesity|weight loss jabs|Mounjaro|
Wegovy|HRT shortage|ADHD medication|ADHD Assessment|autism assessment|Autism Waiting List|CAMHS|Camhs Waiting Times|mental health crisis|Crisis Line|talking therapies|Talking Therapies|Section 136|
Art Therapy|Art Room|Music Therapy|play therapy|speech and language therapy|occupational therapy|physiotherapy|Podiatry|audiology|Hearing Aids|hearing loss|eye clinic|glaucoma clinic|Sight Loss|
maternity services|Maternity Unit|maternity review|Home Birth|home birth team|birth centre|Birth Centre|midwife led unit|neonatal unit|Special Care Baby Unit|health visitor|Health Visiting|breastfeeding support|
infant feeding|child health clinic|Childhood Immunisations|school nurse|School Nursing|young carers|Young Carers|paediatric ward|children's ward|Day Surgery|day case unit|operating theatre|Theatre Lists|
hip replacement|Knee Surgery|cataract surgery|fracture clinic|Fracture Clinic|X-ray|MRI Scan|CT scan|blood tests|Blood Test|phlebotomy|Test Results|patient letters|Missed Appointments|did not attend|
patient transport|Patient Transport|hospital parking|Parking Charges|hospital food|Hospital Food|visiting hours|Visiting Times|mixed sex wards|Same Sex Wards|dignity|infection control|norovirus|MRSA|C diff|
hand hygiene|RAAC|leaking roof|Estates Backlog|New Hospital Programme|hospital rebuild|ward closure|Ward Closures|bed closures|Bed Cuts|service change|Public Consultation|merger of practices|list closure|
primary care network|Integrated Care Board|integrated care system|Neighbourhood Health|neighbourhood teams|Community Diagnostic Centre|community nursing|District Nursing|district nurses|virtual ward|Virtual Wards|
hospital at home|discharge to assess|Delayed Discharge|care homes|Care Home|continuing healthcare|social care|Social Prescribing|end of life care|End Of Life Care|palliative care|hospice funding|
Dementia Care|dementia friendly|Memory Clinic|learning disability|Learning Disabilities|annual health check|interpreter|Interpreting Services|accessible information|British Sign Language|health inequalities|
Core20PLUS5|fuel poverty|Warm Spaces|food banks|Vape Ban|stop smoking|Stop Smoking Service|alcohol services|Drug Services|needle exchange|sexual health|Sexual Health Clinic|contraception|Fertility Treatment|
IVF funding|Long Covid|long covid clinic|chronic fatigue|ME clinic|Chronic Pain|pain clinic|sickle cell|Sickle Cell|thalassaemia|blood donation|Organ Donation|transplant list|kidney dialysis|Renal Unit|
endoscopy|colonoscopy|Skin Cancer|mole clinic|dermatology|eczema|asthma inhaler|Asthma Clinic|COPD|Oxygen Supply|sleep apnoea|Sleep Clinic|falls clinic|Falls Prevention|frailty|Osteoporosis|
patient safety|Patient Safety|never events|Duty Of Candour|PALS|complaints process|friends and family test|CQC rating|CQC Inspection|Healthwatch|patient records|NHS App|shared care record|data breach|
cyber attack|Cyber Attack|IT outage|electronic patient record|phone lines|Phone Queue|NHS 111|111 online|999|Emergency Care|emergency department|resident doctors|nursing bursary|International Recruitment|
volunteer drivers|Hospital Radio|League of Friends|Spring Booster|Summer Planner|Winter Vaccination|Page One|Ash Grove|Kit List|First Aid Kit|Chip Shop|Dot Matrix|Herb Garden|Chase Farm Hospital|Noble House
"""
NAMES = (
    "Art Wells", "Dot Banks", "Herb Price", "Ned Wells", "Kit Harding", "Reg Banks", "Viv Brook", "Norm Price", "Ash Wells", "Christian Banks",
    "Jane Smith House", "Jane Smith Street", "Jane Smith Park", "Mark Long House", "Reg Price Court", "Priya Balasundaram Park", "Tobias Wexford Street", "Art Wells clinic",
)  # fmt: skip


def waits(term: str) -> bool:
    """Whether a lead alone can't save it."""
    return bool(search_terms.in_term(term, frozenset())) or bool(known_words.unknown(term, phrase=True))  # fmt: skip


def test_ordinary_terms_and_places_are_saved_in_one_step() -> None:
    terms = [term.strip() for term in ORDINARY.replace("\n", "").split("|") if term.strip()]
    assert len(terms) > 250
    assert [term for term in terms if waits(term)] == []
    listed = sorted(place.title() for place in places())
    sites = [f"{place} {what}" for place in listed[::7] for what in ("Hospital", "Health Centre")]
    assert [term for term in sites if waits(term)] == []


@pytest.mark.parametrize("term", NAMES)
def test_a_given_and_a_family_name_wait_for_two_also_before_a_house_a_street_or_a_park(term: str) -> None:  # fmt: skip
    assert waits(term)
