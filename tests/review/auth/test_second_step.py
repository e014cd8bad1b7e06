"""A code beside the password: set up, asked for, used once, lost, reset by another person; required of some roles in time."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from core.errors import StoreError
from core.models import Role
from review.auth import second_step, users
from review.auth.second_step import HALF_IN, step_of
from review.auth.sessions import COOKIE
from review.auth.tries import Delays
from review.context import AppContext
from tests.review.conftest import House
from tests.review.factories import NOW, PASSWORD, QUICKLY_CHECKED, session
from tests.review.pages import Tags

PATH = "/account/second-step"


def browser(house: House, address: str = "192.0.2.1") -> httpx.Client:
    """A browser of its own, which holds cookies as one does over TLS."""
    jar: dict[str, str] = {}

    def sent(request: httpx.Request) -> None:
        request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())

    def came(response: httpx.Response) -> None:
        for line in response.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            jar[name] = rest.partition(";")[0].strip('"')
            if "Max-Age=0" in line:
                del jar[name]

    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address}
    client = httpx.Client(
        base_url=house.url,
        headers=headers,
        timeout=30,
        event_hooks={"request": [sent], "response": [came]},
    )
    client.jar = jar  # type: ignore[attr-defined]
    return client


def types_password(client: httpx.Client, name: str = "amina", back: str = "") -> httpx.Response:
    return client.post("/sign-in", data={"name": name, "password": PASSWORD, "back": back})


def code(house: House, who: str = "amina", steps: int = 0) -> str:
    secret = house.store.second_steps.of(house.who[who]).secret
    return pyotp.TOTP(secret).at(house.desk.now() + timedelta(seconds=30 * steps))


def sets_up(house: House, who: str = "amina") -> list[str]:
    """Somebody sets it up; their recovery codes."""
    with house.asks(who) as client:
        assert client.post(PATH, data={"do": "begin", "password": PASSWORD}).status_code == 303
        answer = client.post(PATH, data={"do": "confirm", "code": code(house, who)})
        assert answer.status_code == 200
    return re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}\b", answer.text)


@pytest.fixture
def later(fresh: House) -> AppContext:
    """The page, half a minute after it was set up: the code of the set-up can't be used again."""
    sets_up(fresh)
    at = NOW + timedelta(seconds=60)
    fresh.desk.now = lambda: at
    return fresh.desk


def test_setting_it_up_takes_the_password_a_picture_and_the_first_code(fresh: House) -> None:
    with fresh.asks() as client:
        assert "Set it up" in client.get(PATH).text
        assert client.post(PATH, data={"do": "begin", "password": "wrong"}).status_code == 422
        assert fresh.store.second_steps.of(fresh.who["amina"]).secret == ""
        client.post(PATH, data={"do": "begin", "password": PASSWORD})
        shown = client.get(PATH)
        secret = fresh.store.second_steps.of(fresh.who["amina"]).secret
        assert Tags(shown.text).all("svg")
        assert secret in shown.text.replace(" ", "")
        assert client.post(PATH, data={"do": "confirm", "code": "000000"}).status_code == 422
        assert fresh.store.second_steps.of(fresh.who["amina"]).confirmed_at is None
        came = client.post(PATH, data={"do": "confirm", "code": code(fresh)})
        assert "shown this once" in came.text
        assert secret not in client.get(PATH).text.replace(" ", "")
    assert fresh.store.second_steps.of(fresh.who["amina"]).codes == 10


def test_neither_secret_nor_recovery_code_can_be_read_from_the_store(fresh: House) -> None:
    codes = sets_up(fresh)
    secret = fresh.store.second_steps.of(fresh.who["amina"]).secret
    written = fresh.store.database.path.read_bytes()
    assert len(codes) == 10
    for private in (secret, *codes, *(each.replace("-", "") for each in codes)):
        assert private.encode() not in written


