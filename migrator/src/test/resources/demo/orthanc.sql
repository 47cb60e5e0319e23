CREATE TABLE StorageArea (uuid varchar NOT NULL PRIMARY KEY, content oid NOT NULL, type integer NOT NULL);
CREATE RULE StorageAreaDelete AS ON DELETE TO StorageArea DO SELECT lo_unlink(old.content);
INSERT INTO StorageArea SELECT md5(i::text)::uuid::text, lo_from_bytea(0, content(i)), 1 + i % 3
  FROM generate_series(1, 500) i;
-- expected
SELECT uuid || ('{.dcm,.json,.dcm.head}'::text[])[type], encode(sha256(lo_get(content)), 'hex') FROM StorageArea;
