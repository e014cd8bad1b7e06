-- The schema as it is now, written by `make schema` from the steps in store/migrations: don't edit it.
-- Moments are text that sorts as time does; `encrypted` is a Fernet token over a JSON object.

-- == Mentions ==

-- mentions: A post as its source gave it: when, where, how far it reached; who and where in `encrypted`.
CREATE TABLE mentions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key_hash TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    kind TEXT NOT NULL,
    posted_at TEXT NOT NULL,
    edited_at TEXT,
    found_at TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    text_seen_at TEXT NOT NULL,
    deleted_at TEXT,
    revision INTEGER NOT NULL,
    metrics TEXT NOT NULL,
    shares INTEGER,
    followers INTEGER,
    language TEXT NOT NULL,
    story TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    own INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0,
    deletion_reason TEXT,
    author_removed INTEGER NOT NULL DEFAULT 0,
    parent_hash TEXT,
    root_hash TEXT,
    objected TEXT,
    child INTEGER
) STRICT;
CREATE INDEX mentions_by_fetched ON mentions (fetched_at);
CREATE INDEX mentions_by_found ON mentions (found_at);
CREATE INDEX mentions_by_parent ON mentions (parent_hash) WHERE parent_hash IS NOT NULL;
CREATE INDEX mentions_by_platform ON mentions (platform, coalesce(deleted_at, fetched_at));
CREATE INDEX mentions_by_posted ON mentions (posted_at);
CREATE INDEX mentions_by_root ON mentions (root_hash) WHERE root_hash IS NOT NULL;
CREATE INDEX mentions_by_story ON mentions (story);
CREATE INDEX mentions_deleted ON mentions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX mentions_objected ON mentions (number) WHERE objected IS NOT NULL;
CREATE INDEX mentions_of_children ON mentions (number) WHERE child = 1;
CREATE INDEX mentions_of_our_own ON mentions (posted_at) WHERE own;
CREATE INDEX mentions_of_story ON mentions (story) WHERE deleted_at IS NULL;
CREATE INDEX mentions_to_look_for_children ON mentions (number) WHERE child IS NULL;
CREATE INDEX mentions_to_read ON mentions (number, revision) WHERE deleted_at IS NULL;
CREATE TRIGGER mention_comes_back AFTER UPDATE OF deleted_at ON mentions
    WHEN old.deleted_at IS NOT NULL AND new.deleted_at IS NULL BEGIN
    -- Nobody looked at what was deleted on its platform while others were read anew.
    UPDATE read_through SET number = min(number, new.number - 1), lowered = lowered + 1
        WHERE NOT EXISTS (SELECT 1 FROM assessments a WHERE a.mention = new.number
    AND a.revision = new.revision AND a.policy = read_through.policy AND a.model = read_through.model);
END;
CREATE TRIGGER mention_counted AFTER UPDATE OF own, platform, posted_at ON mentions
    WHEN old.own <> new.own OR old.platform <> new.platform OR old.posted_at <> new.posted_at BEGIN
    -- Our own posts are not counted, and a source may correct the moment of a post.
    DELETE FROM counted_mentions WHERE mention = new.number;
    INSERT INTO daily_counts (number, day_part, platform, sentiment, risk, in_scope, flags, count)
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM daily_counts),
            substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END,
            m.platform, a.sentiment, a.risk, a.in_scope,
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name)), 0
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.number
        ON CONFLICT DO NOTHING;
    INSERT INTO counted_mentions (mention, daily_count)
        SELECT m.number, d.number
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        JOIN daily_counts d
            ON d.day_part = substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END
            AND d.platform = m.platform AND d.sentiment = a.sentiment
            AND d.risk = a.risk AND d.in_scope = a.in_scope
            AND d.flags = (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name))
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.number;
END;
CREATE TRIGGER mention_goes AFTER UPDATE OF deleted_at ON mentions
    WHEN (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
    -- Deleted on its platform, or there again: its place in a case says so too, and the case's figures follow.
    UPDATE case_mentions SET deleted = new.deleted_at IS NOT NULL WHERE mention = new.number;
END;
CREATE TRIGGER mention_is_unassessed AFTER INSERT ON mentions WHEN new.deleted_at IS NULL BEGIN
    -- It was collected, and is in no list before it is assessed.
    INSERT INTO unassessed (mention, since) VALUES (new.number, new.found_at);
END;
CREATE TRIGGER mention_is_unassessed_again AFTER UPDATE OF revision, deleted_at ON mentions
    WHEN new.revision <> old.revision OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
    -- Other words than those that were assessed; what is deleted on its platform waits for nothing.
    DELETE FROM unassessed WHERE mention = new.number;
    INSERT INTO unassessed (mention, since)
        SELECT new.number, coalesce((SELECT at FROM revisions
            WHERE mention = new.number AND revision = new.revision), new.fetched_at)
        WHERE new.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM assessments a
    WHERE a.mention = new.number AND a.revision = new.revision AND a.model <> '');
END;

-- revisions: The words, the bio and what surrounds a mention, once for each edit.
CREATE TABLE revisions (
    mention INTEGER NOT NULL REFERENCES mentions,
    revision INTEGER NOT NULL,
    at TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    bio_hash TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    PRIMARY KEY (mention, revision)
) STRICT;
CREATE INDEX revisions_by_at ON revisions (at);

-- matches: Which source found a mention, and by which of its terms.
CREATE TABLE matches (
    mention INTEGER NOT NULL REFERENCES mentions,
    source TEXT NOT NULL,
    term TEXT NOT NULL,
    PRIMARY KEY (mention, source, term)
) STRICT;
CREATE INDEX matches_by_source ON matches (source, mention);

-- picture_reads: How each attached picture fared when its words were read; the words lie in the mention's revision.
CREATE TABLE picture_reads (
    mention INTEGER NOT NULL REFERENCES mentions,
    place INTEGER NOT NULL,
    at TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('read', 'empty', 'failed', 'gone', 'elsewhere', 'waits')),
    tries INTEGER NOT NULL,
    next_try TEXT,
    PRIMARY KEY (mention, place)
) STRICT;
CREATE INDEX picture_reads_next ON picture_reads (next_try) WHERE next_try IS NOT NULL;

-- answered_posts: Of which posts a mention's context holds words, and when their platform last showed them.
CREATE TABLE answered_posts (
    mention INTEGER NOT NULL REFERENCES mentions,
    key_hash TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (mention, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX answered_posts_by_key ON answered_posts (key_hash, seen_at);

-- tombstones: Keys of what was removed, so that it is not taken in again.
CREATE TABLE tombstones (
    key_hash TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT;

-- runs: One pass over a source: what it brought, and whether it reached its end.
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    since TEXT NOT NULL,
    at TEXT NOT NULL,
    ended TEXT NOT NULL,
    error TEXT,
    complete INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    encrypted BLOB
) STRICT;
CREATE INDEX runs_by_moment ON runs (source, complete, at, since);
CREATE INDEX runs_by_source ON runs (source, complete, number);
CREATE INDEX runs_by_start ON runs (source, at);

-- source_states: What a source must be told on its next run, whatever became of the last.
CREATE TABLE source_states (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;

-- source_parts: How each part of a source fares (a feed, a file, a server): when it was read, since when it fails, when it is tried next.
CREATE TABLE source_parts (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    part TEXT NOT NULL,
    kind TEXT NOT NULL,
    tried_at TEXT NOT NULL,
    read_at TEXT,
    failing_since TEXT,
    error TEXT,
    failures INTEGER NOT NULL,
    next_try TEXT,
    skipped INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    encrypted BLOB NOT NULL,
    UNIQUE (source, part)
) STRICT;

-- reveals: Who saw a mention in clear, and why.
CREATE TABLE reveals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    revision INTEGER NOT NULL,
    at TEXT NOT NULL,
    by_name TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    author_hash TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX reveals_by_author ON reveals (by_name, author_hash, at) WHERE author_hash <> '';
CREATE INDEX reveals_by_mention ON reveals (mention);

-- == Assessments ==

-- assessments: What a model thinks of a revision by a policy; added, never changed.
CREATE TABLE assessments (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    policy TEXT NOT NULL,
    model TEXT NOT NULL,
    in_scope INTEGER NOT NULL,
    staff TEXT,
    sentiment TEXT NOT NULL,
    language TEXT NOT NULL,
    read TEXT NOT NULL,
    masked TEXT NOT NULL,
    at TEXT NOT NULL,
    explanation TEXT,
    protected TEXT NOT NULL DEFAULT 'none',
    UNIQUE (mention, revision, policy, model),
    FOREIGN KEY (mention, revision) REFERENCES revisions
) STRICT;
CREATE INDEX assessments_of_concern ON assessments (mention) WHERE protected IN ('disclosure', 'discrimination');
CREATE TRIGGER assessment_by_another AFTER INSERT ON assessments
    WHEN new.model <> '' BEGIN
    -- Read by another policy or model than the one that had read all until here.
    UPDATE read_through SET number = min(number, new.mention - 1), lowered = lowered + 1
        WHERE (policy <> new.policy OR model <> new.model)
        AND NOT EXISTS (SELECT 1 FROM assessments a WHERE a.mention = new.mention
    AND a.revision = (SELECT revision FROM mentions WHERE number = new.mention) AND a.policy = read_through.policy AND a.model = read_through.model);
END;
CREATE TRIGGER assessment_goes AFTER DELETE ON assessments
    WHEN EXISTS (SELECT 1 FROM assessments a WHERE a.mention = old.mention AND a.model <> '') BEGIN
    -- What another said of it stays, and is what an earlier one said from now on.
    UPDATE read_through SET number = min(number, old.mention - 1), lowered = lowered + 1 WHERE policy = old.policy AND model = old.model;
END;
CREATE TRIGGER assessment_uncounted AFTER DELETE ON assessments BEGIN
    -- As above, once the assessment itself has gone.
    DELETE FROM counted_mentions WHERE mention = old.mention;
    INSERT INTO daily_counts (number, day_part, platform, sentiment, risk, in_scope, flags, count)
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM daily_counts),
            substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END,
            m.platform, a.sentiment, a.risk, a.in_scope,
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name)), 0
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = old.mention
        ON CONFLICT DO NOTHING;
    INSERT INTO counted_mentions (mention, daily_count)
        SELECT m.number, d.number
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        JOIN daily_counts d
            ON d.day_part = substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END
            AND d.platform = m.platform AND d.sentiment = a.sentiment
            AND d.risk = a.risk AND d.in_scope = a.in_scope
            AND d.flags = (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name))
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = old.mention;
END;
CREATE TRIGGER assessments_indexed AFTER INSERT ON assessments BEGIN
    -- The index holds no text of its own: what it says is looked up in assessments.
    INSERT INTO assessments_fts (rowid, masked) VALUES (new.number, new.masked);
