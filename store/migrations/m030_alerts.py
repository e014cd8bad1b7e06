"""Step 30 of the schema: an alert belongs to a case, is raised with what makes the case high, and is told apart from that."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m030_alerts(db: Database) -> None:
    """An alert is raised in the transaction that earns it; `state` says what became of it since.

    `mention` where no case holds the post: our own, or one that a colleague reported and nobody has read yet. `flags`
    are those of the case's worst posts at that moment, `risk` and `size` the case's: what comes later is measured by
    them. A mail of it goes to one `route` of the settings; `level` counts up where nobody took the case in time, and
    `next_at` is when the next contact is due. Mails of one digest share an `outbox` row.

    Cases that are high already were told of post by post, so that an upgrade tells nobody again; what had not left yet
    is raised as an alert of its case.
    """
    run(db, (
        """CREATE TABLE alerts (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER,
            mention INTEGER REFERENCES mentions,
            kind TEXT NOT NULL CHECK (kind IN ('high', 'worse', 'grew', 'reported', 'own')),
            risk INTEGER NOT NULL, size INTEGER NOT NULL, flags TEXT NOT NULL, at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'raised'
                CHECK (state IN ('raised', 'told', 'in digest', 'not needed'))) STRICT""",
        "CREATE INDEX alerts_by_case ON alerts (case_number, number)",
        "CREATE INDEX alerts_by_mention ON alerts (mention) WHERE mention IS NOT NULL",
        "CREATE INDEX alerts_raised ON alerts (number) WHERE state = 'raised'",
        """CREATE TABLE alert_mails (
            number INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL REFERENCES alerts,
            outbox INTEGER NOT NULL, route TEXT NOT NULL, level INTEGER NOT NULL,
            digest INTEGER NOT NULL, at TEXT NOT NULL, next_at TEXT,
            UNIQUE (alert, route, level)) STRICT""",
        "CREATE INDEX alert_mails_by_outbox ON alert_mails (outbox)",
        "CREATE INDEX alert_mails_by_route ON alert_mails (route, at)",
        "CREATE INDEX alert_mails_to_chase ON alert_mails (next_at) WHERE next_at IS NOT NULL",
        "CREATE INDEX runs_by_start ON runs (source, at)",
        """INSERT INTO alerts (case_number, kind, risk, size, flags, at, state)
            SELECT c.number, 'high', c.risk, c.size,
                (SELECT json_group_array(DISTINCT f.flag) FROM case_mentions i
                    JOIN case_flags f ON f.mention = i.mention
                    WHERE i.case_number = c.number AND i.risk = c.risk),
                c.opened_at,
                CASE WHEN EXISTS (SELECT 1 FROM outbox o JOIN case_mentions i ON i.mention = o.mention
                    WHERE i.case_number = c.number AND o.kind = 'alert' AND o.state <> 'sent'
                    AND o.about NOT LIKE 'report:%') THEN 'raised' ELSE 'told' END
            FROM cases c WHERE c.risk = 3""",
        """INSERT INTO alerts (mention, kind, risk, size, flags, at)
            SELECT o.mention, CASE WHEN o.about LIKE 'report:%' THEN 'reported' ELSE 'own' END, 3, 1,
                coalesce(o.flags, '[]'), o.created_at
            FROM outbox o JOIN mentions m ON m.number = o.mention
            WHERE o.kind = 'alert' AND o.state <> 'sent' AND (m.own OR o.about LIKE 'report:%')
            GROUP BY o.mention""",
        "DELETE FROM outbox WHERE kind = 'alert' AND state <> 'sent'",
    ))  # fmt: skip
