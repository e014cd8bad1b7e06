from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from core.errors import ConfigError, InputError
from settings import schema
from steps.catalogue import classify_parts as of_parts
from steps.catalogue import manifest
from steps.catalogue.answering import Answerer, Outcome
from steps.catalogue.classify_parts import Job, Sum, classify_parts
from steps.catalogue.places import Folder, folder_of
from steps.classifier import load_classifier
from steps.classify_file import classify_file
from tests.steps.catalogue.factories import post, write_jsonl, write_parquet

ROOT = Path(__file__).parents[3]
CONFIG = schema.load(ROOT / "config.toml")


class Here:
    """An engine that answers in this process; it stops where it is told to."""

    def __init__(self, stop_before: str = "") -> None:
        self.stop_before, self.parts = stop_before, list[str]()

    def __call__(self, settings, checksum, parts, posts, answers) -> Iterator[Outcome]:  # type: ignore[no-untyped-def]
        answerer = Answerer(settings, checksum)
        for part in parts:
            if self.stop_before and part.file == self.stop_before:
                raise KeyboardInterrupt
            self.parts.append(part.file)
            yield answerer.answer(part, posts, answers)


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "posts" / "a.jsonl", [post(number) for number in range(6)])
    with (tmp_path / "posts" / "a.jsonl").open("ab") as file:
        file.write(b"{torn\n")
    write_jsonl(tmp_path / "posts" / "b.jsonl.gz", [post(number) for number in range(6, 9)])
    write_parquet(tmp_path / "posts" / "c.parquet", [post(number) for number in range(9, 12)])
    return tmp_path / "posts"


def run(
    posts: Path | str, answers: Path | str, engine: Here, **others: object
) -> tuple[Sum, list[str]]:
    lines: list[str] = []
    job = Job(posts=str(posts), answers=str(answers), part_mb=0.001, **others)  # type: ignore[arg-type]
    return classify_parts(
        CONFIG, ROOT, job, lambda line: lines.append(str(line)), run=engine
    ), lines


def answers_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("parts/*.jsonl")))


def test_answers_are_those_of_the_plain_command_byte_by_byte(posts: Path, tmp_path: Path) -> None:
    total, lines = run(posts, tmp_path / "out", Here())
    at = manifest.read(Folder(tmp_path / "out")).at  # type: ignore[union-attr]
    whole = b"".join(f"{json.dumps(post(number))}\n".encode() for number in range(12))
    plain = BytesIO()
    reader = load_classifier(CONFIG, ROOT, at)
    assert classify_file(
        reader, BytesIO(whole), plain, all_scopes=False, report_progress=lambda _: None
    )
    assert answers_in(tmp_path / "out") == plain.getvalue()
    assert (total.posts, total.left_out, total.failed) == (12, 1, [])
    assert any("! part a.jsonl" in line and "line" in line and "not JSON" in line for line in lines)
    assert lines[-1].startswith("answered: 12 posts")