END;
CREATE TRIGGER assessments_never_change BEFORE UPDATE ON assessments BEGIN
    SELECT RAISE(ABORT, 'assessments are added, never changed'); END;
CREATE TRIGGER assessments_unindexed AFTER DELETE ON assessments BEGIN
    -- An index without text needs the words to forget them.
    INSERT INTO assessments_fts (assessments_fts, rowid, masked)
        VALUES ('delete', old.number, old.masked);
END;
CREATE TRIGGER mention_is_assessed AFTER INSERT ON assessments WHEN new.model <> '' BEGIN
    -- Of an older revision it says nothing of the words as they are now.
    DELETE FROM unassessed WHERE mention = new.mention
        AND new.revision = (SELECT revision FROM mentions WHERE number = new.mention);
END;
CREATE TRIGGER mention_was_assessed AFTER DELETE ON assessments BEGIN
    -- Nothing is known of it any more; where the mention itself goes, this row goes before it.
    INSERT OR IGNORE INTO unassessed (mention, since)
        SELECT m.number, m.found_at FROM mentions m
        WHERE m.number = old.mention AND m.revision = old.revision AND m.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM assessments a
    WHERE a.mention = m.number AND a.revision = m.revision AND a.model <> '');
END;

-- flags: The flags of an assessment, best first.
CREATE TABLE flags (
    assessment INTEGER NOT NULL REFERENCES assessments,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    score REAL NOT NULL,
    clauses TEXT NOT NULL,
    target TEXT NOT NULL,
    harm TEXT,
    PRIMARY KEY (assessment, position)
) STRICT;

-- spans: Where in the text, or in what was read in a picture, a flag stands, in code points.
CREATE TABLE spans (
    assessment INTEGER NOT NULL,
    flag INTEGER NOT NULL,
    position INTEGER NOT NULL,
    start INTEGER NOT NULL,
    until INTEGER NOT NULL,
    picture INTEGER,
    PRIMARY KEY (assessment, flag, position),
    FOREIGN KEY (assessment, flag) REFERENCES flags
) STRICT;

-- risks: The risk of an assessment with the reach of the moment; a new reach adds a row.
CREATE TABLE risks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL,
    assessment INTEGER NOT NULL REFERENCES assessments,
    risk TEXT NOT NULL,
    followers INTEGER,
    shares INTEGER,
    reason TEXT NOT NULL,
    raised INTEGER NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX risks_by_assessment ON risks (assessment, number);
CREATE INDEX risks_by_mention ON risks (mention, number);
CREATE TRIGGER risk_counted AFTER INSERT ON risks BEGIN
    -- A risk is the last thing that is stored of an assessment: the mention is counted by what is thought of it now.
    -- A UTC day has two parts, since SQL knows no time zones: 'T23' is its last hour, which belongs to the next day
    -- in London while summer time is on there, and 'T00' is the rest.
    DELETE FROM counted_mentions WHERE mention = new.mention;
    INSERT INTO daily_counts (number, day_part, platform, sentiment, risk, in_scope, flags, count)
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM daily_counts),
            substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END,
            m.platform, a.sentiment, a.risk, a.in_scope,
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name)), 0
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.mention
        ON CONFLICT DO NOTHING;
    INSERT INTO counted_mentions (mention, daily_count)
        SELECT m.number, d.number
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        JOIN daily_counts d
            ON d.day_part = substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END
            AND d.platform = m.platform AND d.sentiment = a.sentiment
            AND d.risk = a.risk AND d.in_scope = a.in_scope
            AND d.flags = (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name))
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.mention;
END;
CREATE TRIGGER risk_uncounted AFTER DELETE ON risks BEGIN
    -- An assessment goes: the mention is counted by the one before, or no more.
    DELETE FROM counted_mentions WHERE mention = old.mention;
    INSERT INTO daily_counts (number, day_part, platform, sentiment, risk, in_scope, flags, count)
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM daily_counts),
            substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END,
            m.platform, a.sentiment, a.risk, a.in_scope,
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name)), 0
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = old.mention
        ON CONFLICT DO NOTHING;
    INSERT INTO counted_mentions (mention, daily_count)
        SELECT m.number, d.number
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        JOIN daily_counts d
            ON d.day_part = substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END
            AND d.platform = m.platform AND d.sentiment = a.sentiment
            AND d.risk = a.risk AND d.in_scope = a.in_scope
            AND d.flags = (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name))
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = old.mention;
END;
CREATE TRIGGER risks_never_change BEFORE UPDATE ON risks BEGIN
    SELECT RAISE(ABORT, 'risks are added, never changed'); END;

-- failed_readings: How often a policy and model tripped over a revision; after two tries it counts as not read.
CREATE TABLE failed_readings (
    mention INTEGER NOT NULL REFERENCES mentions,
    revision INTEGER NOT NULL,
    policy TEXT NOT NULL,
    model TEXT NOT NULL,
    tries INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (mention, revision, policy, model)
) STRICT, WITHOUT ROWID;

-- assessments_fts: The index of the masked words of all assessments.
CREATE VIRTUAL TABLE assessments_fts USING fts5 (masked, content = 'assessments',
    content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2');

-- outbox: Mails to be sent at least once; `about` tells rows of a kind apart: a day, alert:route:level, or hand-off:step.
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'claimed', 'sent', 'parked')),
    mention INTEGER REFERENCES mentions,
    revision INTEGER,
    story TEXT NOT NULL,
    created_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    claimed_at TEXT,
    sent_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    encrypted BLOB,
    flags TEXT,
    UNIQUE (kind, about)
) STRICT;
CREATE INDEX outbox_by_mention ON outbox (mention);
CREATE INDEX outbox_by_state ON outbox (state, due_at);
CREATE INDEX outbox_by_story ON outbox (story, number);

-- read_through: Up to which mention the policy and model in force have read all; lowered by triggers.
CREATE TABLE read_through (
    policy TEXT NOT NULL,
    model TEXT NOT NULL,
    number INTEGER NOT NULL DEFAULT 0,
    lowered INTEGER NOT NULL DEFAULT 0,
    reach_at TEXT,
    PRIMARY KEY (policy, model)
) STRICT, WITHOUT ROWID;

-- unassessed: Mentions that nobody has assessed as they stand now, and since when; kept by triggers.
CREATE TABLE unassessed (
    mention INTEGER PRIMARY KEY REFERENCES mentions,
    since TEXT NOT NULL
) STRICT;
CREATE INDEX unassessed_by_since ON unassessed (since);

-- outbox_recipients: Who gets a mail of the outbox, each with a state of its own: waits, left, given up, or no longer needed.
CREATE TABLE outbox_recipients (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    outbox INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
    channel TEXT NOT NULL DEFAULT 'mail' CHECK (channel IN ('mail', 'second')),
    state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'claimed', 'sent', 'parked')),
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    refusals INTEGER NOT NULL DEFAULT 0,
    outages INTEGER NOT NULL DEFAULT 0,
    failed_at TEXT,
    sent_at TEXT,
    dropped_at TEXT,
    dropped_by INTEGER REFERENCES users,
    error TEXT,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_recipients_by_outbox ON outbox_recipients (outbox);
CREATE INDEX outbox_recipients_unsent ON outbox_recipients (state, due_at) WHERE state <> 'sent';

-- similarity_bands: Hashes of a mention's words, kept for a month: who shares one may say the same.
CREATE TABLE similarity_bands (
    band INTEGER NOT NULL,
    mention INTEGER NOT NULL REFERENCES mentions,
    PRIMARY KEY (band, mention)
) STRICT, WITHOUT ROWID;
CREATE INDEX similarity_bands_by_mention ON similarity_bands (mention);

-- == Cases ==

