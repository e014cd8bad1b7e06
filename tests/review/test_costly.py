"""One person's costly requests hold up nobody else, and those that come too often are told so at once."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from starlette.responses import PlainTextResponse, Response

from review import app
from review.app import OVER_WEEKS, SEARCHES
from review.context import endpoint
from review.costly import OF_ONE, WAITING, CostlyLane, everyday
from review.middleware import RateLimiter
from tests.review.conftest import House
from tests.waits import in_a_thread


def request(person: int) -> Any:
    signed = SimpleNamespace(user=SimpleNamespace(number=person))
    return SimpleNamespace(
        scope={"signed": signed, "session_id": f"s{person}"}, url=SimpleNamespace(path="/weekly")
    )


@in_a_thread
async def test_one_person_gets_one_thread_and_another_is_answered_meanwhile() -> None:
    lane, go, order = CostlyLane(threads=2), threading.Event(), []

    def slow() -> Response:
        go.wait(10)
        order.append("first")
        return PlainTextResponse("slow")

    def quick() -> Response:
        order.append("second")
        go.set()
        return PlainTextResponse("quick")

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(lane.run, request(1), slow)
        await anyio.sleep(0.05)
        tasks.start_soon(lane.run, request(2), quick)
    assert order[0] == "second"
    assert order.count("first") == 5
    assert lane._of_person == {}


@in_a_thread
async def test_more_than_may_wait_are_turned_away_and_nobody_elses_are() -> None:
    lane, go, answers = CostlyLane(threads=2, waiting=3), threading.Event(), []

    def slow() -> Response:
        go.wait(10)
        return PlainTextResponse("slow")

    async def ask(person: int) -> None:
        answers.append((person, (await lane.run(request(person), slow)).status_code))

    async with anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(ask, 1)
        await anyio.sleep(0.05)
        assert answers == [(1, 429)] * 3
        tasks.start_soon(ask, 2)
        await anyio.sleep(0.05)
        go.set()
    assert sorted(answers) == [(1, 200)] * 3 + [(1, 429)] * 3 + [(2, 200)]


@in_a_thread
async def test_a_page_that_is_asked_for_again_and_again_is_refused_before_any_work() -> None:
    worked = []
    lane = CostlyLane(threads=2, rate=RateLimiter(most=2, each=0.001))

    def work() -> Response:
        worked.append(1)
        return PlainTextResponse("x")

    answers = [await lane.run(request(1), work) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"]
    assert b"Wait 10 seconds" in bytes(answers[-1].body)
    assert b'href="/today"' in bytes(answers[-1].body)
    assert len(worked) == 2


@in_a_thread
async def test_of_everyday_pages_one_person_gets_two_threads_at_a_time_and_a_bounded_queue() -> (
    None
):
    lane, go, busy, most, answers = everyday(), threading.Event(), [], [], []

    def slow() -> Response:
        busy.append(1)
        most.append(len(busy))
        go.wait(20)
        busy.pop()
        return PlainTextResponse("slow")

    async def ask(person: int) -> None:
        answers.append((person, (await lane.run(request(person), slow)).status_code))

    async with anyio.create_task_group() as tasks:
        for _ in range(100):
            tasks.start_soon(ask, 1)
        await anyio.sleep(0.2)
        assert answers == [(1, 429)] * (100 - WAITING)
        assert max(most) == OF_ONE == 2
        tasks.start_soon(ask, 2)
        await anyio.sleep(0.2)
        assert max(most) == 3  # another person is begun at once
        go.set()
    assert answers.count((1, 200)) == WAITING
    assert (2, 200) in answers


@in_a_thread
async def test_those_who_are_not_signed_in_turn_nobody_away() -> None:
    lane = everyday()
    nobody: Any = SimpleNamespace(scope={}, url=SimpleNamespace(path="/sign-in"))
    statuses: list[int] = []

    async def ask() -> None:
        statuses.append((await lane.run(nobody, lambda: PlainTextResponse("x"))).status_code)

    async with anyio.create_task_group() as tasks:
        for _ in range(200):
            tasks.start_soon(ask)
    assert statuses == [200] * 200


def test_every_address_has_a_limit_for_one_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes: list[object] = []

    def seen(view: object, lane: object = None) -> object:
        lanes.append(lane)
        return endpoint(view, lane)  # type: ignore[arg-type]

    monkeypatch.setattr(app, "endpoint", seen)
    app.create_app(house.desk)
    assert len(lanes) == len((*app.GET, *app.OIDC, *app.POST))
    assert all(isinstance(lane, CostlyLane) for lane in lanes)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_forty_at_once_are_all_answered_and_today_is_not_kept_waiting(fresh: House) -> None:
    """That it is quick is bench.review_page's to say: here, that nobody gets an error and nobody waits for all of them."""
    statuses: list[int] = []
    begun, done_before = threading.Barrier(41), []

    def viewer(client: httpx.Client) -> None:
        begun.wait()
        statuses.append(client.get("/weekly", timeout=60).status_code)

    clients = [fresh.asks() for _ in range(40)]
    threads = [threading.Thread(target=viewer, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    with fresh.asks() as lead:
        begun.wait()
        assert lead.get("/today", timeout=60).status_code == 200
        done_before.append(len(statuses))
    for thread, client in zip(threads, clients, strict=True):
        thread.join()
        client.close()
    assert statuses == [200] * 40
    assert done_before[0] < 40


def test_what_reads_weeks_or_everything_stands_in_a_lane(house: House) -> None:
    assert {"/weekly", "/trends", "/quality", "/exports", "/audit", "/looked-at"} <= OVER_WEEKS
    assert "/all" in SEARCHES
    with house.asks("") as nobody:
        answer: httpx.Response = nobody.get("/weekly")
        assert answer.status_code == 303
