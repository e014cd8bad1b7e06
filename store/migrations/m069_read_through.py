"""Step 69: up to which mention all is read, so that a search for what is not doesn't look at each of millions."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_LOWERED = "number = min(number, {mention} - 1), lowered = lowered + 1"
_BY_IT = """EXISTS (SELECT 1 FROM assessments a WHERE a.mention = {mention}
    AND a.revision = {revision} AND a.policy = read_through.policy AND a.model = read_through.model)"""


@migrations()
def m069_read_through(db: Database) -> None:
    """One row: no mention up to `number` is assessed by others and not by this policy and model as it stands, but deleted ones.

    Triggers lower it where that ends; `lowered` counts it, for a search that is under way. `reach_at`: when risks were last
    told again from the reach of all.
    """
    now = "(SELECT revision FROM mentions WHERE number = {mention})"
    run(db, (
        """CREATE TABLE read_through (
            policy TEXT NOT NULL, model TEXT NOT NULL, number INTEGER NOT NULL DEFAULT 0,
            lowered INTEGER NOT NULL DEFAULT 0, reach_at TEXT, PRIMARY KEY (policy, model)) STRICT, WITHOUT ROWID""",
        f"""CREATE TRIGGER assessment_by_another AFTER INSERT ON assessments
    WHEN new.model <> '' BEGIN
    -- Read by another policy or model than the one that had read all until here.
    UPDATE read_through SET {_LOWERED.format(mention="new.mention")}
        WHERE (policy <> new.policy OR model <> new.model)
        AND NOT {_BY_IT.format(mention="new.mention", revision=now.format(mention="new.mention"))};
END""",
        f"""CREATE TRIGGER assessment_goes AFTER DELETE ON assessments
    WHEN EXISTS (SELECT 1 FROM assessments a WHERE a.mention = old.mention AND a.model <> '') BEGIN
    -- What another said of it stays, and is what an earlier one said from now on.
    UPDATE read_through SET {_LOWERED.format(mention="old.mention")} WHERE policy = old.policy AND model = old.model;
END""",
        f"""CREATE TRIGGER mention_comes_back AFTER UPDATE OF deleted_at ON mentions
    WHEN old.deleted_at IS NOT NULL AND new.deleted_at IS NULL BEGIN
    -- Nobody looked at what was deleted on its platform while others were read anew.
    UPDATE read_through SET {_LOWERED.format(mention="new.number")}
        WHERE NOT {_BY_IT.format(mention="new.number", revision="new.revision")};
END""",
        # what lies longer than its platform's terms let it is looked for in each cycle
        "CREATE INDEX mentions_by_platform ON mentions (platform, coalesce(deleted_at, fetched_at))",
        "CREATE INDEX mentions_deleted ON mentions (deleted_at) WHERE deleted_at IS NOT NULL",
    ))  # fmt: skip
