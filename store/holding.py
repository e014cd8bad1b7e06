"""Which decisions of a case hold, as a condition on rows `d` of `case_decisions`."""

from __future__ import annotations

HOLDS = """d.kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM case_decisions u
    WHERE u.case_number = d.case_number AND u.undoes = d.version)"""