-- cases: Stories that people review, with their figures and the decision in force.
CREATE TABLE cases (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    opened_at TEXT NOT NULL,
    latest_at TEXT NOT NULL,
    lead_mention INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    flagged INTEGER NOT NULL,
    size INTEGER NOT NULL,
    unread INTEGER NOT NULL DEFAULT 0,
    edited INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'open', 'escalated', 'snoozed', 'done')),
    kind TEXT,
    decided_at TEXT,
    decided_size INTEGER,
    decided_risk INTEGER,
    role TEXT,
    snoozed_until TEXT,
    due_at TEXT,
    claimed_by INTEGER REFERENCES users,
    claimed_until TEXT,
    assigned_to INTEGER REFERENCES users,
    returned INTEGER NOT NULL DEFAULT 0,
    decided_by INTEGER REFERENCES users,
    lane TEXT,
    lane_mention INTEGER,
    lane_weight INTEGER,
    lane_order TEXT,
    seen INTEGER NOT NULL DEFAULT 0,
    protected INTEGER NOT NULL DEFAULT 0,
    handed INTEGER NOT NULL DEFAULT 0,
    claimed_at TEXT,
    split_from INTEGER
) STRICT;
CREATE INDEX cases_assigned ON cases (assigned_to, state) WHERE assigned_to IS NOT NULL;
CREATE INDEX cases_by_due ON cases (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX cases_by_lane ON cases (lane, lane_order, protected) WHERE lane IS NOT NULL;
CREATE INDEX cases_by_newest ON cases (coalesce(decided_at, opened_at) DESC, number DESC, protected);
CREATE INDEX cases_by_opened ON cases (opened_at);
CREATE INDEX cases_by_queue ON cases (state, (risk < 3), opened_at, number, protected);
CREATE INDEX cases_by_risk ON cases (risk DESC, opened_at, number, protected);
CREATE INDEX cases_claimed ON cases (claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX cases_decided_by ON cases (decided_by) WHERE decided_by IS NOT NULL;
CREATE INDEX cases_done ON cases (coalesce(decided_at, opened_at) DESC, number DESC, protected) WHERE state = 'done';
CREATE INDEX cases_edited ON cases ((risk < 3), opened_at, number, edited, protected) WHERE edited > 0;
CREATE INDEX cases_overdue ON cases ((risk < 3), opened_at, number, due_at, protected) WHERE due_at IS NOT NULL;
CREATE INDEX cases_protected ON cases (opened_at, number) WHERE protected > 0;
CREATE INDEX cases_set_aside ON cases (decided_at) WHERE state = 'done' AND kind IN ('no_action', 'not_relevant');
CREATE INDEX cases_split ON cases (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX cases_unread ON cases ((risk < 3), opened_at, number, state, unread, protected) WHERE state IN ('new', 'open') AND unread > 0;
CREATE INDEX cases_waiting ON cases (CASE WHEN lane IS NULL THEN CASE risk WHEN 3 THEN '0~' ELSE '2~' END ELSE lane_order END, (risk < 3), opened_at, number, state, flagged, protected) WHERE state IN ('new', 'open') AND flagged > 0;
CREATE TRIGGER case_changes_lane AFTER UPDATE OF state ON cases
    WHEN old.state IS NOT new.state BEGIN
    -- A case that is opened again waits, though all of it was decided on.
    UPDATE cases SET (lane, lane_mention, lane_weight) = (SELECT lane, mention, weight FROM case_mentions
        WHERE case_number = cases.number AND lane IS NOT NULL AND reviewable AND NOT deleted
            AND (NOT coalesce(decided_revision >= revision, 0) OR cases.state IN ('new', 'open'))
        ORDER BY coalesce(decided_revision >= revision, 0), CASE lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3
        ELSE 4 END, weight DESC, posted_at, mention LIMIT 1) WHERE number = new.number;
END;
CREATE TRIGGER case_danger_passes AFTER UPDATE OF state ON cases
    WHEN new.protected > 0 AND old.state IS NOT new.state BEGIN
    -- Those on duty see it while somebody may be in danger, and no longer.
    UPDATE cases SET protected = CASE
        WHEN EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks = 3) THEN 3
        WHEN NOT EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks > 0) THEN 0
        WHEN cases.state <> 'done' AND EXISTS (SELECT 1 FROM case_mentions
            WHERE case_number = cases.number AND speaks = 2 AND NOT deleted) THEN 2
        ELSE 1 END WHERE number = new.number;
END;
CREATE TRIGGER case_is_ordered AFTER UPDATE OF lane, lane_weight, due_at, risk ON cases
    WHEN new.lane IS NOT NULL BEGIN
    -- The place of a case within its lane, for the index by which rows are read.
    UPDATE cases SET lane_order = CASE new.lane
        WHEN 'now' THEN '0' || CASE WHEN coalesce(new.lane_weight, 0) >= 2000000000 THEN 0 || coalesce(new.due_at, '~')
            WHEN EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = new.lane_mention AND f.flag IN ('pid', 'threat'))
            THEN 1 || coalesce((SELECT k.promised_at FROM deadlines k WHERE k.case_number = new.number AND k.kind = 'look' AND k.stopped_at IS NULL
            AND EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = new.lane_mention AND f.flag = 'pid')), new.due_at, '~')
            ELSE 2 || coalesce(new.due_at, '~') END
        WHEN 'answer' THEN '1' || (coalesce(new.lane_weight, 0) < 2000000000) || coalesce(new.due_at, '~') || new.opened_at
        WHEN 'look' THEN '2' || printf('%016d', 9999999999999999 - new.lane_weight) || new.opened_at
        WHEN 'rest' THEN '3' || (3 - new.risk) || new.opened_at
        ELSE '4' || new.opened_at END || printf('%012d', new.number) WHERE number = new.number;
END;
CREATE TRIGGER case_opening_counted AFTER INSERT ON cases WHEN new.protected = 0 BEGIN
    -- A case is news in the hour in which it opened, whatever becomes of it.
    INSERT INTO case_openings (hour, count, late)
        VALUES (substr(new.opened_at, 1, 13), NOT (coalesce(julianday(new.opened_at) - julianday(new.latest_at) > 3, 0)), coalesce(julianday(new.opened_at) - julianday(new.latest_at) > 3, 0))
        ON CONFLICT (hour) DO UPDATE SET count = count + excluded.count, late = late + excluded.late;
END;
CREATE TRIGGER case_opening_hidden AFTER UPDATE OF protected ON cases
    WHEN (old.protected > 0) <> (new.protected > 0) BEGIN
    -- It left or came into everybody's sight, and the figure with it.
    INSERT INTO case_openings (hour, count, late) VALUES (substr(new.opened_at, 1, 13), 0, 0) ON CONFLICT (hour) DO NOTHING;
    UPDATE case_openings SET
        count = max(0, count + (CASE WHEN coalesce(julianday(new.opened_at) - julianday(new.latest_at) > 3, 0) THEN 0 WHEN new.protected > 0 THEN -1 ELSE 1 END)),
        late = max(0, late + (CASE WHEN NOT coalesce(julianday(new.opened_at) - julianday(new.latest_at) > 3, 0) THEN 0 WHEN new.protected > 0 THEN -1 ELSE 1 END))
        WHERE hour = substr(new.opened_at, 1, 13);
END;
CREATE TRIGGER case_returns AFTER UPDATE OF state ON cases
    WHEN new.assigned_to IS NOT NULL AND old.state = 'done' AND new.state <> 'done' BEGIN
    -- A done case that opens again is with whom it was assigned to, who should see that it came back.
    UPDATE cases SET returned = 1 WHERE number = new.number;
END;

-- case_mentions: Which case a mention is in, why, and what the queue sorts and filters by.
CREATE TABLE case_mentions (
    mention INTEGER PRIMARY KEY REFERENCES mentions,
    case_number INTEGER NOT NULL REFERENCES cases,
    assessment INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    joined_by TEXT NOT NULL,
    reviewable INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    platform TEXT NOT NULL,
    staff TEXT,
    read TEXT NOT NULL,
    posted_at TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    decided_revision INTEGER,
    lane TEXT CHECK (lane IS NULL OR lane IN ('now', 'answer', 'look', 'guardian', 'rest')),
    reason TEXT,
    weight INTEGER NOT NULL DEFAULT 0,
    reported_version INTEGER,
    speaks INTEGER NOT NULL DEFAULT 0,
    ruled INTEGER,
    wanted_at TEXT,
    opened_at TEXT
) STRICT;
CREATE INDEX case_mentions_by_assessment ON case_mentions (assessment);
CREATE INDEX case_mentions_by_case ON case_mentions (case_number, reviewable, deleted);
CREATE INDEX case_mentions_by_lane ON case_mentions
        (case_number, coalesce(decided_revision >= revision, 0), CASE lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3
    ELSE 4 END, weight DESC, posted_at, mention)
        WHERE lane IS NOT NULL AND reviewable AND NOT deleted;
CREATE INDEX case_mentions_by_latest ON case_mentions (case_number, deleted, posted_at);
CREATE INDEX case_mentions_by_lead
    ON case_mentions (case_number, deleted, reviewable DESC, risk DESC, posted_at, mention);
CREATE INDEX case_mentions_by_posted ON case_mentions (posted_at, reviewable);
CREATE INDEX case_mentions_filtered ON case_mentions
    (platform, staff, risk, posted_at, case_number, assessment)
    WHERE reviewable AND NOT deleted;
CREATE INDEX case_mentions_sent_back ON case_mentions (case_number) WHERE ruled = 0;
CREATE INDEX case_mentions_speaking ON case_mentions (case_number, speaks) WHERE speaks > 0;
CREATE INDEX case_mentions_without_reason ON case_mentions (mention)
    WHERE reason IS NULL AND reviewable AND NOT deleted;
CREATE TRIGGER answers_follow AFTER UPDATE OF speaks ON case_mentions WHEN (old.speaks > 0) IS NOT (new.speaks > 0) BEGIN
    -- It speaks up now, or does no more, and its answers with it.
    UPDATE case_mentions SET reason = NULL WHERE mention <> new.mention AND mention IN (
        SELECT r.number FROM mentions p JOIN mentions r ON r.parent_hash = p.key_hash WHERE p.number = new.mention
        UNION ALL SELECT r.number FROM mentions p JOIN mentions r ON r.root_hash = p.key_hash WHERE p.number = new.mention);
END;
CREATE TRIGGER answers_follow_on_joining AFTER INSERT ON case_mentions WHEN new.speaks > 0 BEGIN
    -- Its answers lead to a post that speaks up: they are the Guardian's too.
    UPDATE case_mentions SET reason = NULL WHERE mention <> new.mention AND mention IN (
        SELECT r.number FROM mentions p JOIN mentions r ON r.parent_hash = p.key_hash WHERE p.number = new.mention
        UNION ALL SELECT r.number FROM mentions p JOIN mentions r ON r.root_hash = p.key_hash WHERE p.number = new.mention);
END;
CREATE TRIGGER case_changes AFTER UPDATE ON case_mentions
    WHEN old.case_number IS NOT new.case_number OR old.reviewable IS NOT new.reviewable
        OR old.deleted IS NOT new.deleted OR old.risk IS NOT new.risk
        OR old.posted_at IS NOT new.posted_at BEGIN
    -- Another mention may be the gravest, the newest or the lead, in both cases where it moved.
    UPDATE cases SET
        risk = coalesce((SELECT risk FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 AND reviewable = 1 ORDER BY risk DESC LIMIT 1), 0),
        latest_at = coalesce((SELECT posted_at FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 ORDER BY posted_at DESC LIMIT 1), latest_at),
        lead_mention = coalesce((SELECT mention FROM case_mentions WHERE case_number = cases.number
            ORDER BY deleted, reviewable DESC, risk DESC, posted_at, mention LIMIT 1), lead_mention)
    WHERE number = new.case_number;
    UPDATE cases SET
        risk = coalesce((SELECT risk FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 AND reviewable = 1 ORDER BY risk DESC LIMIT 1), 0),
        latest_at = coalesce((SELECT posted_at FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 ORDER BY posted_at DESC LIMIT 1), latest_at),
        lead_mention = coalesce((SELECT mention FROM case_mentions WHERE case_number = cases.number
            ORDER BY deleted, reviewable DESC, risk DESC, posted_at, mention LIMIT 1), lead_mention)
    WHERE number = old.case_number;
END;
CREATE TRIGGER case_grows AFTER INSERT ON case_mentions BEGIN
    -- A mention joins a case: the case's counts, its lead and the index of its words follow.
    UPDATE cases SET
        size = size + (NOT new.deleted),
        flagged = flagged + (new.reviewable AND NOT new.deleted),
        unread = unread + (new.reviewable AND NOT new.deleted AND new.read <> 'full'),
        edited = edited + (new.reviewable AND NOT new.deleted AND coalesce(new.revision > new.decided_revision, 0))
    WHERE number = new.case_number;
    UPDATE cases SET
        risk = coalesce((SELECT risk FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 AND reviewable = 1 ORDER BY risk DESC LIMIT 1), 0),
        latest_at = coalesce((SELECT posted_at FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 ORDER BY posted_at DESC LIMIT 1), latest_at),
        lead_mention = coalesce((SELECT mention FROM case_mentions WHERE case_number = cases.number
            ORDER BY deleted, reviewable DESC, risk DESC, posted_at, mention LIMIT 1), lead_mention)
    WHERE number = new.case_number;
    INSERT INTO case_mentions_fts (rowid, masked)
        SELECT number, masked FROM assessments
        WHERE number = new.assessment AND new.reviewable AND NOT new.speaks;
