CREATE TABLE BLOBS (id varchar(36) PRIMARY KEY, content oid);
INSERT INTO BLOBS SELECT md5(i::text)::uuid::text, lo_from_bytea(0, content(i)) FROM generate_series(1, 500) i;
-- expected
SELECT id, encode(sha256(lo_get(content)), 'hex') FROM BLOBS;
