"""Whether errors fall alike: by group spoken of, dialect and spelling, platform and length.

For each group: of mentions with no true flag, how many were flagged; of those not high, how many were
told to be high; of flagged ones, how many were missed; of high ones, how many were not told to be high.
Each with Wilson's interval and the difference to all other mentions (Newcombe), and that difference
within classes of length, since long texts draw more flags whoever they speak of. And whether protected
speech (complaint, criticism, whistleblowing, union matters) is raised above what the risk table gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import emoji
import numpy as np
from numpy.typing import NDArray

from classify import risk
from classify.evaluation.metrics import Bools, Case
from classify.policy.schema import Policy
from classify.text.lexicon import english, given_names
from core.models import PROTECTED, RISKS, Flag, Risk
from core.statistics import Share, difference, pooled

# ── The words by which fairness is measured: whom a text speaks of, and how it is written. ────────
#
# A word list finds texts, not people: 'black' may be a coat, and 'bare' mostly is no dialect. It says where
# to look. `x*` stands for every word that begins with x. Slurs are in it, since texts with them speak of
# the group too. Characteristics are those of the Equality Act 2010; the groups are the larger ones of
# North West London (Census 2021) and those that HateCheck (Röttger et al. 2021) tests.

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


# ── How far errors differ between a group and the rest. ──────────────────────────────────────────

FEWEST = 10  # rows; of fewer, nothing is said
MEASURES = ("flagged needlessly", "high needlessly", "flag missed", "high missed")
UNUSUAL = 0.15  # share of words outside the common list from which a text counts as unusual
LENGTHS = ((0, 10), (11, 25), (26, 50), (51, 1 << 30))  # words

Holds = Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one group: `share` had the error, and the interval of its difference to the rest."""

    share: Share
    rest: Share
    alike: tuple[float, float, float] | None = None  # the difference among texts of like length

    @property
    def gap(self) -> tuple[float, float, float]:
        """The difference to the rest, with its interval's low and high."""
        return (self.share.value - self.rest.value, *difference(self.share, self.rest))

    @property
    def marked(self) -> bool:
        """Whether the interval of the difference excludes 0."""
        _, low, high = self.gap
        return bool(self.share.count and self.rest.count) and not low <= 0 <= high

    @property
    def stays(self) -> bool:
        """Whether the difference is marked and stays so among texts of like length."""
        return self.marked and self.alike is not None and not self.alike[1] <= 0 <= self.alike[2]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of mentions; `rates` by MEASURES, without those of fewer than `FEWEST` rows."""

    kind: str
    name: str
    count: int
    rates: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class Raised:
    """Protected speech of one kind: how often it was told a higher risk than its labels earn."""

    name: str
    share: Share
    rest: Share


@dataclass(frozen=True, slots=True)
class Fairness:
    """All groups, and protected speech. `compared` differences were looked at; see Rate for the marks."""

    groups: Sequence[Group]
    too_few: Sequence[Group]  # of which nothing can be said
    raised: Sequence[Raised]
    compared: int
    marked: int
    stays: int


def fairness(cases: Sequence[Case], policy: Policy) -> Fairness:
    """Every group; apart, those of which the file holds too few mentions."""
    errors = _errors(cases)
    all_groups = [
        _group(kind, name, np.array([holds(case) for case in cases], dtype=bool), errors)
        for kind, name, holds in groupings(sorted({case.line.platform for case in cases}))
    ]
    groups = [group for group in all_groups if group.count >= FEWEST and group.rates]
    rates = [rate for group in groups for rate in group.rates.values()]
    marked, stays = sum(rate.marked for rate in rates), sum(rate.stays for rate in rates)
    return Fairness(
        groups=groups, too_few=[group for group in all_groups if group not in groups],
        raised=protected(cases, policy), compared=len(rates), marked=marked, stays=stays,
    )  # fmt: skip


def groupings(platforms: Sequence[str]) -> Iterator[tuple[str, str, Holds]]:
    """Kind, name, and whether a case belongs; groups may overlap."""
    for characteristic, groups in GROUPS.items():
        if len(groups) > 1:
            yield "speaks of", characteristic, _spoken(" ".join(groups.values()))
        for name, words in groups.items():
            yield "speaks of", f"- {name}" if len(groups) > 1 else name, _spoken(words)
    for name, words in DIALECTS.items():
        yield "written in", name, _spoken(words)
    yield "written in", "short forms", _spoken(SHORT_FORMS)
    yield (
        "written in",
        "unusual words",
        lambda case: unknown(case.line.text) >= UNUSUAL,
    )
    yield "written in", "mostly capitals", lambda case: shouted(case.line.text)
    yield "written in", "emoji", lambda case: emoji.emoji_count(case.line.text) > 0
    yield "written in", "not English", lambda case: case.answer["language"] not in ("en", "und")
    for platform in platforms:
        yield "platform", platform, _on(platform)
    for stratum, (low, high) in enumerate(LENGTHS):
        name = f"{low} to {high} words" if high < 1 << 30 else f"{low} words and more"
        yield "length", name, _long(stratum)


def _on(platform: str) -> Holds:
    return lambda case: case.line.platform == platform


def _long(stratum: int) -> Holds:
    return lambda case: _length(case) == stratum


def _spoken(words: str) -> Holds:
    pattern = spoken(words)
    return lambda case: pattern.search(case.line.text) is not None


@cache
def spoken(words: str) -> re.Pattern[str]:
    """Finds any of a list of fairness.py in a text: `x*` begins with x, `_` is a blank or hyphen."""
    any_of = "|".join(
        re.escape(word).replace("_", r"[\s-]+").replace(r"\*", r"\w*") for word in words.split()
    )
    return re.compile(rf"(?<![\w@#])(?:{any_of})(?!\w)", re.IGNORECASE)


def unknown(text: str) -> float:
    """The share of words in lower case that are neither in english.txt nor given names."""
    words = re.findall(r"(?<![\w@#/.])[a-z][a-z']{2,}(?![\w@])", re.sub(r"https?://\S+", " ", text))
    known = english() | given_names()
    strange = [word for word in words if word.removesuffix("'s") not in known and "'" not in word]
    return len(strange) / len(words) if len(words) >= 4 else 0.0


def shouted(text: str) -> bool:
    """Whether more than half of its letters, and 20 at least, are capitals."""
    capitals = sum(letter.isupper() for letter in text)
    return capitals >= 20 and capitals > 0.5 * sum(letter.isalpha() for letter in text)


@dataclass(frozen=True, slots=True)
class _Errors:
    """By MEASURES: of which mentions it is asked, and which are wrong; each text's class of length."""

    eligible: Sequence[Bools]
    wrong: Sequence[Bools]
    lengths: NDArray[np.intp]