END;
CREATE TRIGGER case_is_protected AFTER UPDATE OF speaks, case_number, deleted ON case_mentions
    WHEN (old.speaks OR new.speaks) AND (old.speaks IS NOT new.speaks OR old.case_number IS NOT new.case_number
        OR old.deleted IS NOT new.deleted) BEGIN
    -- As it is read now, as somebody said, or where it moved to.
    UPDATE cases SET protected = CASE
        WHEN EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks = 3) THEN 3
        WHEN NOT EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks > 0) THEN 0
        WHEN cases.state <> 'done' AND EXISTS (SELECT 1 FROM case_mentions
            WHERE case_number = cases.number AND speaks = 2 AND NOT deleted) THEN 2
        ELSE 1 END WHERE number IN (old.case_number, new.case_number);
END;
CREATE TRIGGER case_is_protected_after AFTER DELETE ON case_mentions WHEN old.speaks BEGIN
    -- A post goes by a purge or an erasure.
    UPDATE cases SET protected = CASE
        WHEN EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks = 3) THEN 3
        WHEN NOT EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks > 0) THEN 0
        WHEN cases.state <> 'done' AND EXISTS (SELECT 1 FROM case_mentions
            WHERE case_number = cases.number AND speaks = 2 AND NOT deleted) THEN 2
        ELSE 1 END WHERE number = old.case_number;
END;
CREATE TRIGGER case_is_protected_on_joining AFTER INSERT ON case_mentions WHEN new.speaks BEGIN
    -- A post speaks up: its case is the Guardian's.
    UPDATE cases SET protected = CASE
        WHEN EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks = 3) THEN 3
        WHEN NOT EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks > 0) THEN 0
        WHEN cases.state <> 'done' AND EXISTS (SELECT 1 FROM case_mentions
            WHERE case_number = cases.number AND speaks = 2 AND NOT deleted) THEN 2
        ELSE 1 END WHERE number = new.case_number;
END;
CREATE TRIGGER case_recounted AFTER UPDATE ON case_mentions
    WHEN old.case_number IS NOT new.case_number OR old.deleted IS NOT new.deleted
        OR (old.reviewable AND NOT old.deleted) IS NOT (new.reviewable AND NOT new.deleted)
        OR (old.reviewable AND NOT old.deleted AND coalesce(old.revision > old.decided_revision, 0)) IS NOT (new.reviewable AND NOT new.deleted AND coalesce(new.revision > new.decided_revision, 0))
        OR (old.reviewable AND NOT old.deleted AND old.read <> 'full') IS NOT (new.reviewable AND NOT new.deleted AND new.read <> 'full') BEGIN
    -- Counts change by difference, so that a change in a case of thousands costs no more.
    UPDATE cases SET
        size = size - (NOT old.deleted),
        flagged = flagged - (old.reviewable AND NOT old.deleted),
        unread = unread - (old.reviewable AND NOT old.deleted AND old.read <> 'full'),
        edited = edited - (old.reviewable AND NOT old.deleted AND coalesce(old.revision > old.decided_revision, 0))
    WHERE number = old.case_number;
    UPDATE cases SET
        size = size + (NOT new.deleted),
        flagged = flagged + (new.reviewable AND NOT new.deleted),
        unread = unread + (new.reviewable AND NOT new.deleted AND new.read <> 'full'),
        edited = edited + (new.reviewable AND NOT new.deleted AND coalesce(new.revision > new.decided_revision, 0))
    WHERE number = new.case_number;
END;
CREATE TRIGGER case_reworded AFTER UPDATE ON case_mentions
    WHEN old.assessment IS NOT new.assessment OR old.reviewable IS NOT new.reviewable
        OR (old.speaks > 0) IS NOT (new.speaks > 0) BEGIN
    -- Another assessment has other words, and only those of reviewable mentions are found.
    INSERT INTO case_mentions_fts (case_mentions_fts, rowid, masked)
        SELECT 'delete', number, masked FROM assessments
        WHERE number = old.assessment AND old.reviewable AND NOT old.speaks;
    INSERT INTO case_mentions_fts (rowid, masked)
        SELECT number, masked FROM assessments
        WHERE number = new.assessment AND new.reviewable AND NOT new.speaks;
END;
CREATE TRIGGER case_shrinks AFTER DELETE ON case_mentions BEGIN
    -- A mention leaves by a purge or an erasure; its words leave the index while they can still be read.
    INSERT INTO case_mentions_fts (case_mentions_fts, rowid, masked)
        SELECT 'delete', number, masked FROM assessments
        WHERE number = old.assessment AND old.reviewable AND NOT old.speaks;
    UPDATE cases SET
        size = size - (NOT old.deleted),
        flagged = flagged - (old.reviewable AND NOT old.deleted),
        unread = unread - (old.reviewable AND NOT old.deleted AND old.read <> 'full'),
        edited = edited - (old.reviewable AND NOT old.deleted AND coalesce(old.revision > old.decided_revision, 0))
    WHERE number = old.case_number;
    UPDATE cases SET
        risk = coalesce((SELECT risk FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 AND reviewable = 1 ORDER BY risk DESC LIMIT 1), 0),
        latest_at = coalesce((SELECT posted_at FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 ORDER BY posted_at DESC LIMIT 1), latest_at),
        lead_mention = coalesce((SELECT mention FROM case_mentions WHERE case_number = cases.number
            ORDER BY deleted, reviewable DESC, risk DESC, posted_at, mention LIMIT 1), lead_mention)
    WHERE number = old.case_number;
END;
CREATE TRIGGER post_changes_lane AFTER UPDATE ON case_mentions
    WHEN old.case_number IS NOT new.case_number OR old.lane IS NOT new.lane OR old.weight IS NOT new.weight
        OR old.reviewable IS NOT new.reviewable OR old.deleted IS NOT new.deleted
        OR old.revision IS NOT new.revision OR old.decided_revision IS NOT new.decided_revision BEGIN
    -- Decided, undone, edited, deleted or read anew: another post may be the worst that waits.
    UPDATE cases SET (lane, lane_mention, lane_weight) = (SELECT lane, mention, weight FROM case_mentions
        WHERE case_number = cases.number AND lane IS NOT NULL AND reviewable AND NOT deleted
            AND (NOT coalesce(decided_revision >= revision, 0) OR cases.state IN ('new', 'open'))
        ORDER BY coalesce(decided_revision >= revision, 0), CASE lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3
        ELSE 4 END, weight DESC, posted_at, mention LIMIT 1) WHERE number = new.case_number;
    UPDATE cases SET (lane, lane_mention, lane_weight) = (SELECT lane, mention, weight FROM case_mentions
        WHERE case_number = cases.number AND lane IS NOT NULL AND reviewable AND NOT deleted
            AND (NOT coalesce(decided_revision >= revision, 0) OR cases.state IN ('new', 'open'))
        ORDER BY coalesce(decided_revision >= revision, 0), CASE lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3
        ELSE 4 END, weight DESC, posted_at, mention LIMIT 1)
    WHERE number = old.case_number AND old.case_number <> new.case_number;
END;
CREATE TRIGGER post_enters_lane AFTER INSERT ON case_mentions BEGIN
    -- A post joins a case: it may be its worst.
    UPDATE cases SET (lane, lane_mention, lane_weight) = (SELECT lane, mention, weight FROM case_mentions
        WHERE case_number = cases.number AND lane IS NOT NULL AND reviewable AND NOT deleted
            AND (NOT coalesce(decided_revision >= revision, 0) OR cases.state IN ('new', 'open'))
        ORDER BY coalesce(decided_revision >= revision, 0), CASE lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3
        ELSE 4 END, weight DESC, posted_at, mention LIMIT 1) WHERE number = new.case_number;
END;
CREATE TRIGGER post_leaves_lane AFTER DELETE ON case_mentions BEGIN
    -- A post goes by a purge or an erasure.
    UPDATE cases SET (lane, lane_mention, lane_weight) = (SELECT lane, mention, weight FROM case_mentions
        WHERE case_number = cases.number AND lane IS NOT NULL AND reviewable AND NOT deleted
            AND (NOT coalesce(decided_revision >= revision, 0) OR cases.state IN ('new', 'open'))
        ORDER BY coalesce(decided_revision >= revision, 0), CASE lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3
        ELSE 4 END, weight DESC, posted_at, mention LIMIT 1) WHERE number = old.case_number;
END;
CREATE TRIGGER speaking_counted AFTER UPDATE OF speaks ON case_mentions WHEN (old.speaks > 0) IS NOT (new.speaks > 0) BEGIN
    -- Who speaks up is counted nowhere.
    DELETE FROM counted_mentions WHERE mention = new.mention;
    INSERT INTO daily_counts (number, day_part, platform, sentiment, risk, in_scope, flags, count)
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM daily_counts),
            substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END,
            m.platform, a.sentiment, a.risk, a.in_scope,
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name)), 0
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.mention
        ON CONFLICT DO NOTHING;
    INSERT INTO counted_mentions (mention, daily_count)
        SELECT m.number, d.number
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        JOIN daily_counts d
            ON d.day_part = substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END
            AND d.platform = m.platform AND d.sentiment = a.sentiment
            AND d.risk = a.risk AND d.in_scope = a.in_scope
            AND d.flags = (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name))
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.mention;
END;
CREATE TRIGGER speaking_counted_on_joining AFTER INSERT ON case_mentions WHEN new.speaks BEGIN
    -- Who speaks up is counted nowhere.
    DELETE FROM counted_mentions WHERE mention = new.mention;
    INSERT INTO daily_counts (number, day_part, platform, sentiment, risk, in_scope, flags, count)
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM daily_counts),
            substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END,
            m.platform, a.sentiment, a.risk, a.in_scope,
            (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name)), 0
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.mention
        ON CONFLICT DO NOTHING;
    INSERT INTO counted_mentions (mention, daily_count)
        SELECT m.number, d.number
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        JOIN daily_counts d
            ON d.day_part = substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END
            AND d.platform = m.platform AND d.sentiment = a.sentiment
            AND d.risk = a.risk AND d.in_scope = a.in_scope
            AND d.flags = (SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name))
        WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND a.mention = new.mention;
END;

