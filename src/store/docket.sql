-- The tables of a docket.  Each "-- step N" brings a docket of version N - 1 to
-- version N (PRAGMA user_version); a step that was released is never changed.
-- A statement ends with a semicolon at the end of a line, and is at most 4000 bytes.
--
-- Readable: codes, ids, numbers, instants (seconds UTC, 0 for none).  "sealed" is one
-- AES-256-GCM value under the docket key, bound to "table/rowid/sealed"; inside is JSON.

-- step 1

CREATE TABLE facts (	-- about the docket itself
	name TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
	number INTEGER PRIMARY KEY,
	opened_at INTEGER NOT NULL,
	closed_at INTEGER NOT NULL DEFAULT 0,
	sealed BLOB NOT NULL	-- {"name"}
) STRICT;

CREATE TABLE case_evidence (
	evidence INTEGER PRIMARY KEY,
	case_number INTEGER NOT NULL REFERENCES cases
) STRICT;
CREATE INDEX case_evidence_of ON case_evidence (case_number);

CREATE TABLE correspondents (
	number INTEGER PRIMARY KEY,
	state TEXT NOT NULL,
	languages TEXT NOT NULL,
	sealed BLOB NOT NULL	-- {"name", "address", "email"}
) STRICT;

CREATE TABLE requests (
	number INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	ours INTEGER NOT NULL CHECK (ours IN (0, 1)),
	state TEXT NOT NULL,
	peer TEXT NOT NULL,
	correspondent INTEGER REFERENCES correspondents,
	carried_by TEXT NOT NULL,
	case_number INTEGER REFERENCES cases,
	act BLOB CHECK (length(act) = 32),
	instrument TEXT NOT NULL,
	article TEXT NOT NULL,
	reference TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	sent_at INTEGER NOT NULL,
	receipted_at INTEGER NOT NULL,
	answered_at INTEGER NOT NULL,
	closed_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	due_rule TEXT NOT NULL,
	due_ours INTEGER NOT NULL CHECK (due_ours IN (0, 1)),
	hold_effected_at INTEGER NOT NULL,
	hold_until INTEGER NOT NULL,
	written_owed INTEGER NOT NULL CHECK (written_owed IN (0, 1)),
	is_open INTEGER GENERATED ALWAYS AS
	    (state NOT IN ('closed', 'withdrawn', 'refused')) STORED
) STRICT;
CREATE UNIQUE INDEX requests_act ON requests (act) WHERE act IS NOT NULL;
-- What the desk counts lies in two indexes that hold open rows, and due ones, only.
CREATE INDEX requests_open ON requests (ours, state, sent_at, answered_at)
	WHERE is_open = 1;
CREATE INDEX requests_due ON requests (due_at, due_ours) WHERE due_at > 0;
CREATE INDEX requests_hold ON requests (hold_until) WHERE hold_until > 0;
CREATE INDEX requests_case ON requests (case_number) WHERE case_number IS NOT NULL;
CREATE INDEX requests_peer ON requests (peer);

CREATE TABLE request_texts (
	number INTEGER PRIMARY KEY REFERENCES requests,
	sealed BLOB NOT NULL	-- the draft, as flow writes it
) STRICT;

CREATE TABLE evidence (
	number INTEGER PRIMARY KEY,
	origin INTEGER NOT NULL CHECK (origin IN (0, 1)),
	added_at INTEGER NOT NULL,
	files INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	others INTEGER NOT NULL
) STRICT;

