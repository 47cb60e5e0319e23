CREATE TABLE HFJ_BINARY_STORAGE_BLOB (BLOB_ID varchar(200) NOT NULL PRIMARY KEY, BLOB_DATA oid, CONTENT_TYPE varchar(100)
  NOT NULL, BLOB_HASH varchar(128), PUBLISHED_DATE timestamp NOT NULL, RESOURCE_ID varchar(100) NOT NULL, BLOB_SIZE int);
INSERT INTO HFJ_BINARY_STORAGE_BLOB SELECT md5(i::text), lo_from_bytea(0, content(i)), 'image/png',
  encode(sha256(content(i)), 'hex'), now(), 'Patient/' || i, length(content(i)) FROM generate_series(1, 500) i;
-- expected
SELECT RESOURCE_ID || '/' || BLOB_ID, BLOB_HASH FROM HFJ_BINARY_STORAGE_BLOB;