-- case_flags: The flags of a case's mentions, for filters.
CREATE TABLE case_flags (
    flag TEXT NOT NULL,
    mention INTEGER NOT NULL REFERENCES case_mentions,
    PRIMARY KEY (flag, mention)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_flags_by_mention ON case_flags (mention);

-- case_places: The places that a case's mentions name, for filters.
CREATE TABLE case_places (
    place TEXT NOT NULL,
    mention INTEGER NOT NULL REFERENCES case_mentions,
    PRIMARY KEY (place, mention)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_places_by_mention ON case_places (mention);

-- case_mentions_fts: The index of the masked words of a case's reviewable mentions.
CREATE VIRTUAL TABLE case_mentions_fts USING fts5 (masked, content = 'assessments',
    content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2');

-- bookmarks: Up to which row a step has worked.
CREATE TABLE bookmarks (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;

-- case_lines: What an officer calls a case in place of the rules' line, each with the post and the line for which it stands; added, never changed.
CREATE TABLE case_lines (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    post INTEGER NOT NULL REFERENCES mentions,
    instead_of TEXT NOT NULL,
    by_user INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX case_lines_by_case ON case_lines (case_number, number);
CREATE INDEX case_lines_by_post ON case_lines (post);
CREATE TRIGGER case_lines_never_change BEFORE UPDATE OF number, case_number, post, instead_of, by_user, at ON case_lines BEGIN
    SELECT RAISE(ABORT, 'lines of cases are added, never changed'); END;

-- case_decisions: What a person decided of a case, what it covers and takes back; added, never changed.
CREATE TABLE case_decisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL REFERENCES cases,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    role TEXT,
    until TEXT,
    undoes INTEGER,
    size INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    covers TEXT NOT NULL,
    labels TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    duplicate_of INTEGER,
    lane TEXT,
    suggested TEXT NOT NULL DEFAULT '',
    UNIQUE (case_number, version)
) STRICT;
CREATE INDEX case_decisions_by_at ON case_decisions (at, kind);
CREATE INDEX case_decisions_by_suggested ON case_decisions (at, suggested) WHERE suggested <> '';
CREATE INDEX case_decisions_duplicates ON case_decisions (duplicate_of)
    WHERE duplicate_of IS NOT NULL;
CREATE INDEX case_decisions_to_remove ON case_decisions (case_number) WHERE kind = 'remove';
CREATE TRIGGER case_decisions_never_change BEFORE UPDATE OF case_number, version, kind, by_user, at,
    role, until, undoes, size, risk, covers, labels ON case_decisions BEGIN
    SELECT RAISE(ABORT, 'decisions are added, never changed'); END;
CREATE TRIGGER duplicates_never_change BEFORE UPDATE OF duplicate_of ON case_decisions BEGIN
    SELECT RAISE(ABORT, 'decisions are added, never changed'); END;

-- decision_records: Who decided what of which case, for which role and which ready reason; no words; outlives the case, by a rule of its own.
CREATE TABLE decision_records (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    kind TEXT NOT NULL,
    case_number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    role TEXT,
    why TEXT NOT NULL,
    flags TEXT NOT NULL,
    risk INTEGER,
    posts INTEGER NOT NULL,
    undoes INTEGER
) STRICT;
CREATE INDEX decision_records_by_case ON decision_records (case_number, version);
CREATE INDEX decision_records_by_moment ON decision_records (at);
CREATE TRIGGER decision_records_never_change BEFORE UPDATE ON decision_records BEGIN
    SELECT RAISE(ABORT, 'records of decisions are added, never changed'); END;

-- decisions: The same for each mention that it covers: what thresholds and training learn from.
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    at TEXT NOT NULL,
    labels TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    case_number INTEGER,
    case_version INTEGER,
    UNIQUE (mention, version)
) STRICT;
CREATE INDEX decisions_by_at ON decisions (at);

-- deadlines: When something of a case is due, and when and why that clock stopped.
CREATE TABLE deadlines (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('look', 'assistance', 'media', 'pid')),
    began_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    risk INTEGER,
    began_version INTEGER,
    stopped_at TEXT,
    stopped_version INTEGER,
    stop_reason TEXT,
    stopped_by INTEGER REFERENCES users,
    outcome TEXT,
    encrypted BLOB,
    lane TEXT,
    missed_lane TEXT,
    missed_at TEXT,
    promised_at TEXT
) STRICT;
CREATE INDEX deadlines_by_began ON deadlines (kind, began_at);
CREATE INDEX deadlines_by_case ON deadlines (case_number, number);
CREATE UNIQUE INDEX deadlines_that_run ON deadlines (kind, case_number)
    WHERE stopped_at IS NULL;

-- replies: What somebody replied on the platform to a mention of a case.
CREATE TABLE replies (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    case_number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    template TEXT,
    encrypted BLOB NOT NULL,
    UNIQUE (case_number, version, mention)
) STRICT;
CREATE INDEX replies_by_mention ON replies (mention);
CREATE TRIGGER replies_never_change
    BEFORE UPDATE OF mention, case_number, version, at, by_user, template ON replies BEGIN
    SELECT RAISE(ABORT, 'replies are added, never changed'); END;

-- takedowns: Steps to have a post taken down: whom we asked, when, what became of it.
CREATE TABLE takedowns (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    step TEXT NOT NULL CHECK (step IN ('asked', 'reminded', 'refused', 'gone', 'given_up')),
    recipient TEXT NOT NULL CHECK (recipient IN ('platform', 'author', 'other')),
    at TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    recorded_at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX takedowns_by_mention ON takedowns (mention, at, number);

-- moderations: What somebody hid or removed through a platform.
CREATE TABLE moderations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    revision INTEGER NOT NULL,
    source TEXT NOT NULL,
    action TEXT NOT NULL,
    final INTEGER NOT NULL,
    protected INTEGER NOT NULL,
    clause TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    outcome TEXT NOT NULL DEFAULT 'doing' CHECK (outcome IN ('doing', 'done', 'refused', 'not_done', 'unknown')),
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX moderations_by_mention ON moderations (mention, number);
CREATE UNIQUE INDEX moderations_under_way ON moderations (mention) WHERE outcome = 'doing';
CREATE TRIGGER moderations_never_change BEFORE UPDATE OF mention, revision, source, action,
    final, protected, clause, by_user, began_at ON moderations BEGIN
    SELECT RAISE(ABORT, 'what was done is added, never changed'); END;

-- sendings: Replies that were sent through a platform, and what came of each.
CREATE TABLE sendings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    revision INTEGER NOT NULL,
    case_number INTEGER NOT NULL,
    source TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'sent', 'failed', 'unknown')),
    settled_by INTEGER REFERENCES users,
    version INTEGER,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX sendings_by_case ON sendings (case_number, number);
CREATE INDEX sendings_by_mention ON sendings (mention, number);
CREATE UNIQUE INDEX sendings_under_way ON sendings (mention) WHERE state = 'sending';
CREATE TRIGGER sendings_never_change BEFORE UPDATE OF mention, revision, case_number, source,
    by_user, began_at ON sendings BEGIN
    SELECT RAISE(ABORT, 'what was sent is added, never changed'); END;

-- staff_reports: Posts that staff reported, and what worries them.
CREATE TABLE staff_reports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    at TEXT NOT NULL,
    target INTEGER NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX staff_reports_by_mention ON staff_reports (mention);

-- alerts: When a case became high, worse or much larger, or a colleague reported a post; what became of telling it.
CREATE TABLE alerts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER,
    mention INTEGER REFERENCES mentions,
    kind TEXT NOT NULL CHECK (kind IN ('high', 'worse', 'grew', 'reported', 'own')),
    risk INTEGER NOT NULL,
    size INTEGER NOT NULL,
    flags TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'raised' CHECK (state IN ('raised', 'told', 'in digest', 'not needed'))
) STRICT;
CREATE INDEX alerts_by_case ON alerts (case_number, number);
CREATE INDEX alerts_by_mention ON alerts (mention) WHERE mention IS NOT NULL;
CREATE INDEX alerts_raised ON alerts (number) WHERE state = 'raised';

-- alert_mails: To which route an alert was told, by which mail, and when the next contact is due.
CREATE TABLE alert_mails (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    alert INTEGER NOT NULL REFERENCES alerts,
    outbox INTEGER NOT NULL,
    route TEXT NOT NULL,
    level INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    at TEXT NOT NULL,
    next_at TEXT,
    UNIQUE (alert, route, level)
) STRICT;
CREATE INDEX alert_mails_by_outbox ON alert_mails (outbox);
CREATE INDEX alert_mails_by_route ON alert_mails (route, at);
CREATE INDEX alert_mails_to_chase ON alert_mails (next_at) WHERE next_at IS NOT NULL;

-- handoffs: Posts that were passed on to a role: to whom, by whom, and until when that role must say it has them.
CREATE TABLE handoffs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    role TEXT NOT NULL,
    posts TEXT NOT NULL,
    flags TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'confirmed', 'answered', 'taken back')),
    state_at TEXT NOT NULL,
    due_at TEXT,
    next_at TEXT,
    chases INTEGER NOT NULL DEFAULT 0,
    keeps_look INTEGER NOT NULL,
    encrypted BLOB NOT NULL,
    UNIQUE (case_number, version)
) STRICT;
CREATE INDEX handoffs_by_user ON handoffs (by_user, state);
CREATE INDEX handoffs_open ON handoffs (state, due_at) WHERE state IN ('waits', 'confirmed');
CREATE INDEX handoffs_to_chase ON handoffs (next_at) WHERE next_at IS NOT NULL;
CREATE TRIGGER handoffs_never_change
    BEFORE UPDATE OF number, case_number, version, role, posts, flags, by_user, at, keeps_look
    ON handoffs BEGIN
    SELECT RAISE(ABORT, 'a hand-off keeps what was handed on'); END;

-- handoff_steps: What was sent for a hand-off and what people said of it; added, never changed.
CREATE TABLE handoff_steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    handoff INTEGER NOT NULL REFERENCES handoffs,
    kind TEXT NOT NULL CHECK (kind IN ('sent', 'not sent', 'chased', 'told', 'confirmed', 'answered', 'taken back', 'waits again')),
    at TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    level INTEGER NOT NULL DEFAULT 0,
    outbox INTEGER,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX handoff_steps_by_at ON handoff_steps (at) WHERE by_user IS NOT NULL;
CREATE INDEX handoff_steps_by_handoff ON handoff_steps (handoff, number);
CREATE TRIGGER handoff_steps_never_change
    BEFORE UPDATE OF number, handoff, kind, at, by_user, level, outbox ON handoff_steps BEGIN
    SELECT RAISE(ABORT, 'steps of a hand-off are added, never changed'); END;

