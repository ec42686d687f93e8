-- the server's whole state: JSON documents under a table's name and a key
-- collation C: keys sort the same whatever the cluster's locale, and no library update invalidates the index
CREATE TABLE document (
    tbl TEXT COLLATE "C" NOT NULL,
    doc_key TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tbl, doc_key)
);
