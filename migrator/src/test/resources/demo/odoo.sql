CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE TABLE ir_attachment (id serial PRIMARY KEY, name varchar NOT NULL, type varchar NOT NULL, db_datas bytea,
  store_fname varchar, file_size integer, checksum varchar(40), mimetype varchar);
INSERT INTO ir_attachment (name, type, store_fname, file_size, checksum, mimetype) SELECT i || '.txt', 'binary',
  CASE WHEN i % 2 = 0 THEN 'dblo:' ELSE '' END || lo_from_bytea(0, content(i)), length(content(i)),
  encode(digest(content(i), 'sha1'), 'hex'), 'text/plain' FROM generate_series(1, 500) i;
INSERT INTO ir_attachment (name, type, store_fname) VALUES ('on disk', 'binary', 'ab/abcdef');
-- expected
SELECT checksum, encode(sha256(lo_get(replace(store_fname, 'dblo:', '')::oid)), 'hex') FROM ir_attachment
  WHERE name <> 'on disk';