-- path_steps: What was done on the guided paths of a case, a leak or danger: by whom, when, taken back by whom.
CREATE TABLE path_steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    path TEXT NOT NULL CHECK (path IN ('leak', 'danger', 'threat')),
    step TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    decision INTEGER,
    undone_by INTEGER REFERENCES users,
    undone_at TEXT,
    encrypted BLOB NOT NULL,
    CHECK ((undone_by IS NULL) = (undone_at IS NULL))
) STRICT;
CREATE INDEX path_steps_by_at ON path_steps (at);
CREATE INDEX path_steps_by_case ON path_steps (case_number, path, number);
CREATE INDEX path_steps_by_undone ON path_steps (undone_at) WHERE undone_at IS NOT NULL;
CREATE UNIQUE INDEX path_steps_standing ON path_steps (case_number, path, step)
    WHERE undone_at IS NULL;
CREATE TRIGGER path_steps_are_undone_once
    BEFORE UPDATE OF undone_by, undone_at ON path_steps WHEN old.undone_at IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'a step is taken back once'); END;
CREATE TRIGGER path_steps_never_change
    BEFORE UPDATE OF number, case_number, path, step, outcome, by_user, at, decision
    ON path_steps BEGIN
    SELECT RAISE(ABORT, 'steps of a path are added, never changed'); END;

-- hr_releases: Cases that one person released to an employer before it took two; read alone, and opens nothing.
CREATE TABLE hr_releases (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL UNIQUE,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;

-- employer_requests: That somebody asks to pass posts of a case to an employer, and why; added, never changed.
CREATE TABLE employer_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    posts TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX employer_requests_by_case ON employer_requests (case_number, number);
CREATE TRIGGER employer_requests_never_change BEFORE UPDATE OF number, case_number, posts, reason, by_user, at
            ON employer_requests BEGIN
    SELECT RAISE(ABORT, 'requests are added, never changed'); END;

-- employer_answers: What governance and the Guardian said to such a request, and why; added, never changed.
CREATE TABLE employer_answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request INTEGER NOT NULL REFERENCES employer_requests,
    as_role TEXT NOT NULL CHECK (as_role IN ('governance', 'guardian')),
    answer TEXT NOT NULL CHECK (answer IN ('agrees', 'refuses')),
    reason TEXT NOT NULL,
    by_user INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    UNIQUE (request, as_role),
    UNIQUE (request, by_user)
) STRICT;
CREATE TRIGGER employer_answers_by_another BEFORE INSERT ON employer_answers
            WHEN new.by_user IS (SELECT by_user FROM employer_requests WHERE number = new.request) BEGIN
    SELECT RAISE(ABORT, 'nobody answers what they asked for'); END;
CREATE TRIGGER employer_answers_never_change BEFORE UPDATE OF number, request, as_role, answer, reason, by_user, at
            ON employer_answers BEGIN
    SELECT RAISE(ABORT, 'answers are added, never changed'); END;

-- police_disclosures: What of a case went to the police, and by which ground in law; added, never changed.
CREATE TABLE police_disclosures (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    ground TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX police_disclosures_by_case ON police_disclosures (case_number, number);
CREATE TRIGGER police_disclosures_never_change
            BEFORE UPDATE OF number, case_number, version, ground, by_user, at ON police_disclosures BEGIN
    SELECT RAISE(ABORT, 'what was disclosed is added, never changed'); END;

-- police_requests: Criticism and complaints that somebody asks to pass to the police, and what the second person said.
CREATE TABLE police_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    posts TEXT NOT NULL,
    role TEXT NOT NULL,
    ground TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'used', 'over')),
    answered_by INTEGER REFERENCES users,
    answered_at TEXT,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX police_requests_by_case ON police_requests (case_number, number);
CREATE TRIGGER police_requests_never_change
            BEFORE UPDATE OF number, case_number, version, posts, role, ground, by_user, at ON police_requests BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END;

-- lane_packs: Evidence packs of the Guardian's lane: which of governance and the Guardian asks, what for, and what the other one said.
CREATE TABLE lane_packs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    posts TEXT NOT NULL,
    purpose TEXT NOT NULL,
    as_role TEXT NOT NULL CHECK (as_role IN ('governance', 'guardian')),
    by_user INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'over')),
    answered_by INTEGER REFERENCES users,
    answered_at TEXT,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX lane_packs_by_case ON lane_packs (case_number, number);
CREATE TRIGGER lane_packs_never_change
            BEFORE UPDATE OF number, case_number, posts, purpose, as_role, by_user, at ON lane_packs BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END;

-- speaking_up_rulings: What a person said of posts: that they speak up, or that they don't, and why; added, never changed.
CREATE TABLE speaking_up_rulings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    speaks INTEGER NOT NULL,
    posts TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX speaking_up_rulings_by_case ON speaking_up_rulings (case_number, number);
CREATE TRIGGER speaking_up_rulings_never_change
    BEFORE UPDATE OF number, case_number, speaks, posts, by_user, at ON speaking_up_rulings BEGIN
    SELECT RAISE(ABORT, 'what was said of a case is added, never changed'); END;

-- recusals: Who stepped back from a case, or wrote a post of it themselves, and who has it since; added, never changed.
CREATE TABLE recusals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    user_number INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    own_post INTEGER NOT NULL DEFAULT 0,
    handed_to INTEGER REFERENCES users,
    encrypted BLOB NOT NULL,
    UNIQUE (case_number, user_number)
) STRICT;
CREATE INDEX recusals_by_user ON recusals (user_number, case_number);
CREATE TRIGGER recusals_never_change
    BEFORE UPDATE OF number, case_number, user_number, at, own_post, handed_to ON recusals BEGIN
    SELECT RAISE(ABORT, 'stepping back is added, never changed'); END;

-- == Team ==

-- users: Who may use the page, and as what.
CREATE TABLE users (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('local', 'oidc')),
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    password_hash TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1,
    preferences TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    signed_in_at TEXT,
    UNIQUE (kind, handle)
) STRICT;

-- sessions: What people are signed in with, as hashes.
CREATE TABLE sessions (
    id_hash TEXT PRIMARY KEY,
    user_number INTEGER NOT NULL REFERENCES users,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_number);

-- sign_in_links: Links that let somebody choose a password once, as hashes.
CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    user_number INTEGER NOT NULL REFERENCES users,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;

-- second_steps: Who set up a second step of signing in, its secret encrypted, and the last code's time step.
CREATE TABLE second_steps (
    user_number INTEGER PRIMARY KEY REFERENCES users,
    encrypted BLOB,
    began_at TEXT,
    confirmed_at TEXT,
    last_step INTEGER NOT NULL DEFAULT 0,
    asked_at TEXT
) STRICT;

-- recovery_codes: Codes for when the telephone of a second step is lost, as hashes; each works once.
CREATE TABLE recovery_codes (
    code_hash TEXT PRIMARY KEY,
    user_number INTEGER NOT NULL REFERENCES users,
    created_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_number);

-- known_browsers: Browsers in which somebody has signed in, as hashes: guesses from elsewhere don't slow them down.
CREATE TABLE known_browsers (
    token_hash TEXT PRIMARY KEY,
    user_number INTEGER NOT NULL REFERENCES users,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
) STRICT;
CREATE INDEX known_browsers_by_user ON known_browsers (user_number, seen_at);

-- second_step_resets: Resets of the second step of governance or the Guardian: who asked, which second person answered.
CREATE TABLE second_step_resets (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    user_number INTEGER NOT NULL REFERENCES users,
    asked_by INTEGER REFERENCES users,
    login TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'over')),
    answered_by INTEGER REFERENCES users,
    answered_at TEXT
) STRICT;
CREATE INDEX second_step_resets_waiting ON second_step_resets (user_number) WHERE state = 'waits';
CREATE TRIGGER second_step_resets_never_change BEFORE UPDATE OF number, user_number, asked_by, login, at
            ON second_step_resets BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END;

-- linked_accounts: Accounts that one person has in other organisations of this installation, as they linked them.
CREATE TABLE linked_accounts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    user_number INTEGER NOT NULL REFERENCES users,
    organisation TEXT NOT NULL,
    their_number INTEGER NOT NULL,
    linked_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE UNIQUE INDEX linked_accounts_in_force ON linked_accounts (user_number, organisation, their_number)
    WHERE ended_at IS NULL;

-- passes: Codes by which accounts are linked and tickets by which somebody comes over, as hashes; each works once.
CREATE TABLE passes (
    token_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('link', 'enter')),
    user_number INTEGER NOT NULL REFERENCES users,
    from_organisation TEXT NOT NULL,
    from_number INTEGER,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX passes_by_user ON passes (user_number, kind);

-- account_requests: Links and roles of governance and the Guardian that wait for a second person: who asked, who answered.
CREATE TABLE account_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL CHECK (what IN ('link', 'roles')),
    user_number INTEGER NOT NULL REFERENCES users,
    roles TEXT NOT NULL,
    before TEXT NOT NULL,
    asked_by INTEGER REFERENCES users,
    login TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'used', 'over')),
    answered_by INTEGER REFERENCES users,
    answered_at TEXT
) STRICT;
CREATE INDEX account_requests_by_user ON account_requests (user_number, number);
CREATE INDEX account_requests_waiting ON account_requests (number) WHERE state = 'waits';
CREATE TRIGGER account_requests_never_change BEFORE UPDATE OF number, what, user_number, roles, before, asked_by, login, at
            ON account_requests BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END;

-- assignments: To whom a case was given, by whom; added, never changed.
CREATE TABLE assignments (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    to_user INTEGER REFERENCES users,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    UNIQUE (case_number, version)
) STRICT;
CREATE INDEX assignments_by_at ON assignments (at);
CREATE TRIGGER assignments_never_change
    BEFORE UPDATE OF case_number, version, to_user, by_user, at ON assignments BEGIN
    SELECT RAISE(ABORT, 'assignments are added, never changed'); END;

-- opinions: Whose second opinion was asked of a case, and where that stands.
CREATE TABLE opinions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    asked_by INTEGER NOT NULL REFERENCES users,
    asked_of INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waits', 'answered', 'over')),
    end_reason TEXT,
    ended_at TEXT,
    ended_by INTEGER REFERENCES users,
    ended_version INTEGER,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX opinions_answered ON opinions (asked_by) WHERE state = 'answered';
CREATE INDEX opinions_asked_by ON opinions (asked_by) WHERE state = 'waits';
CREATE INDEX opinions_by_case ON opinions (case_number, number);
CREATE INDEX opinions_that_wait ON opinions (asked_of, due_at) WHERE state = 'waits';