def test_a_resume_goes_on_with_what_is_not_whole_and_with_nothing_else(
    posts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(posts, out, Here(stop_before="b.jsonl.gz"))
    before = answers_in(out)
    torn = next(out.glob("parts/a.jsonl*.jsonl"))
    torn.write_bytes(torn.read_bytes()[:-1])  # of another size than its receipt says
    again = Here()
    total, _ = run(posts, out, again)
    assert again.parts.count("a.jsonl") == 1
    assert {"b.jsonl.gz", "c.parquet"} < set(again.parts)
    assert answers_in(out).startswith(before)
    assert total.posts == 12
    nothing = Here()
    assert run(posts, out, nothing)[0].posts == 12
    assert nothing.parts == []


def test_a_resume_under_anything_else_is_refused_and_says_what_differs(
    posts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(posts, out, Here())
    before = answers_in(out)
    with pytest.raises(InputError, match="--all-scopes"):
        run(posts, out, Here(), all_scopes=True)
    for key, words in (("model_sha256", "the model"), ("settings_sha256", "organisation"), ("policy_sha256", "the policy")):  # fmt: skip
        written = json.loads((out / "manifest.json").read_text())
        (out / "manifest.json").write_text(json.dumps(written | {key: "0" * 64}))
        with pytest.raises(InputError, match=words):
            run(posts, out, Here())
        (out / "manifest.json").write_text(json.dumps(written))
    assert answers_in(out) == before


def test_posts_that_changed_since_they_were_answered_are_refused(
    posts: Path, tmp_path: Path
) -> None:
    run(posts, tmp_path / "out", Here())
    write_jsonl(posts / "b.jsonl.gz", [post(number) for number in range(6, 9)])
    os.utime(posts / "b.jsonl.gz", (1, 1))
    with pytest.raises(InputError, match=r"b\.jsonl\.gz is another"):
        run(posts, tmp_path / "out", Here())


def test_new_files_are_answered_by_a_resume(posts: Path, tmp_path: Path) -> None:
    run(posts, tmp_path / "out", Here())
    write_jsonl(posts / "d.jsonl", [post(20)])
    again = Here()
    assert run(posts, tmp_path / "out", again)[0].posts == 13
    assert again.parts == ["d.jsonl"]


def test_a_bad_part_is_named_and_costs_no_other(posts: Path, tmp_path: Path) -> None:
    (posts / "bad.parquet").write_bytes(b"PAR1")
    total, lines = run(posts, tmp_path / "out", Here())
    assert total.posts == 12
    assert total.failed == ["bad.parquet.000000000000"]
    assert any(line.startswith("! part bad.parquet") for line in lines)
    shutil.copy(posts / "c.parquet", posts / "bad.parquet")
    again = Here()
    assert run(posts, tmp_path / "out", again)[0].failed == []
    assert set(again.parts) == {"bad.parquet"}


def test_no_word_or_writer_is_in_what_is_said_or_written_beside_the_answers(
    posts: Path, tmp_path: Path
) -> None:
    _, lines = run(posts, tmp_path / "out", Here())
    written = " ".join(path.read_text() for path in (tmp_path / "out").rglob("*.json"))
    assert "invented_" not in written + " ".join(lines)
    assert "nobody answers" not in written + " ".join(lines)
    assert "North West London" not in (tmp_path / "out" / "manifest.json").read_text()


def test_answers_beside_the_posts_are_no_posts_and_the_same_folder_is_refused(posts: Path) -> None:
    assert run(posts, posts / "answers", Here())[0].posts == 12
    assert run(posts, posts / "answers", Here())[0].posts == 12
    with pytest.raises(InputError, match="same folder"):
        run(posts, posts, Here())


def test_without_ray_processes_give_the_same_answers_which_is_said(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_parts, "find_spec", lambda _: None)
    (posts / "a.jsonl").unlink()
    lines: list[str] = []
    job = Job(posts=str(posts), answers=str(tmp_path / "out"), engine="ray", workers=1)
    total = classify_parts(CONFIG, ROOT, job, lambda line: lines.append(str(line)))
    assert (total.posts, total.failed) == (6, [])
    assert lines[0].startswith("! Ray is not installed (pip install 'nwl-mentions[ray]')")
    with pytest.raises(ConfigError, match="needs Ray here too"):
        classify_parts(CONFIG, ROOT, replace(job, address="auto"), lambda _: None)


def test_an_address_is_for_ray_alone(posts: Path, tmp_path: Path) -> None:
    job = Job(posts=str(posts), answers=str(tmp_path / "out"), address="auto")
    with pytest.raises(ConfigError, match="--engine ray"):
        classify_parts(CONFIG, ROOT, job, lambda _: None)


def test_posts_and_answers_in_s3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, posts: Path
) -> None:
    """Against moto's server, which behaves as S3 does over HTTP."""
    server = pytest.importorskip(
        "moto.server", reason="moto is not installed: pip install 'moto[server]'"
    )
    for name, value in {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented", "AWS_EC2_METADATA_DISABLED": "true"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    there = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    there.start()
    try:
        host, port = there.get_host_and_port()
        query = f"scheme=http&endpoint_override={host}:{port}&region=eu-west-2"
        from pyarrow import fs

        system, _ = fs.FileSystem.from_uri(f"s3://catalogue?{query}&allow_bucket_creation=true")
        system.create_dir("catalogue")
        for path in posts.iterdir():
            with system.open_output_stream(f"catalogue/posts/{path.name}", compression=None) as out:
                out.write(path.read_bytes())
        address = f"s3://catalogue/posts?{query}"
        total, lines = run(address, f"s3://catalogue/answers?{query}", Here())
        assert (total.posts, total.left_out, total.failed) == (12, 1, []), lines
        run(posts, tmp_path / "here", Here())
        answers = folder_of(f"s3://catalogue/answers?{query}")
        sent = b"".join(
            answers.open(f.name).read()
            for f in answers.files()
            if f.name.startswith("parts/") and f.name.endswith(".jsonl")
        )
        assert sent == answers_in(tmp_path / "here")
        nothing = Here()
        assert run(address, f"s3://catalogue/answers?{query}", nothing)[0].posts == 12
        assert nothing.parts == []
        some, _ = run(
            f"s3://catalogue/posts/*.parquet?{query}", f"s3://catalogue/others?{query}", Here()
        )
        assert some.posts == 3
    finally:
        there.stop()
