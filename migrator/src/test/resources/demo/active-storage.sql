CREATE TABLE active_storage_blobs (id bigserial PRIMARY KEY, key varchar NOT NULL UNIQUE, filename varchar NOT NULL,
  content_type varchar, service_name varchar NOT NULL, byte_size bigint NOT NULL, checksum varchar);
CREATE TABLE active_storage_postgresql_files (id bigserial PRIMARY KEY, oid oid, key varchar UNIQUE);
INSERT INTO active_storage_postgresql_files (oid, key) SELECT lo_from_bytea(0, content(i)), 'blob' || i
  FROM generate_series(1, 500) i;
INSERT INTO active_storage_blobs (key, filename, content_type, service_name, byte_size, checksum)
  SELECT 'blob' || i, i || '.pdf', 'application/pdf', 'postgresql', length(content(i)),
  encode(decode(md5(content(i)), 'hex'), 'base64') FROM generate_series(1, 500) i;
-- expected
SELECT key, encode(sha256(lo_get(oid)), 'hex') FROM active_storage_postgresql_files;
