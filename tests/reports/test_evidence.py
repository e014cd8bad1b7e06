"""An evidence pack holds what was said, its hash, who did what by role, and the end of the record; and no more than may leave."""

from __future__ import annotations

import hashlib
import html

import pytest

from core.errors import StoreError
from steps import export
from store import Case, Store, TakedownStep, User
from tests.pdfs import needs_pdf, unpacked
from tests.reports.factories import POLICY
from tests.reports.test_exports import SECRET, filled, speaks
from tests.review.factories import NOW, decide, group, shipped
from tests.store.factories import mention
from tests.stores import temporary_store

WHY = "Asked for by the police"


def the_case(store: Store, post: int = 1) -> Case:
    number = store.cases.of_mention(post)
    case = store.cases.get(number) if number is not None else None
    assert case is not None
    return case


def page_of(store: Store, lead: User, post: int = 1) -> str:
    pack = export.take_evidence(
        store, shipped(), POLICY, the_case(store, post), by=lead, at=NOW, purpose="court", reason=WHY, as_html=True
    )  # fmt: skip
    assert pack.format == "html"
    return pack.content.decode()


def test_it_holds_the_words_their_hash_who_did_what_by_role_and_the_end_of_the_chain() -> None:
    with temporary_store() as store:
        lead = filled(store)
        group(store, alone=True)
        decide(
            store, the_case(store).number, lead.number, "remove", reason="Names a person", at=NOW
        )
        store.takedowns.add(
            TakedownStep(mention=1, step="asked", at=NOW, by=lead.number, kept_at=NOW)
        )
        page = page_of(store, lead)
        entries, end = store.workload.chain_end()
        events = [event.kind for event in store.audit.events()][-2:]
    words = f"{SECRET} waited"
    assert words in page
    assert hashlib.sha256(words.encode()).hexdigest() in page
    assert "Names a person" in page
    assert "Asked to take it down (the platform)" in page
    assert "reviewer and lead" in page
    assert "Whitlock" not in page
    assert end in page.replace(" ", "")
    assert f"entry {entries} of" in page
    assert events == ["revealed", "exported"]


def test_words_that_terms_keep_here_or_that_are_gone_are_left_out_and_their_hash_stays() -> None:
    with temporary_store() as store:
        lead = filled(store)
        group(store, alone=True)
        store.mentions.mark_gone([("x", mention(2).issued_id, "deleted")], at=NOW)
        for number, why in (
            (3, "terms do not let its words leave"),
            (2, "terms do not let us hold"),
        ):
            (version,) = store.exports.versions(number)
            page = page_of(store, lead, number)
            assert why in page
            assert version.digest in page
            assert html.escape(version.words) not in page
            assert "rowan_ashdown" not in page


def test_speaking_up_is_in_no_pack() -> None:
    with temporary_store() as store:
        lead = filled(store)
        group(store, alone=True)
        speaks(store, 4)
        with pytest.raises(StoreError, match="no post of this case"):
            page_of(store, lead, 4)
        assert store.exports.latest() == []


@pytest.mark.parametrize("roles", [("viewer",), ("reviewer",), ("admin",)])
def test_nobody_but_leads_and_governance_takes_one(roles: tuple[str, ...]) -> None:
    with temporary_store() as store:
        filled(store)
        group(store, alone=True)
        number = store.users.add("local", "vera", "Vera", roles, at=NOW).number  # type: ignore[arg-type]
        user = store.users.get(number)
        assert user is not None
        with pytest.raises(StoreError, match="lead and governance"):
            page_of(store, user)


def test_as_a_pdf_it_is_tagged_and_names_its_pages() -> None:
    needs_pdf()
    with temporary_store() as store:
        lead = filled(store)
        group(store, alone=True)
        pack = export.take_evidence(store, shipped(), POLICY, the_case(store), by=lead, at=NOW, purpose="court", reason=WHY)  # fmt: skip
    assert pack.format == "pdf"
    assert pack.content.startswith(b"%PDF-1.7")
    content = unpacked(pack.content)
    for part in (b"/StructTreeRoot", b"/Lang", b"pdfuaid:part", b"Evidence pack: case"):
        assert part in content, part