CREATE TABLE acts (	-- a row a package, in order of arrival
	id INTEGER PRIMARY KEY,
	act BLOB NOT NULL CHECK (length(act) = 32),
	package BLOB NOT NULL UNIQUE CHECK (length(package) = 32),
	kind TEXT NOT NULL,
	direction INTEGER NOT NULL CHECK (direction IN (0, 1)),
	request INTEGER REFERENCES requests,
	evidence INTEGER,
	place INTEGER NOT NULL DEFAULT 0,	-- among the parcels of that evidence
	peer TEXT NOT NULL,
	at INTEGER NOT NULL,
	made_at INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	sha256 BLOB CHECK (length(sha256) = 32),
	stamp INTEGER NOT NULL CHECK (stamp BETWEEN 0 AND 3),
	stamped_at INTEGER NOT NULL,
	other INTEGER NOT NULL CHECK (other IN (0, 1)),
	outbox INTEGER NOT NULL CHECK (outbox BETWEEN 0 AND 3),
	carried_at INTEGER NOT NULL,
	receipted_at INTEGER NOT NULL,
	receipt BLOB CHECK (length(receipt) = 32),
	verdict TEXT NOT NULL,
	who TEXT NOT NULL,
	when_shown TEXT NOT NULL
) STRICT;
CREATE INDEX acts_act ON acts (act);
CREATE INDEX acts_request ON acts (request) WHERE request IS NOT NULL;
CREATE INDEX acts_evidence ON acts (evidence, place) WHERE evidence IS NOT NULL;
CREATE INDEX acts_outbox ON acts (at) WHERE outbox IN (1, 2);
CREATE INDEX acts_in ON acts (at) WHERE direction = 1;

