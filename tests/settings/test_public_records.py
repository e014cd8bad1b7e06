"""What whoever chooses a public record is shown of it before."""

from __future__ import annotations

from settings.public_records import presets


def test_each_record_says_what_is_not_read_of_it_and_whom_it_names() -> None:
    known = presets()
    for name, preset in known.items():
        assert "names" in preset.first or "name" in preset.first, name
    for name in ("whatdotheyknow", "whatdotheyknow_body"):
        assert known[name].first.startswith("Ask the site’s makers")
    assert "PDFs are not read" in known["coroners"].first
    assert "needs a key" in known["cqc"].first
    assert "change.org" in known["petitions"].first