def test_the_password_alone_opens_nothing(fresh: House, later: AppContext) -> None:
    with browser(fresh) as client:
        answer = types_password(client, back="/all")
        assert answer.headers["location"] == "/sign-in/code"
        assert COOKIE not in client.jar  # type: ignore[attr-defined]
        assert client.get("/all").headers["location"].startswith("/sign-in")
        assert client.get("/sign-in/code").status_code == 200
        assert client.post("/sign-in/code", data={"code": "123456"}).status_code == 422
        came = client.post("/sign-in/code", data={"code": code(fresh)})
        assert (came.status_code, came.headers["location"]) == (303, "/all")
        assert client.get("/all").status_code == 200


def test_a_code_works_once_and_not_before_or_long_after(fresh: House, later: AppContext) -> None:
    used = code(fresh)
    with browser(fresh) as one:
        types_password(one)
        assert one.post("/sign-in/code", data={"code": used}).status_code == 303
    with browser(fresh) as other:
        types_password(other)
        assert other.post("/sign-in/code", data={"code": used}).status_code == 422
        for steps in (-2, -1, 1, 2):
            early = {"code": code(fresh, steps=steps)}
            assert other.post("/sign-in/code", data=early).status_code == 422


def test_the_code_of_the_step_before_is_taken_for_who_types_slowly() -> None:
    secret = pyotp.random_base32()
    app, seconds = pyotp.TOTP(secret), 1_800_000_000
    assert step_of(secret, app.at(seconds), seconds) == seconds // 30
    assert step_of(secret, app.at(seconds - 30), seconds) == seconds // 30 - 1
    assert step_of(secret, app.at(seconds - 60), seconds) is None
    assert step_of(secret, app.at(seconds + 30), seconds) is None


