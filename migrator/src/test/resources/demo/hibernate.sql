CREATE TABLE document (id bigint PRIMARY KEY, content oid);
INSERT INTO document SELECT i, lo_from_bytea(0, content(i)) FROM generate_series(1, 500) i;
-- expected
SELECT 'document/' || id, encode(sha256(lo_get(content)), 'hex') FROM document;