-- absences: Who is away, from which UK day to which, and who covers; added, never changed.
CREATE TABLE absences (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    user_number INTEGER NOT NULL REFERENCES users,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    cover INTEGER REFERENCES users,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    replaces INTEGER UNIQUE REFERENCES absences,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    CHECK (first_day <= last_day)
) STRICT;
CREATE INDEX absences_by_user ON absences (user_number, first_day);
CREATE TRIGGER absences_never_change BEFORE UPDATE ON absences BEGIN
    SELECT RAISE(ABORT, 'absences are added, never changed'); END;

-- handovers: Versions of the notes that whoever goes off leaves to those who come on.
CREATE TABLE handovers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    note INTEGER NOT NULL,
    version INTEGER NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    figures TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    UNIQUE (note, version)
) STRICT;

-- handover_reads: Who has read which version of a note.
CREATE TABLE handover_reads (
    handover INTEGER NOT NULL REFERENCES handovers,
    user_number INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    PRIMARY KEY (handover, user_number)
) STRICT, WITHOUT ROWID;

-- own_handles: Handles that count, wait to count, or counted as colleagues' own, as hashes, so that cases by them are kept from whose they are.
CREATE TABLE own_handles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    user_number INTEGER NOT NULL REFERENCES users,
    platform TEXT NOT NULL,
    handle_hash TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'in force' CHECK (state IN ('waits', 'in force', 'refused', 'removed')),
    answered_by INTEGER REFERENCES users,
    answered_at TEXT,
    removed_by INTEGER REFERENCES users,
    removed_at TEXT,
    UNIQUE (user_number, platform, handle_hash)
) STRICT;
CREATE INDEX own_handles_by_handle ON own_handles (platform, handle_hash);

-- == Samples ==

-- sample_draws: The sample of a week, with the seed by which anybody can draw it again.
CREATE TABLE sample_draws (
    week TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    drawn_at TEXT NOT NULL,
    seed TEXT NOT NULL,
    flagged TEXT NOT NULL
) STRICT;

-- sample_strata: The parts of a week's stories: how many there were, how many were drawn.
CREATE TABLE sample_strata (
    week TEXT NOT NULL REFERENCES sample_draws,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    population INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    PRIMARY KEY (week, kind, name)
) STRICT, WITHOUT ROWID;

-- samples: Mentions that were drawn for a blind look or a second person.
CREATE TABLE samples (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    week TEXT NOT NULL REFERENCES sample_draws,
    kind TEXT NOT NULL CHECK (kind IN ('unflagged', 'second')),
    mention INTEGER NOT NULL REFERENCES mentions,
    revision INTEGER NOT NULL,
    stratum TEXT NOT NULL,
    chance REAL NOT NULL,
    decision INTEGER REFERENCES decisions,
    drawn_at TEXT NOT NULL,
    UNIQUE (week, kind, mention)
) STRICT;
CREATE INDEX samples_by_decision ON samples (decision);
CREATE INDEX samples_by_mention ON samples (mention);

-- sample_answers: What people said of a sample, blind; added, never changed.
CREATE TABLE sample_answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sample INTEGER NOT NULL REFERENCES samples,
    mention INTEGER NOT NULL REFERENCES mentions,
    version INTEGER NOT NULL,
    by_user INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    in_scope INTEGER NOT NULL,
    labels TEXT NOT NULL,
    skipped TEXT,
    encrypted BLOB NOT NULL,
    UNIQUE (sample, version)
) STRICT;
CREATE INDEX sample_answers_by_mention ON sample_answers (mention);
CREATE TRIGGER sample_answers_never_change
    BEFORE UPDATE OF sample, mention, version, by_user, at, in_scope, labels, skipped
    ON sample_answers BEGIN
    SELECT RAISE(ABORT, 'answers are added, never changed'); END;

-- sample_counts: How often what was said, of mentions that have gone; names nobody.
CREATE TABLE sample_counts (
    week TEXT NOT NULL,
    kind TEXT NOT NULL,
    stratum TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (week, kind, stratum, what)
) STRICT, WITHOUT ROWID;

-- false_negatives: Mentions in which nothing was flagged and a person found something.
CREATE TABLE false_negatives (
    mention INTEGER PRIMARY KEY REFERENCES mentions,
    sample INTEGER NOT NULL REFERENCES samples,
    at TEXT NOT NULL,
    flags TEXT NOT NULL,
    risk INTEGER NOT NULL
) STRICT;

-- == Data rights ==

-- rights_requests: What people asked of their data: what kind, when an answer is due, who has it, what became of it.
CREATE TABLE rights_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('access', 'portability', 'erasure', 'rectification', 'objection', 'restriction')),
    came_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    extended INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'in hand', 'ready', 'done', 'refused', 'withdrawn')),
    owner INTEGER REFERENCES users,
    at TEXT NOT NULL,
    closed_at TEXT,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX rights_requests_open ON rights_requests (due_on) WHERE closed_at IS NULL;

-- person_searches: Whom governance looked for on a request, sealed, and who looked; added, never changed.
CREATE TABLE person_searches (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request INTEGER NOT NULL REFERENCES rights_requests,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX person_searches_by_at ON person_searches (at);
CREATE INDEX person_searches_by_request ON person_searches (request, number);
CREATE TRIGGER person_searches_never_change
            BEFORE UPDATE OF number, request, by_user, at ON person_searches BEGIN
    SELECT RAISE(ABORT, 'searches are added, never changed'); END;

-- objections: Whose later posts are not taken in unless they are a high risk: a platform and a keyed hash of an account.
CREATE TABLE objections (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    author_hash TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    at TEXT NOT NULL,
    request INTEGER REFERENCES rights_requests
) STRICT;

-- corrections: What was put right of a mention for the person it is about; what stood there before stays with it.
CREATE TABLE corrections (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    what TEXT NOT NULL CHECK (what IN ('label', 'attribution', 'note')),
    name TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    request INTEGER REFERENCES rights_requests,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX corrections_by_mention ON corrections (mention);
CREATE TRIGGER corrections_never_change
            BEFORE UPDATE OF number, mention, what, name, by_user, at, request ON corrections BEGIN
    SELECT RAISE(ABORT, 'corrections are added, never changed'); END;

-- ledger_lines: The erasure ledger as this database knows it; the file beside the database holds the same, and outlives it.
CREATE TABLE ledger_lines (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mac TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL
) STRICT;

-- key_rotations: Sealing everything under another key: when it began, how far it got, when it ended.
CREATE TABLE key_rotations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    began_at TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    row INTEGER NOT NULL DEFAULT 0,
    fields INTEGER NOT NULL DEFAULT 0,
    ended_at TEXT
) STRICT;

-- == Counts ==

-- daily_counts: How many mentions of a part of a day have which labels now; kept by triggers.
CREATE TABLE daily_counts (
    number INTEGER NOT NULL UNIQUE,
    day_part TEXT NOT NULL,
    platform TEXT NOT NULL,
    sentiment TEXT NOT NULL,
    risk TEXT NOT NULL,
    in_scope INTEGER NOT NULL,
    flags TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day_part, platform, sentiment, risk, in_scope, flags)
) STRICT, WITHOUT ROWID;

-- counted_mentions: Under which row of daily_counts a mention is counted; kept by triggers.
CREATE TABLE counted_mentions (
    mention INTEGER PRIMARY KEY REFERENCES mentions,
    daily_count INTEGER NOT NULL
) STRICT;
CREATE TRIGGER counted_less AFTER DELETE ON counted_mentions BEGIN
    -- Labels that no mention of a day has any more leave no row.
    UPDATE daily_counts SET count = count - 1 WHERE number = old.daily_count;
    DELETE FROM daily_counts WHERE number = old.daily_count AND count = 0;
END;
CREATE TRIGGER counted_more AFTER INSERT ON counted_mentions BEGIN
    -- The count of a day's labels is how many mentions refer to it.
    UPDATE daily_counts SET count = count + 1 WHERE number = new.daily_count;
END;

-- purged_counts: The same of mentions that have gone, by UK day; names nobody.
CREATE TABLE purged_counts (
    day TEXT NOT NULL,
    platform TEXT NOT NULL,
    sentiment TEXT NOT NULL,
    risk TEXT NOT NULL,
    in_scope INTEGER NOT NULL,
    flags TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, platform, sentiment, risk, in_scope, flags)
) STRICT;

-- purged_imports: Of those, the ones that no source found: imports and notes; names nobody.
CREATE TABLE purged_imports (
    day TEXT NOT NULL,
    platform TEXT NOT NULL,
    sentiment TEXT NOT NULL,
    risk TEXT NOT NULL,
    in_scope INTEGER NOT NULL,
    flags TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, platform, sentiment, risk, in_scope, flags)
) STRICT;

-- purged_finds: On which UK day what has gone was found and posted; names nobody.
CREATE TABLE purged_finds (
    found_day TEXT NOT NULL,
    posted_day TEXT NOT NULL,
    imported INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (found_day, posted_day, imported)
) STRICT, WITHOUT ROWID;

-- purged_decisions: What was decided of cases that have gone, by UK day; names nobody.
CREATE TABLE purged_decisions (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, kind)
) STRICT, WITHOUT ROWID;

-- case_openings: How many cases opened in each hour (UTC), and how many of old posts, without the Guardian's; outlives the cases.
CREATE TABLE case_openings (
    hour TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    late INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- weekly_summaries: What a weekly, monthly or quarterly summary said when it was told: counts alone; added, never changed.
CREATE TABLE weekly_summaries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    period TEXT NOT NULL CHECK (period IN ('week', 'month', 'quarter')),
    last_day TEXT NOT NULL,
    at TEXT NOT NULL,
    figures TEXT NOT NULL,
    UNIQUE (period, last_day)
) STRICT;
CREATE TRIGGER weekly_summaries_never_change BEFORE UPDATE ON weekly_summaries BEGIN
    SELECT RAISE(ABORT, 'what a summary said is added, never changed'); END;

-- weekly_notes: What people wrote into a summary: its headline, the gist of a theme, what came of a campaign.
CREATE TABLE weekly_notes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    period TEXT NOT NULL CHECK (period IN ('week', 'month', 'quarter')),
    last_day TEXT NOT NULL,
    about TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX weekly_notes_by_period ON weekly_notes (period, last_day, about, number);
CREATE TRIGGER weekly_notes_never_change
    BEFORE UPDATE OF number, period, last_day, about, by_user, at ON weekly_notes BEGIN
    SELECT RAISE(ABORT, 'notes are added, never changed'); END;

-- calendar_entries: What is coming up, as the team wrote it down.
CREATE TABLE calendar_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    removed_at TEXT,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX calendar_entries_by_day ON calendar_entries (day) WHERE removed_at IS NULL;