CREATE TABLE follows (
	follows BLOB NOT NULL CHECK (length(follows) = 32),
	act BLOB NOT NULL CHECK (length(act) = 32),
	PRIMARY KEY (follows, act)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
	at INTEGER PRIMARY KEY,	-- offset in the journal
	event TEXT NOT NULL,
	act BLOB CHECK (length(act) = 32),
	package BLOB CHECK (length(package) = 32),
	request INTEGER NOT NULL,	-- 0: of no thread
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;
CREATE INDEX records_event ON records (event);
CREATE INDEX records_act ON records (act, event) WHERE act IS NOT NULL;
CREATE INDEX records_package ON records (package) WHERE package IS NOT NULL;
CREATE INDEX records_request ON records (request);

-- step 2

-- What waits for a time stamp: acts of ours, and paper that we wrote down (of no peer).
CREATE INDEX acts_owed ON acts (at)
	WHERE stamp = 1 AND (direction = 0 OR peer = '');
UPDATE acts SET stamp = 1 WHERE stamp = 0 AND (direction = 0 OR peer = '')
	AND kind NOT IN ('receipt', 'time_stamp', 'card');

-- step 3

-- When a request's basis was chosen, and the versions of both States' rows it rests on.
ALTER TABLE requests ADD COLUMN basis_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN basis_rows TEXT NOT NULL DEFAULT '';

-- step 4

-- A row a preservation: how the data stand that it has held.  domestic_order is a number.
CREATE TABLE holds (
	request INTEGER PRIMARY KEY REFERENCES requests,
	ours INTEGER NOT NULL CHECK (ours IN (0, 1)),	-- we asked; else we hold
	state TEXT NOT NULL,
	effected_at INTEGER NOT NULL,
	until INTEGER NOT NULL,				-- the foreign clock
	domestic_order TEXT NOT NULL,
	domestic_until INTEGER NOT NULL,		-- the domestic one
	ended_at INTEGER NOT NULL,			-- released, lapsed
	ended_by TEXT NOT NULL,				-- what ended it: "foreign_ends"
	is_open INTEGER GENERATED ALWAYS AS
	    (state NOT IN ('released', 'lapsed')) STORED
) STRICT;
CREATE INDEX holds_open ON holds (until) WHERE is_open = 1;

-- Later requests that name a preservation: it is kept until they are decided.
CREATE TABLE hold_names (
	hold INTEGER NOT NULL REFERENCES holds,
	request INTEGER NOT NULL REFERENCES requests,
	PRIMARY KEY (hold, request)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_names_of ON hold_names (request);

INSERT INTO holds (request, ours, state, effected_at, until, domestic_order,
	domestic_until, ended_at, ended_by)
	SELECT number, ours, CASE WHEN hold_until > 0 THEN 'effective'
	    WHEN is_open = 1 THEN 'asked' ELSE 'released' END,
	    hold_effected_at, hold_until, '', 0,
	    CASE WHEN hold_until > 0 OR is_open = 1 THEN 0 ELSE closed_at END,
	    CASE WHEN hold_until > 0 OR is_open = 1 THEN '' ELSE 'deny' END
	FROM requests WHERE kind = 'preserve' AND act IS NOT NULL;

-- step 5

-- A request that was acknowledged is at its end.
DROP INDEX requests_open;
ALTER TABLE requests DROP COLUMN is_open;
ALTER TABLE requests ADD COLUMN is_open INTEGER GENERATED ALWAYS AS
	(state NOT IN ('closed', 'withdrawn', 'refused', 'acknowledged')) VIRTUAL;
CREATE INDEX requests_open ON requests (ours, state, sent_at, answered_at)
	WHERE is_open = 1;

-- step 6

-- A row a person whom a secret request is about: told of it when the secrecy is over.
CREATE TABLE notices (
	number INTEGER PRIMARY KEY,
	request INTEGER NOT NULL REFERENCES requests,
	person INTEGER NOT NULL,	-- 1, 2, ...: the place in the request; no name
	since INTEGER NOT NULL,		-- when the request was made or came, by the clock here
	secret_until INTEGER NOT NULL,	-- as asked for, or as it was put off
	renewals INTEGER NOT NULL,
	reason TEXT NOT NULL,		-- code of the last renewal; '' none
	done_at INTEGER NOT NULL,	-- a person said so: no clock ever does
	how TEXT NOT NULL,		-- code; '' not yet
	UNIQUE (request, person)
) STRICT;
CREATE INDEX notices_open ON notices (secret_until) WHERE done_at = 0;

-- Calls to the number on the sender's card, before an emergency request is acted on.
CREATE TABLE calls (
	number INTEGER PRIMARY KEY,
	request INTEGER NOT NULL REFERENCES requests,
	at INTEGER NOT NULL,
	result TEXT NOT NULL,		-- 'yes', 'no', 'nobody'
	sealed BLOB			-- {"number", "answered_by"}; NULL: made anew from the journal
) STRICT;
CREATE INDEX calls_of ON calls (request);

-- What this node set about a State: how careful, and whether collection in real time goes.
CREATE TABLE stances (
	number INTEGER PRIMARY KEY,
	state TEXT NOT NULL,
	what TEXT NOT NULL,		-- 'risk', 'realtime'
	about TEXT NOT NULL,		-- a measure ('all': each), or an instrument
	value TEXT NOT NULL,		-- 'heightened', 'on' ...
	since INTEGER NOT NULL,
	sealed BLOB,			-- {"reason"}
	UNIQUE (state, what, about)
) STRICT;

-- Whom a request that came in is about: a keyed digest, worth nothing without the key.
CREATE TABLE subjects (
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	request INTEGER NOT NULL REFERENCES requests,
	PRIMARY KEY (digest, request)
) STRICT, WITHOUT ROWID;
CREATE INDEX subjects_of ON subjects (request);

-- A person has seen that an earlier request about the same was refused.
CREATE TABLE seen_refusals (
	request INTEGER NOT NULL REFERENCES requests,
	earlier INTEGER NOT NULL REFERENCES requests,
	at INTEGER NOT NULL,
	PRIMARY KEY (request, earlier)
) STRICT, WITHOUT ROWID;

-- step 7

-- Does a parcel's header rest apart from it (1), or is all of it gone (2), and since when
-- is the package destroyed?
ALTER TABLE acts ADD COLUMN apart INTEGER NOT NULL DEFAULT 0;
ALTER TABLE acts ADD COLUMN destroyed_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX acts_whole ON acts (id)
	WHERE apart = 0 AND kind = 'delivered' AND evidence IS NOT NULL;
CREATE INDEX acts_destroying ON acts (id) WHERE destroyed_at > 0 AND apart < 2;

-- step 8

-- A lapse that a clock noted which ran ahead, and when that was found: both stay to be seen.
ALTER TABLE holds ADD COLUMN misnoted_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN resumed_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX holds_lapsed ON holds (ended_at) WHERE state = 'lapsed';

-- step 9

-- Emergencies and alerts are few among many, and looked for by the desk each time.
CREATE INDEX requests_kind ON requests (kind);

-- step 10

-- What a leaf fixed for good: the list of persons in use (by its version), and approvals
-- that were used.
CREATE TABLE fixed (
	what TEXT NOT NULL,		-- 'people', 'used'
	number INTEGER NOT NULL,	-- version; 0
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	at INTEGER NOT NULL,		-- of the record, in the journal
	PRIMARY KEY (what, number, digest)
) STRICT, WITHOUT ROWID;

-- step 11

-- Both said again what leaves of the ledger say, which are read for themselves now.
DROP TABLE fixed;
DROP TABLE seen_refusals;