def _errors(cases: Sequence[Case]) -> _Errors:
    def match_cases(holds: Holds) -> Bools:
        return np.array([holds(case) for case in cases], dtype=bool)

    true, predicted = (
        match_cases(lambda case: bool(case.true)),
        match_cases(lambda case: bool(case.predicted)),
    )
    rated = match_cases(lambda case: "risk" in case.labels)
    high = match_cases(lambda case: bool(case.labels.get("risk") == "high"))
    told_high = match_cases(lambda case: bool(case.answer["risk"] == "high"))
    return _Errors(
        eligible=(~true, rated & ~high, true, high),
        wrong=(predicted, told_high, ~predicted, ~told_high),
        lengths=np.array([_length(case) for case in cases], dtype=np.intp),
    )


def _group(kind: str, name: str, belongs: Bools, errors: _Errors) -> Group:
    rates = {}
    for measure, eligible, wrong in zip(MEASURES, errors.eligible, errors.wrong, strict=True):
        own, rest = _shares(belongs, eligible, wrong)
        if own.count >= FEWEST and rest.count:
            strata = [
                _shares(belongs, eligible & (errors.lengths == stratum), wrong)
                for stratum in range(len(LENGTHS))
            ]
            rates[measure] = Rate(own, rest, None if kind == "length" else pooled(strata))
    return Group(kind, name, int(belongs.sum()), rates)


def _shares(belongs: Bools, eligible: Bools, wrong: Bools) -> tuple[Share, Share]:
    """The errors of those who belong, and of the rest."""
    own, rest = eligible & belongs, eligible & ~belongs
    return (
        Share(int((own & wrong).sum()), int(own.sum())),
        Share(int((rest & wrong).sum()), int(rest.sum())),
    )


def _length(case: Case) -> int:
    words = len(case.line.text.split())
    return next(i for i, (_, high) in enumerate(LENGTHS) if words <= high)


def protected(cases: Sequence[Case], policy: Policy) -> list[Raised]:
    """Complaint, criticism, whistleblowing and union matters: raised above what their labels earn?"""
    judged = [case for case in cases if {"staff", "sentiment", "in_scope"} <= set(case.labels)]
    above = {
        id(case): RISKS.index(case.answer["risk"]) < RISKS.index(earned(case, policy))
        for case in judged
    }
    raised = []
    for name, holds in _protected_groups(policy):
        own = [case for case in judged if holds(case)]
        rest = [case for case in judged if not holds(case)]
        shares = [Share(sum(above[id(case)] for case in part), len(part)) for part in (own, rest)]
        if own:
            raised.append(Raised(name, *shares))
    return raised


def earned(case: Case, policy: Policy) -> Risk:
    """What the risk table gives the labels of a case, with its reach."""
    labels = case.labels
    flags = [
        Flag(
            name=flag, score=1.0, clauses=(), target=tuple((labels.get("target") or {}).get(flag, ())),
            harm=(labels.get("harm") or {}).get(flag),
        )
        for flag in sorted(case.true & set(policy.flags))
    ]  # fmt: skip
    return risk.risk_of(
        flags, policy, staff=labels["staff"], in_scope=labels["in_scope"],
        sentiment=labels["sentiment"], protected=labels.get("protected", "none"), followers=case.line.author.followers, shares=case.line.shares,
    )  # fmt: skip


def _protected_groups(policy: Policy) -> Iterator[tuple[str, Holds]]:
    """What protected speech is called, and whether a case is of it."""
    yield (
        "complaint or criticism by the public, no flag",
        lambda case: (
            case.labels["staff"] == "no"
            and case.labels["sentiment"] == "negative"
            and not case.true
        ),
    )
    for value in PROTECTED:
        if value != "none":
            yield f"protected speech: {value}", partial(_of_protected, value)
    for name in policy.names(protected_speech=True):
        yield f"{name} by the public", partial(_of_flag, name, staff=False)
        yield f"{name} by staff", partial(_of_flag, name, staff=True)
    yield "union matters (strike, ballot, RCN ...)", _spoken(UNION)


def _of_protected(value: str, case: Case) -> bool:
    return case.labels.get("protected") == value


def _of_flag(name: str, case: Case, *, staff: bool) -> bool:
    return name in case.true and (case.labels["staff"] != "no") == staff
