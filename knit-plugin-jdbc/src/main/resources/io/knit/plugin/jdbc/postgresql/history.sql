-- what was done, by whom and why: rows that are only ever added, and forgotten by age and number
-- made with the first row, so that a database which this version may not write is left as it is
CREATE TABLE IF NOT EXISTS history (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    deployment TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS history_deployment ON history (deployment, number);
CREATE INDEX IF NOT EXISTS history_at ON history (at);
