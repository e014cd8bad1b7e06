"""Who may read a file by its security descriptor, as Windows writes it in every language."""

from __future__ import annotations

import pytest

from settings import windows_rights

OWN = "S-1-5-21-1004336348-1177238915-682003330-1104"
OTHER = "S-1-5-21-1004336348-1177238915-682003330-1209"
KEPT = f"O:{OWN}G:DUD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;{OWN})"


@pytest.mark.parametrize(
    ("sddl", "readers"),
    [
        (KEPT, []),
        ("O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)", ["BU"]),  # below Program Files
        (f"O:{OWN}G:DUD:(A;;FA;;;WD)", ["WD"]),
        (f"O:{OWN}G:DUD:(A;;FR;;;AU)(A;;FR;;;AU)", ["AU"]),
        (f"O:{OWN}G:DUD:(A;;GRGX;;;{OTHER})", [OTHER]),
        (f"O:{OWN}G:DUD:(A;;CC;;;{OTHER})", [OTHER]),
        (f"O:{OWN}G:DUD:(A;;0x1;;;{OTHER})", [OTHER]),
        (f"O:{OWN}G:DUD:(A;;0x120116;;;{OTHER})", []),  # may write and not read
        (f"O:{OWN}G:DUD:(D;;FA;;;{OTHER})", []),  # a refusal
        (f"O:{OWN}G:DUD:(A;OICIIO;FA;;;CO)(A;;FA;;;SY)", []),  # for what lies in a folder alone
        (f"O:{OWN}G:DUD:(A;;FA;;;OW)", []),
        (f"O:{OWN}G:DUD:(A;;FR;;;S-1-5-80-1-2-3-4-5)", []),  # the service's own account
        (f"O:{OWN}G:DU", ["WD"]),
        (f"O:{OWN}G:DUD:NO_ACCESS_CONTROL", ["WD"]),
        (f"O:{OWN}G:DUD:P", []),  # an empty list lets nobody in
        (f'O:{OWN}G:DUD:(XA;;FR;;;BU;(Member_of {{SID(BU)}}))', ["BU"]),
        (f"{KEPT}S:AI(AU;SAFA;FA;;;WD)", []),  # what is recorded lets nobody in
    ],
)  # fmt: skip
def test_who_may_read_a_file_and_should_not(sddl: str, readers: list[str]) -> None:
    assert windows_rights.open_to(sddl) == readers


def test_who_runs_the_program_may_read() -> None:
    sddl = f"O:BAG:SYD:(A;;FA;;;{OWN})(A;;FA;;;LS)"
    assert windows_rights.open_to(sddl) == [OWN, "LS"]
    assert windows_rights.open_to(sddl, {OWN, "S-1-5-19"}) == []


@pytest.mark.parametrize("text", ["", "D:(A;;FA;;;SY)", "nonsense"])
def test_what_is_no_descriptor_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="owner"):
        windows_rights.open_to(text)
