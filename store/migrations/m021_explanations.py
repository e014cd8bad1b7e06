"""Step 21: why each flag is there, kept with the assessment."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m021_explanations(db: Database) -> None:
    """What the model said before rules, the thresholds, the rules that moved a score, and what `staff` rests on.

    JSON: {"staff": "...", "flags": {"threat": {"model": 0.4, ...}}, "suppressed": [...]}; null for what was
    assessed before. It holds no word of a post.
    """
    run(db, ("ALTER TABLE assessments ADD COLUMN explanation TEXT",))
