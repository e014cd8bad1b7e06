"""Step 67: what nobody decided on yet is read in Today's order, most urgent first, by the index alone."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

# Today's order of all lanes as one: `lane_order` begins with the lane. What is in no lane yet comes after Now where it is of
# high risk, else after Look. (`lane_order` itself stays as it was when a case leaves its lanes.)
URGENCY = "CASE WHEN lane IS NULL THEN CASE risk WHEN 3 THEN '0~' ELSE '2~' END ELSE lane_order END"


@migrations()
def m067_waiting_by_urgency(db: Database) -> None:
    """The index held them by risk and age, so that danger could stand below what has days."""
    run(db, (
        "DROP INDEX cases_waiting",
        f"""CREATE INDEX cases_waiting ON cases ({URGENCY}, risk DESC, opened_at, number, state, flagged, protected)
    WHERE state IN ('new', 'open') AND flagged > 0""",
    ))  # fmt: skip
