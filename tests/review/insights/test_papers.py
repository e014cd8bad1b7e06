"""The papers to sign: governance takes them from the page, one or all, and is told what is not signed yet."""

from __future__ import annotations

import io
import zipfile

from classify.model.files import SHIPPED, version_of
from core import clock
from reports.papers import pack
from tests.review.conftest import House
from tests.review.factories import NOW
from tests.review.pages import read


def test_governance_sees_what_there_is_and_what_is_missing(house: House) -> None:
    page = read(house, "/governance/papers", "gwen")
    for paper in pack.PAPERS:
        assert paper.title in page.text
        assert page.all("a", href=f"/governance/papers/{paper.key}.html")
    assert "not there yet" in page.text


def test_a_paper_and_all_of_them_can_be_taken_and_one_account_of_two_offices_is_named(
    anew: House,
) -> None:
    anew.store.users.add("local", "ali", "Ali Moor", ["governance", "guardian"], at=NOW)
    with anew.asks("gwen") as client:
        answer = client.get("/governance/papers/dpia.html")
        archive = client.get("/governance/papers/all.zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="dpia.html"'
    assert "Data protection impact assessment" in answer.text
    paper = read(anew, "/governance/papers/access.html", "gwen").text
    assert "Amina Yusuf" in paper
    assert "The account ali is governance and the Guardian" in paper
    with zipfile.ZipFile(io.BytesIO(archive.content)) as papers:
        assert len(papers.namelist()) == len(pack.PAPERS)


def test_what_is_no_paper_is_not_found_and_they_are_for_governance(house: House) -> None:
    read(house, "/governance/papers/payroll.html", "gwen", 404)
    read(house, "/governance/papers/dpia.exe", "gwen", 404)
    for address in ("/governance/papers", "/governance/papers/dpia.html"):
        read(house, address, "bea", 403)


def test_the_papers_name_the_model_that_is_installed_and_say_which_read_what_is_stored(anew: House) -> None:  # fmt: skip
    installed = version_of(SHIPPED)
    assert set(anew.store.workload.reading_models()) - {installed}  # read by an earlier one
    for address, word in (("/governance/papers/dpia.html", "model"), ("/governance", "program")):
        page = read(anew, address, "gwen").text
        assert f"{word} {installed}" in page
        for earlier in anew.store.workload.reading_models():
            assert f"read by {earlier}" in page
    assert "Another version or policy is in force here" not in read(anew, "/governance/papers/eqia.html", "gwen").text  # fmt: skip


def test_who_is_governance_alone_reads_that_nobody_else_looks(anew: House) -> None:
    number = anew.store.rights_requests.add("access", came_on=clock.local_day(NOW), who="T. Quill, by the account itself", reference="IG/26/118", by=anew.who["gwen"], at=NOW)  # fmt: skip
    pages = ("/governance", f"/requests/{number}")
    for address in pages:
        assert "the only one here with" in read(anew, address, "gwen").text
    anew.store.users.add("local", "hal", "Hal Ives", ("governance",), at=NOW)
    for address in pages:
        assert "the only one here with" not in read(anew, address, "gwen").text