-- == The store itself ==

-- events: What happened, without content, each chained to all before it; added, never changed.
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    mac TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_at ON events (at);
CREATE INDEX events_by_doer ON events (json_extract(about, '$.by'))
    WHERE json_extract(about, '$.by') IS NOT NULL;
CREATE INDEX events_by_kind ON events (kind, number);
CREATE INDEX events_of_person ON events (json_extract(about, '$.user'))
    WHERE json_extract(about, '$.user') IS NOT NULL;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events are added, never changed'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events are added, never removed'); END;

-- searched_people: Holders of an office whose name may be searched for: who asked, which two agreed, until when.
CREATE TABLE searched_people (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    office TEXT NOT NULL,
    asked_by INTEGER NOT NULL REFERENCES users,
    asked_at TEXT NOT NULL,
    lead_by INTEGER REFERENCES users,
    governance_by INTEGER REFERENCES users,
    approved_at TEXT,
    until TEXT NOT NULL,
    ended_at TEXT,
    ended_by INTEGER REFERENCES users,
    encrypted BLOB NOT NULL,
    CHECK (lead_by IS NULL OR governance_by IS NULL OR lead_by <> governance_by)
) STRICT;

-- turned_away: How many private words were turned away unread, by UK day; names nobody.
CREATE TABLE turned_away (
    day TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, what)
) STRICT, WITHOUT ROWID;

-- views: Who looked at what: a case, a post, an original, a search; one row where somebody looks again within minutes.
CREATE TABLE views (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    by_user INTEGER NOT NULL REFERENCES users,
    kind TEXT NOT NULL,
    case_number INTEGER,
    post INTEGER,
    page TEXT NOT NULL,
    found INTEGER,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    staff INTEGER
) STRICT;
CREATE INDEX views_by_case ON views (case_number, last_at) WHERE case_number IS NOT NULL;
CREATE INDEX views_by_moment ON views (last_at);
CREATE INDEX views_by_user ON views (by_user, last_at);

-- row_seals: A keyed digest of each row of the tables that matter, by which a change outside the program is noticed.
CREATE TABLE row_seals (
    part INTEGER NOT NULL,
    key ANY NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (part, key)
) STRICT, WITHOUT ROWID;

-- seal_totals: Of each such table how many seals there are, and their sum; sealed in turn.
CREATE TABLE seal_totals (
    part INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL UNIQUE,
    columns TEXT NOT NULL,
    state BLOB NOT NULL
) STRICT;

-- imports: Files that people handed over: who, what came of each, and how many posts it brought; the files lie beside the database for an hour at most, encrypted with a key that the page alone holds in memory.
CREATE TABLE imports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    state TEXT NOT NULL CHECK (state IN ('waits', 'storing', 'stored', 'failed', 'dropped')),
    tool TEXT NOT NULL,
    digest TEXT NOT NULL,
    posts INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    left_out INTEGER NOT NULL DEFAULT 0,
    seen_at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE TRIGGER imports_keep_who BEFORE UPDATE OF number, at, by_user, digest ON imports BEGIN
    SELECT RAISE(ABORT, 'who handed over what never changes'); END;

-- catalogue_parts: Which parts of a back catalogue are in, by a checksum of a part's answers, so that it is taken in once.
CREATE TABLE catalogue_parts (
    digest TEXT PRIMARY KEY,
    import INTEGER NOT NULL REFERENCES imports,
    at TEXT NOT NULL
) STRICT;

-- catalogue_alerts: Alerts of what a back catalogue brought, until one digest has told of them.
CREATE TABLE catalogue_alerts (
    alert INTEGER PRIMARY KEY REFERENCES alerts ON DELETE CASCADE,
    import INTEGER NOT NULL REFERENCES imports
) STRICT;
CREATE INDEX catalogue_alerts_by_import ON catalogue_alerts (import);

-- exports: What was taken out of the store: by whom, how much, what was left out, and why; added, never changed.
CREATE TABLE exports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL,
    format TEXT NOT NULL,
    at TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    case_number INTEGER,
    first_day TEXT,
    last_day TEXT,
    rows INTEGER NOT NULL,
    left_out TEXT NOT NULL,
    masked INTEGER NOT NULL,
    digest TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE TRIGGER exports_never_change BEFORE UPDATE OF number, what, format, at, by_user, case_number,
            first_day, last_day, rows, left_out, masked, digest ON exports BEGIN
    SELECT RAISE(ABORT, 'exports are added, never changed'); END;

-- clock_checks: When this machine's clock was last right, and since when it is doubted.
CREATE TABLE clock_checks (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    right_at TEXT NOT NULL,
    doubted_at TEXT,
    last_mention INTEGER,
    boot_id TEXT,
    booted_at TEXT,
    CHECK ((doubted_at IS NULL) = (last_mention IS NULL))
) STRICT;

-- purge_questions: Purges that would take much of the store: how many posts by reason, and what a person said.
CREATE TABLE purge_questions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    asked_at TEXT NOT NULL,
    posts INTEGER NOT NULL CHECK (posts > 0),
    of_posts INTEGER NOT NULL,
    counts TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'declined', 'over')),
    answered_at TEXT,
    answered_by INTEGER REFERENCES users,
    until TEXT,
    gone INTEGER NOT NULL DEFAULT 0,
    CHECK (state IN ('waits', 'over') OR (answered_at IS NOT NULL AND until IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX purge_questions_that_wait ON purge_questions (state) WHERE state = 'waits';

-- holds: Mentions that a purge must leave for now: why, by whom, until when.
CREATE TABLE holds (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    approver TEXT NOT NULL,
    at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    lifted_at TEXT,
    encrypted BLOB NOT NULL,
    request INTEGER,
    without_use INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX holds_by_mention ON holds (mention);

-- hold_requests: Holds that were asked for: by whom, of whom, until when, and whether whoever is to approve said yes.
CREATE TABLE hold_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mention INTEGER NOT NULL REFERENCES mentions,
    approver INTEGER NOT NULL REFERENCES users,
    asked_by INTEGER REFERENCES users,
    at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    request INTEGER,
    without_use INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'over')),
    answered_at TEXT,
    encrypted BLOB NOT NULL
) STRICT;
CREATE INDEX hold_requests_by_mention ON hold_requests (mention);
CREATE TRIGGER hold_requests_never_change
    BEFORE UPDATE OF number, mention, approver, asked_by, at, expires_at, request, without_use ON hold_requests
    BEGIN SELECT RAISE(ABORT, 'what was asked for is never changed'); END;

-- settings: Versions of what officers set in the page over config.toml; added, never changed.
CREATE TABLE settings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    section TEXT NOT NULL,
    version INTEGER NOT NULL,
    at TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    from_file INTEGER NOT NULL,
    restored_version INTEGER,
    encrypted BLOB NOT NULL,
    UNIQUE (section, version)
) STRICT;
CREATE TRIGGER settings_never_change
    BEFORE UPDATE OF number, section, version, at, by_user, from_file, restored_version ON settings BEGIN
    SELECT RAISE(ABORT, 'settings are added, never changed'); END;
CREATE TRIGGER settings_never_go BEFORE DELETE ON settings BEGIN
    SELECT RAISE(ABORT, 'settings are added, never removed'); END;

-- guarded_approvals: What of the settings keeps people safe and waited, such as how staff reach the Guardian or who is told at once, as another person agreed to it; added, never changed.
CREATE TABLE guarded_approvals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    part TEXT NOT NULL CHECK (part IN ('contacts', 'templates', 'teams', 'routes', 'alerts', 'passing', 'clocks', 'search')),
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE TRIGGER guarded_approvals_never_change BEFORE UPDATE OF number, part, by_user, at ON guarded_approvals BEGIN
    SELECT RAISE(ABORT, 'approvals are added, never changed'); END;

-- recipient_approvals: Teams and mailboxes that governance approved, each in the form that it saw; added, never changed.
CREATE TABLE recipient_approvals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL CHECK (what IN ('team', 'address')),
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT;
CREATE TRIGGER recipient_approvals_never_change BEFORE UPDATE OF number, what, key, type, by_user, at
            ON recipient_approvals BEGIN
    SELECT RAISE(ABORT, 'approvals are added, never changed'); END;

-- access_tokens: What a platform gave a source so that it may read.
CREATE TABLE access_tokens (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    expires_at TEXT,
    renewable_until TEXT,
    encrypted BLOB NOT NULL
) STRICT;

-- keyring: The key of the hashes by which encrypted things are found again, itself encrypted.
CREATE TABLE keyring (
    name TEXT PRIMARY KEY,
    encrypted BLOB NOT NULL
) STRICT;

-- job_runs: Each run of a job: when it began and ended, how much failed; without an end it was killed, or runs still.
CREATE TABLE job_runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    failures INTEGER CHECK (failures >= 0),
    completed INTEGER CHECK (completed IN (0, 1)),
    version TEXT NOT NULL,
    CHECK ((ended_at IS NULL) = (failures IS NULL)),
    CHECK ((ended_at IS NULL) = (completed IS NULL))
) STRICT;
CREATE INDEX job_runs_by_job ON job_runs (job, number);
CREATE INDEX job_runs_that_failed ON job_runs (job, number) WHERE failures > 0;
CREATE INDEX job_runs_that_reached_their_end ON job_runs (job, number) WHERE completed = 1;
CREATE INDEX job_runs_that_went_well ON job_runs (job, number) WHERE failures = 0;
CREATE TRIGGER job_runs_end_once BEFORE UPDATE ON job_runs
            WHEN old.ended_at IS NOT NULL OR new.number IS NOT old.number OR new.job IS NOT old.job
                OR new.started_at IS NOT old.started_at OR new.version IS NOT old.version BEGIN
    SELECT RAISE(ABORT, 'a run of a job ends once, and how it began never changes'); END;

-- pulse_marks: What the program notes of its own condition: how often a source brings something, when a certificate ends, what was told.
CREATE TABLE pulse_marks (
    name TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;

-- maintenance_tasks: Work on the file that is owed (a vacuum), and until when other upkeep has come.
CREATE TABLE maintenance_tasks (
    name TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT;

-- what we think now: the newest assessment of the newest revision, its newest risk
CREATE VIEW current_assessments AS
    SELECT a.*, r.number AS risk_number, r.risk, r.followers AS risk_followers,
        r.shares AS risk_shares
    FROM assessments a JOIN risks r
        ON r.number = (SELECT max(s.number) FROM risks s WHERE s.assessment = a.number)
    WHERE a.number = (SELECT b.number FROM assessments b WHERE b.mention = a.mention
        ORDER BY b.revision DESC, b.number DESC LIMIT 1);
