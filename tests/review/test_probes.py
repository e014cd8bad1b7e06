"""What machines ask of the page: under any host name, from this machine or with the token alone; counts and ids, nothing else."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from classify.model.onnx_model import SHIPPED
from core import clock
from review.app import create_app
from review.context import AppContext
from review.probes import PATHS
from store import Store, damage
from tests.review.conftest import House
from tests.review.factories import desk
from tests.stores import KEY, new_store, nothing

TOKEN = "0123456789abcdef0123456789abcdef"
NAMES = ("Amina", "Sam Osei", "amina", "example.org")  # of who uses the page, and where mail goes
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def app(tmp_path: Path) -> AppContext:
    """A page over an empty store in which a cycle has just ended."""
    path = tmp_path / "mentions.db"
    new_store(path, nothing)
    with Store.open(path, [KEY]) as store:
        store.job_runs.end(store.job_runs.begin("cycle", clock.now()), clock.now(), failures=0)
    (tmp_path / "token").write_text(TOKEN, "utf-8")
    (tmp_path / "token").chmod(0o600)
    made = desk(lambda: Store.open(path, [KEY]).__enter__())
    made.now = clock.now
    health = made.file.health.model_copy(update={"token": "file:token"})
    return replaced(made, tmp_path, health=health)


def replaced(app: AppContext, folder: Path, **changes: object) -> AppContext:
    app.file = app.file.model_copy(update=changes)
    app.folder = folder
    return app


def asked(app: AppContext, path: str, client: str = "127.0.0.1", **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with TestClient(create_app(app), base_url="http://10.0.0.7", client=(client, 5000)) as browser:
        return browser.get(path, headers=names)


def test_a_probe_asks_over_a_real_connection_under_any_name(house: House) -> None:
    for path in PATHS:
        answer = httpx.get(f"{house.url}{path}", headers={"Host": "probe.example.org"})
        assert answer.status_code in (200, 503), path
        assert answer.headers["cache-control"] == "no-store"
        assert not [name for name in NAMES if name in answer.text]


@pytest.mark.parametrize("path", sorted(PATHS))
def test_another_machine_needs_the_token_and_a_proxy_is_another_machine(
    app: AppContext, path: str
) -> None:
    assert asked(app, path).status_code == 200
    assert asked(app, path, client="::1").status_code == 200
    assert asked(app, path, client="::ffff:127.0.0.1").status_code == 200
    assert asked(app, path, client="192.0.2.7").status_code == 403
    for header in ("X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"):
        assert asked(app, path, **{header: "192.0.2.7"}).status_code == 403
    assert asked(app, path, client="192.0.2.7", Authorization=f"Bearer {TOKEN}").status_code == 200
    assert asked(app, path, client="192.0.2.7", Authorization=f"Bearer {TOKEN[:-1]}").status_code == 403  # fmt: skip
    assert asked(app, path, client="192.0.2.7", Authorization="Bearer ").status_code == 403


PROXIES_ADD = (
    "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Ray", "X-Forwarded-Port", "X-Forwarded-Server", "X-Original-URL",
    "X-Envoy-External-Address", "Fastly-Client-IP",
)  # fmt: skip


@pytest.mark.parametrize("header", PROXIES_ADD)
def test_whatever_a_proxy_adds_makes_it_another_machine(app: AppContext, header: str) -> None:
    assert asked(app, "/metrics", **{header: "1"}).status_code == 403


@pytest.mark.parametrize("path", sorted(PATHS))
def test_where_a_proxy_stands_before_the_page_local_is_what_asks_by_this_machines_name(
    app: AppContext, tmp_path: Path, path: str
) -> None:
    review = app.file.review.model_copy(update={"public_url": "https://mentions.example.org"})
    app = replaced(app, tmp_path, review=review)
    for host in (
        "mentions.example.org",
        "rebound.example.org",
        "10.0.0.7",
        "localhost.example.org",
    ):
        assert asked(app, path, Host=host).status_code == 403, host
        token = f"Bearer {TOKEN}"
        assert asked(app, path, Host=host, Authorization=token).status_code != 403
    for host in ("127.0.0.1", "127.0.0.1:8750", "localhost:8750", "[::1]:8750"):
        assert asked(app, path, Host=host).status_code != 403, host


def test_a_token_that_could_be_guessed_or_is_missing_opens_nothing(
    app: AppContext, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("short", "utf-8")
    assert asked(app, "/livez", client="192.0.2.7", Authorization="Bearer short").status_code == 403
    (tmp_path / "token").unlink()
    assert asked(app, "/livez", client="192.0.2.7", Authorization="Bearer short").status_code == 403


def test_nothing_can_be_sent_to_a_probe(app: AppContext) -> None:
    with TestClient(create_app(app), client=("127.0.0.1", 5000)) as browser:
        assert {browser.post(path).status_code for path in PATHS} == {405}


def test_it_is_ready_and_says_by_id_why_it_is_not(app: AppContext, tmp_path: Path) -> None:
    assert asked(app, "/readyz").json() == {"ready": True, "failed": []}
    at = clock.now() + 4 * HOUR
    app.now = lambda: at
    late = asked(app, "/readyz")
    assert (late.status_code, late.json()) == (503, {"ready": False, "failed": ["cycle"]})


def test_a_damaged_model_is_not_ready_though_the_page_lives(app: AppContext, tmp_path: Path) -> None:  # fmt: skip
    model = tmp_path / "model"
    shutil.copytree(SHIPPED, model)
    replaced(app, tmp_path, classifier=app.file.classifier.model_copy(update={"model": "model"}))
    assert asked(app, "/readyz").json()["failed"] == []
    policy = model / "SHA256SUMS"
    policy.write_text(re.sub(r"^.", "x", policy.read_text("utf-8")), "utf-8")
    assert asked(app, "/readyz").json()["failed"] == ["model"]
    assert asked(app, "/livez").status_code == 200


def test_a_damaged_database_is_not_ready(app: AppContext, tmp_path: Path) -> None:
    with app.open_store() as store:
        damage.note(store.database.path)
    assert asked(app, "/readyz").json()["failed"] == ["database"]
    (damaged,) = read(asked(app, "/metrics"))["mentions_database_damaged"]
    assert damaged.value == 1


def test_a_store_that_another_version_brought_up_to_date_is_not_ready(
    app: AppContext, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "mentions.db", [KEY]) as other:
        made = create_app(replace(app, open_store=lambda: other.beside()))
        with TestClient(made, client=("127.0.0.1", 5000)) as browser:
            with other.database.transaction():
                other.database.execute(
                    "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('store', 'm999_coming', '')"
                )
            assert browser.get("/readyz").json() == {"ready": False, "failed": ["migrations"]}


def test_without_its_store_the_page_lives_and_is_not_ready(app: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "gone" / "mentions.db"
    app.open_store = lambda: Store.open(path, [KEY], create=False)
    assert asked(app, "/livez").status_code == 200
    assert asked(app, "/readyz").json()["failed"] == ["store"]
    (grade,) = read(asked(app, "/metrics"))["mentions_grade"]
    assert grade.value == 2


def read(answer: Any) -> dict[str, list[Any]]:
    return {family.name: family.samples for family in text_string_to_metric_families(answer.text)}


def test_metrics_are_counts_and_ages_that_prometheus_reads(app: AppContext) -> None:
    with app.open_store() as store:
        at = clock.now()
        store.mentions.add_run("x", [], since=at - DAY, at=at - 10 * MINUTE, complete=True)
        store.job_runs.end(store.job_runs.begin("deliver", at), at, failures=0)
    file = app.file.model_copy(update={"collectors": {"x": {"on": True}}})
    answer = asked(replaced(app, app.folder, collectors=file.collectors), "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = read(answer)
    assert families["mentions_faults"] == []
    assert families["mentions_grade"][0].value == 0
    (lag,) = families["mentions_source_lag_seconds"]
    assert lag.labels == {"source": "x"}
    assert 600 <= lag.value < 900
    assert families["mentions_backlog_posts"][0].value == 0
    assert families["mentions_disk_free_bytes"][0].value > 0
    labels = {name for samples in families.values() for sample in samples for name in sample.labels}
    assert labels == {"source", "version"} | ({"kind"} if families["mentions_faults"] else set())


def test_many_who_ask_at_once_are_served_by_one_look(app: AppContext) -> None:
    looks = 0
    open_store = app.open_store

    def counted() -> Store:
        nonlocal looks
        looks += 1
        return open_store()

    made = create_app(replace(app, open_store=counted))
    with TestClient(made, client=("127.0.0.1", 5000)) as browser:
        for _ in range(20):
            assert browser.get("/readyz").status_code == 200
    assert looks == 1