def test_rfc_6238_s_own_figures_hold() -> None:
    """Appendix B, by SHA-1, of whose eight digits the last six are asked for."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, digits in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert step_of(secret, digits, seconds) == seconds // 30


def test_a_recovery_code_works_once_however_it_is_typed(fresh: House) -> None:
    codes = sets_up(fresh)
    typed = codes[0].lower().replace("-", " ")
    with browser(fresh) as one:
        types_password(one)
        assert one.post("/sign-in/code", data={"code": typed}).status_code == 303
    with browser(fresh) as other:
        types_password(other)
        assert other.post("/sign-in/code", data={"code": typed}).status_code == 422
        assert other.post("/sign-in/code", data={"code": codes[1]}).status_code == 303
    assert fresh.store.second_steps.of(fresh.who["amina"]).codes == 8
    with fresh.asks() as client:
        assert "8 recovery codes are left" in client.get(PATH).text


def test_another_persons_recovery_code_does_not_work(fresh: House) -> None:
    sets_up(fresh)
    theirs = sets_up(fresh, "bea")
    with browser(fresh) as client:
        types_password(client)
        assert client.post("/sign-in/code", data={"code": theirs[0]}).status_code == 422


def test_guessing_codes_is_slowed_down_and_written_down(fresh: House, later: AppContext) -> None:
    later.codes = Delays(free=3, longest=300.0, now=lambda: 0.0)
    with browser(fresh) as client:
        types_password(client)
        found = [
            client.post("/sign-in/code", data={"code": f"{n:06}"}).status_code for n in range(6)
        ]
        assert found == [422] * 4 + [429] * 2
    events = [event.about for event in fresh.store.audit.events() if event.kind == "sign-in failed"]
    assert events == [{"user": fresh.who["amina"], "wrong": "code", "tries": 1}] * 4


def test_who_guesses_codes_elsewhere_keeps_the_owner_out_of_no_browser_of_theirs(
    fresh: House, later: AppContext
) -> None:
    later.codes = Delays(free=2, longest=300)
    with browser(fresh) as owner, browser(fresh, "198.51.100.7") as stranger:
        types_password(owner)
        owner.post("/sign-in/code", data={"code": code(fresh)})  # by this the browser is known
        owner.post("/sign-out")
        types_password(stranger)
        for _ in range(8):
            last = stranger.post("/sign-in/code", data={"code": "000000"})
        assert last.status_code == 429
        at = later.now() + timedelta(seconds=60)
        later.now = lambda: at
        types_password(owner)
        assert owner.post("/sign-in/code", data={"code": code(fresh)}).status_code == 303
        assert stranger.post("/sign-in/code", data={"code": "000000"}).status_code == 429


def test_half_a_sign_in_is_over_after_ten_minutes_and_with_another_password(
    fresh: House, later: AppContext
) -> None:
    with browser(fresh) as client:
        types_password(client)
        half = client.jar[HALF_IN]  # type: ignore[attr-defined]
        fresh.store.users.change(fresh.who["amina"], secret="another", at=NOW)
        assert client.post("/sign-in/code", data={"code": code(fresh)}).status_code == 422
    fresh.store.users.change(fresh.who["bea"], secret="another", at=NOW)
    with browser(fresh) as client:
        client.jar[HALF_IN] = half[:-2] + "aa"  # type: ignore[attr-defined]
        assert client.get("/sign-in/code").headers["location"] == "/sign-in"
    over = NOW + timedelta(minutes=12)
    later.now = lambda: over
    with browser(fresh) as client:
        client.jar[HALF_IN] = half  # type: ignore[attr-defined]
        assert client.get("/sign-in/code").headers["location"] == "/sign-in"


def test_a_link_to_choose_a_password_does_not_get_past_it(fresh: House) -> None:
    sets_up(fresh)
    token = fresh.store.sign_in_links.make(
        fresh.who["amina"], at=NOW, until=NOW + timedelta(hours=1)
    )
    new = {"password": "otter marble lantern", "again": "otter marble lantern"}
    with browser(fresh) as client:
        assert client.post(f"/welcome/{token}", data=new).headers["location"] == "/sign-in/code"
        assert COOKIE not in client.jar  # type: ignore[attr-defined]


def test_turning_it_off_and_other_codes_take_the_password(fresh: House) -> None:
    before = sets_up(fresh)
    with fresh.asks() as client:
        for do in ("off", "codes"):
            assert client.post(PATH, data={"do": do, "password": "wrong"}).status_code == 422
        after = client.post(PATH, data={"do": "codes", "password": PASSWORD})
        assert before[0] not in after.text
        assert not fresh.store.second_steps.use_code(
            fresh.who["amina"], before[0].replace("-", ""), at=NOW
        )
        assert client.post(PATH, data={"do": "off", "password": PASSWORD}).status_code == 303
    assert fresh.store.second_steps.of(fresh.who["amina"]).confirmed_at is None
    with browser(fresh) as client:
        assert types_password(client).headers["location"] == "/"


# ── required ─────────────────────────────────────────────────────────────────────────────────────


def required(house: House, *, days: int = 14) -> None:
    sign_in = house.desk.file.review.sign_in.model_copy(
        update={"second_step_roles": ("reviewer",), "grace_days": days}
    )
    review = house.desk.file.review.model_copy(update={"sign_in": sign_in})
    house.desk.file = house.desk.file.model_copy(update={"review": review})


def test_who_needs_one_has_some_days_and_then_nothing_else_opens(fresh: House) -> None:
    required(fresh)
    with browser(fresh) as client:
        types_password(client)
        assert client.get("/today").status_code == 200
        assert "Your role needs a second step by" in client.get(PATH).text
        at = NOW + timedelta(days=14, minutes=1)
        fresh.desk.now = lambda: at
        types_password(client)
        assert client.get("/today").headers["location"] == PATH
        assert client.post("/cases/1/decide").headers["location"] == PATH
        assert "Set it up now" in client.get(PATH).text
        client.post(PATH, data={"do": "begin", "password": PASSWORD})
        client.post(PATH, data={"do": "confirm", "code": code(fresh)})
        assert client.get("/today").status_code == 200


@pytest.mark.parametrize(("handle", "role", "opens"), [
    ("gwen", "governance", False), ("ada", "admin", False), ("amina", "guardian", False), ("amina", "lead", True),
])  # fmt: skip
def test_governance_the_guardian_and_administrators_set_it_up_as_they_first_sign_in(
    fresh: House, handle: str, role: Role, opens: bool
) -> None:
    sign_in = fresh.desk.file.review.sign_in
    assert sign_in.grace_days == 14
    fresh.store.users.change(fresh.who["bea"], roles=("admin",), at=NOW)  # one stays
    fresh.store.users.change(fresh.who[handle], roles=(role,), secret=QUICKLY_CHECKED.hash(PASSWORD), at=NOW)  # fmt: skip
    with browser(fresh) as client:
        types_password(client, handle)
        home = "/guardian" if role == "guardian" else "/all"
        answer = client.get(home)
        assert (answer.headers.get("location") != PATH) is opens
        if not opens:
            alone = client.get(PATH).text  # with nothing of the desk around it
            assert 'role="search"' not in alone
            assert 'id="tabs"' not in alone
            assert 'id="new-items"' not in alone
            assert 'action="/sign-out"' in alone
            client.post(PATH, data={"do": "begin", "password": PASSWORD})
            client.post(PATH, data={"do": "confirm", "code": code(fresh, handle)})
            assert client.get(home).status_code == 200


def test_turning_it_off_and_on_gains_no_days(fresh: House) -> None:
    required(fresh, days=0)
    with browser(fresh) as client:
        types_password(client)
        client.post(PATH, data={"do": "begin", "password": PASSWORD})
        client.post(PATH, data={"do": "confirm", "code": code(fresh)})
        assert client.get("/today").status_code == 200
        client.post(PATH, data={"do": "off", "password": PASSWORD})
        assert client.get("/today").headers["location"] == PATH


def test_who_has_no_such_role_is_asked_for_nothing(fresh: House) -> None:
    required(fresh, days=0)
    with browser(fresh) as client:
        types_password(client, "vera")
        assert client.get("/today").status_code == 200
        assert "Your role needs" not in client.get(PATH).text


def test_those_with_power_over_others_need_one_unless_config_says_otherwise(fresh: House) -> None:
    assert set(fresh.desk.file.review.sign_in.second_step_roles) == {
        "lead",
        "governance",
        "guardian",
        "safeguarding",
        "admin",
    }


# ── reset ────────────────────────────────────────────────────────────────────────────────────────


def reset(house: House, who: str, about: str, do: str = "reset") -> httpx.Response:
    with house.asks(who) as client:
        return client.post(f"/people/{house.who[about]}/second-step", data={"do": do})


def test_an_administrator_resets_anothers_which_is_recorded_and_ends_their_sessions(
    fresh: House,
) -> None:
    sets_up(fresh, "vera")
    held = session(fresh.store, fresh.who["vera"])
    assert reset(fresh, "ada", "vera").headers["location"].endswith("?done=reset")
    assert fresh.store.second_steps.of(fresh.who["vera"]).confirmed_at is None
    assert fresh.store.sessions.get(held, at=NOW, idle=timedelta(hours=1)) is None
    events = [
        event.about for event in fresh.store.audit.events() if event.kind == "second step reset"
    ]
    assert events == [{"user": fresh.who["vera"], "by": fresh.who["ada"]}]


def test_nobody_resets_their_own_and_nobody_else_may(fresh: House) -> None:
    sets_up(fresh, "ada")
    answer = reset(fresh, "ada", "ada")
    assert "Nobody resets their own" in answer.text
    assert reset(fresh, "amina", "ada").status_code == 403
    assert fresh.store.second_steps.of(fresh.who["ada"]).confirmed_at is not None


def test_that_of_governance_takes_a_second_person_who_neither_asked_nor_owns_it(
    fresh: House,
) -> None:
    fresh.who["gil"] = fresh.store.users.add(
        "local", "gil", "Gil Stone", ["governance"], at=NOW
    ).number
    sets_up(fresh, "gwen")
    assert reset(fresh, "ada", "gwen").headers["location"].endswith("?done=asked")
    whose = fresh.who["gwen"]
    assert fresh.store.second_steps.of(whose).confirmed_at is not None
    assert reset(fresh, "gwen", "gwen", "agree").status_code == 422
    assert reset(fresh, "ada", "gwen", "agree").status_code == 403
    with fresh.asks("gil") as client:
        assert (
            "Gwen"
            in client.get("/governance").text.split("second step of signing in is to be reset")[0][
                -200:
            ]
        )
        assert "Before you agree" in client.get(f"/people/{whose}/second-step").text
    assert reset(fresh, "gil", "gwen", "agree").headers["location"].endswith("?done=reset")
    assert fresh.store.second_steps.of(whose).confirmed_at is None
    kinds = [event.kind for event in fresh.store.audit.events()]
    assert "second step reset asked" in kinds
    assert "second step reset" in kinds


def test_a_refused_reset_changes_nothing(fresh: House) -> None:
    fresh.who["gil"] = fresh.store.users.add(
        "local", "gil", "Gil Stone", ["governance"], at=NOW
    ).number
    sets_up(fresh, "gwen")
    reset(fresh, "ada", "gwen")
    assert reset(fresh, "gil", "gwen", "refuse").headers["location"].endswith("?done=refused")
    assert fresh.store.second_steps.of(fresh.who["gwen"]).confirmed_at is not None
    assert fresh.store.second_steps.waiting_resets() == []


def link(house: House, who: str, about: str) -> httpx.Response:
    with house.asks(who) as client:
        return client.post(f"/people/{house.who[about]}/link")


@pytest.mark.parametrize("first", ["reset", "link"])
def test_a_reset_and_a_link_of_one_account_are_a_day_apart_whichever_comes_first(
    fresh: House, first: str
) -> None:
    sets_up(fresh, "vera")
    vera, ada = fresh.store.users.get(fresh.who["vera"]), fresh.who["ada"]
    assert vera is not None
    page = {"reset": reset, "link": link}
    second = "link" if first == "reset" else "reset"
    work = second_step.reset if second == "reset" else users.link
    assert page[first](fresh, "ada", "vera").status_code in (200, 303)
    refused = page[second](fresh, "ada", "vera")
    assert refused.status_code == 422
    assert "within the last 24 hours" in refused.text
    with pytest.raises(StoreError, match="waits until"):
        work(fresh.store, fresh.desk.file, vera, at=NOW + timedelta(hours=23), by=ada)
    work(fresh.store, fresh.desk.file, vera, at=NOW + timedelta(hours=24), by=ada)


def test_at_the_machine_both_can_be_done_at_once(fresh: House) -> None:
    sets_up(fresh, "vera")
    vera = fresh.store.users.get(fresh.who["vera"])
    assert vera is not None
    assert not second_step.reset(fresh.store, fresh.desk.file, vera, at=NOW, login="root")
    assert users.link(fresh.store, fresh.desk.file, vera, at=NOW, login="root")


def test_after_a_reset_whoever_needs_one_sets_it_up_before_anything_else(fresh: House) -> None:
    sets_up(fresh, "bea")
    reset(fresh, "ada", "bea")
    with browser(fresh) as client:
        assert types_password(client, "bea").status_code == 303
        assert client.get("/today").headers["location"] == PATH


def test_leads_and_governance_see_a_reset_on_their_pages(fresh: House) -> None:
    sets_up(fresh, "vera")
    reset(fresh, "ada", "vera")
    for who, path in (("bea", "/overview"), ("gwen", "/governance")):
        with fresh.asks(who) as client:
            assert "Reset the second step of" in client.get(path).text, who


def test_the_picture_is_shapes_alone_and_holds_no_style(fresh: House) -> None:
    sets_up(fresh)
    with fresh.asks("bea") as client:
        client.post(PATH, data={"do": "begin", "password": PASSWORD})
        text = client.get(PATH).text
    drawn = text[text.index("<svg") : text.index("</svg>")]
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert second_step.STEP == 30
