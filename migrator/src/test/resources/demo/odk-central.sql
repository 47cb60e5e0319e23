CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE TABLE blobs (id serial PRIMARY KEY, sha varchar(40) NOT NULL UNIQUE, content bytea, "contentType" text,
  md5 varchar(32) NOT NULL, s3_status text NOT NULL DEFAULT 'pending');
INSERT INTO blobs (sha, content, "contentType", md5) SELECT encode(digest(content(i), 'sha1'), 'hex'), content(i),
  'image/jpeg', md5(content(i)) FROM generate_series(1, 500) i;
-- expected
SELECT 'blob-' || id || '-' || sha, encode(sha256(content), 'hex') FROM blobs;
