-- the server's whole state: JSON documents under a table's name and a key
CREATE TABLE document (
    tbl TEXT NOT NULL,
    doc_key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tbl, doc_key)
);
