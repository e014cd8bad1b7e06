"""The NHS design system as it ships: the files that were vendored, which ask nobody, with no font and no logo."""

from __future__ import annotations

import hashlib
import re

from review.rendering import HERE

STATIC = HERE / "static"
SUMS = {
    line.split(maxsplit=1)[1]: line.split(maxsplit=1)[0]
    for line in (STATIC / "SHA256SUMS").read_text("utf-8").splitlines()
}


def test_what_is_vendored_is_what_was_vendored() -> None:
    for name, told in SUMS.items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == told, name
    shipped = {
        str(path.relative_to(STATIC))
        for path in STATIC.rglob("*")
        if path.name.startswith("nhsuk-") and path.is_file()
    }
    assert shipped == set(SUMS)
    assert "MIT Licen" in (STATIC / "LICENSE.nhsuk-frontend.txt").read_text("utf-8")


def test_it_names_its_version_and_asks_nobody() -> None:
    css = (STATIC / "nhsuk-frontend.min.css").read_text("utf-8")
    assert re.search(r'--nhsuk-frontend-version:"\d+\.\d+\.\d+"', css)
    for name in ("nhsuk-frontend.min.css", "nhsuk-frontend.min.js", "page.css", "page.js"):
        words = (STATIC / name).read_text("utf-8")
        assert "@font-face" not in words, name
        assert "sourceMappingURL" not in words, name
        assert not re.search(r"url\([\"']?(?:https?:)?//", words), name


def test_no_logo_and_no_font_ships() -> None:
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    assert not [path.name for path in files if "logo" in path.name.lower()]
    assert {path.suffix for path in files} <= {".css", ".js", ".svg", ".txt", ""}
