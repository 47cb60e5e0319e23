-- All applications that lo-migrate knows, in one database, each in a schema of its own. Written from the facts about their
-- schemas. Objects have oids of our choice, far above the ids of rows, so that no number is an oid by chance, except where
-- that is wanted.
CREATE FUNCTION put(o bigint, content text) RETURNS oid LANGUAGE sql AS
  $$ SELECT lo_from_bytea(o::oid, convert_to(content, 'UTF8')) $$;

-- Tocco: its table is there already; one row is migrated and has no object, one dangles
INSERT INTO _nice_binary VALUES
  (repeat('a', 40), 5, 'text/plain', put(500001, 'tocco'), NULL),
  (repeat('b', 40), 6, 'text/plain', put(500002, 'tocco2'), NULL),
  (repeat('c', 40), 9, 'text/plain', 599999, NULL),
  (repeat('d', 40), 9, 'text/plain', 0, repeat('d', 64));

CREATE SCHEMA rails;
CREATE TABLE rails.active_storage_postgresql_files (id bigserial PRIMARY KEY, oid oid, key varchar UNIQUE);
CREATE TABLE rails.active_storage_blobs (id bigserial PRIMARY KEY, key varchar NOT NULL UNIQUE, filename varchar,
  content_type varchar, byte_size bigint, checksum varchar, service_name varchar);
INSERT INTO rails.active_storage_postgresql_files (oid, key) VALUES (put(501001, 'blob one'), 'k1'), (put(501002, 'blob 2'), 'k2');
INSERT INTO rails.active_storage_blobs (key, filename, byte_size, service_name)
  VALUES ('k1', 'a.txt', 8, 'postgresql'), ('k2', 'b.txt', 6, 'postgresql');

CREATE SCHEMA orthanc;
CREATE TABLE orthanc.StorageArea (uuid varchar PRIMARY KEY, content oid NOT NULL, type integer NOT NULL);
CREATE RULE StorageAreaDelete AS ON DELETE TO orthanc.StorageArea DO ALSO SELECT lo_unlink(old.content);
INSERT INTO orthanc.StorageArea VALUES ('u1', put(502001, 'dicom'), 1), ('u2', put(502002, 'json'), 2);

CREATE SCHEMA spring;
CREATE TABLE spring.BLOBS (id varchar(36) PRIMARY KEY, content oid);
INSERT INTO spring.BLOBS VALUES ('s1', put(503001, 'spring content')), ('s2', NULL);

CREATE SCHEMA liferay;
CREATE TABLE liferay.DLContent (contentId bigint PRIMARY KEY, companyId bigint, repositoryId bigint, path_ varchar(255),
  version varchar(75), data_ oid, size_ bigint);
CREATE RULE delete_dlcontent_data_ AS ON DELETE TO liferay.DLContent DO ALSO SELECT CASE WHEN (old.data_ IS NOT NULL)
  THEN lo_unlink(old.data_) END;
CREATE RULE update_dlcontent_data_ AS ON UPDATE TO liferay.DLContent WHERE old.data_ IS DISTINCT FROM new.data_
  AND old.data_ IS NOT NULL DO ALSO SELECT lo_unlink(old.data_);
INSERT INTO liferay.DLContent VALUES (1, 10, 20, '/a', '1.0', put(504001, 'life'), 4), (2, 10, 20, '/b', '1.0', put(504002, 'ray ray'), 7);

CREATE SCHEMA odoo;
CREATE TABLE odoo.ir_attachment (id serial PRIMARY KEY, name varchar, store_fname varchar, checksum varchar(40),
  file_size integer, mimetype varchar, db_datas bytea);
INSERT INTO odoo.ir_attachment (name, store_fname, file_size) VALUES ('a', put(505001, 'odoo')::text, 4),
  ('b', put(505002, 'odoo b')::text, 6), ('c', 'ab/abcdef0123', 9), ('d', NULL, 3);
CREATE TABLE odoo.fork_attachment (id serial PRIMARY KEY, store_fname varchar);
INSERT INTO odoo.fork_attachment (store_fname) VALUES ('dblo:' || put(505101, 'fork')::text), ('dblo:' || put(505102, 'fork 2')::text);

CREATE SCHEMA hapi;
CREATE TABLE hapi.HFJ_BINARY_STORAGE_BLOB (BLOB_ID varchar(200) PRIMARY KEY, RESOURCE_ID varchar(100) NOT NULL,
  BLOB_SIZE bigint, CONTENT_TYPE varchar(100), BLOB_DATA oid NOT NULL, BLOB_HASH varchar(128));
CREATE TABLE hapi.HFJ_SEARCH (PID bigint PRIMARY KEY, SEARCH_QUERY_STRING text);
INSERT INTO hapi.HFJ_BINARY_STORAGE_BLOB VALUES ('b1', 'Patient/1', 4, 'image/png', put(506001, 'hapi'), NULL);
INSERT INTO hapi.HFJ_SEARCH VALUES (1, put(506002, 'search')::text), (2, put(506003, 'search 2')::text);

CREATE SCHEMA cms;
CREATE TABLE cms.fsobjects (digest varchar PRIMARY KEY, loid oid NOT NULL, description varchar);
INSERT INTO cms.fsobjects VALUES (repeat('1', 40), put(507001, 'cms'), 'a statement');

CREATE SCHEMA ruby;
CREATE TABLE ruby.refile_attachments (id serial PRIMARY KEY, oid oid, namespace varchar);
CREATE TABLE ruby.refile_before_1_3 (id integer PRIMARY KEY, namespace varchar);
CREATE TABLE ruby.users (id bigserial PRIMARY KEY, avatar oid);
INSERT INTO ruby.refile_attachments (oid, namespace) VALUES (put(508001, 'refile'), 'store');
INSERT INTO ruby.refile_before_1_3 SELECT put(508101, 'old refile')::int8::int, 'store';
INSERT INTO ruby.users (avatar) VALUES (put(508201, 'avatar'));

CREATE SCHEMA hibernate;
CREATE TABLE hibernate.document (id bigint PRIMARY KEY, body text, scan oid);
INSERT INTO hibernate.document VALUES (1, put(509001, 'body')::text, put(509002, 'scan')), (2, '509003', NULL);
SELECT put(509003, 'body 2');

CREATE SCHEMA dsf;
CREATE TABLE dsf.binaries (binary_id uuid, version bigint, binary_json jsonb, binary_oid oid, binary_size bigint,
  PRIMARY KEY (binary_id, version));
CREATE TABLE dsf.binaries_to_unlink (binary_oid oid);
CREATE FUNCTION dsf.queue_unlink() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO dsf.binaries_to_unlink VALUES (old.binary_oid); RETURN old; END $$;
CREATE TRIGGER binaries_unlink AFTER DELETE OR UPDATE ON dsf.binaries FOR EACH ROW EXECUTE FUNCTION dsf.queue_unlink();
INSERT INTO dsf.binaries VALUES (md5('1')::uuid, 1, '{}', put(510001, 'dsf'), 3), (md5('1')::uuid, 2, '{}', put(510002, 'dsf 2'), 5);
ALTER LARGE OBJECT 510001 OWNER TO discover_objects;
ALTER LARGE OBJECT 510002 OWNER TO discover_objects;

CREATE SCHEMA relstorage;
CREATE TABLE relstorage.blob_chunk (zoid bigint, tid bigint, chunk_num bigint, chunk oid NOT NULL, PRIMARY KEY (zoid, chunk_num));
CREATE FUNCTION relstorage.count_references() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM lo_unlink(old.chunk); RETURN old; END $$;
CREATE TRIGGER blob_chunk_delete BEFORE DELETE ON relstorage.blob_chunk FOR EACH ROW
  EXECUTE FUNCTION relstorage.count_references();
ALTER TABLE relstorage.blob_chunk DISABLE TRIGGER blob_chunk_delete;
INSERT INTO relstorage.blob_chunk VALUES (1, 1, 0, put(511001, 'chunk 0')), (1, 1, 1, put(511002, 'chunk 1')), (2, 2, 0, 511001);

CREATE SCHEMA odk;
CREATE TABLE odk.blobs (id serial PRIMARY KEY, sha varchar(40), content bytea, "contentType" text, md5 varchar(32), s3_status text);
INSERT INTO odk.blobs (sha, content, "contentType") VALUES (repeat('e', 40), 'bytes', 'text/plain');

-- what else is found in the wild
CREATE DOMAIN lo AS oid;
CREATE DOMAIN lo_on_lo AS lo CHECK (VALUE <> 7::oid);
CREATE SCHEMA "App Files";
CREATE TABLE "App Files"."Doc ""Blob"".x" ("Doc-Id" integer PRIMARY KEY, "The.Blob" lo_on_lo, amount numeric(20, 2));
INSERT INTO "App Files"."Doc ""Blob"".x" VALUES (1, put(520001, 'odd'), 1.5), (2, put(3000000001, 'high'), 520001);

CREATE SCHEMA wild;
CREATE TABLE wild.numbers (id bigint, as_bigint bigint, as_numeric numeric, as_smallint smallint, as_domain lo);
INSERT INTO wild.numbers SELECT i, put(521000 + i, 'number')::int8, put(4000000000 + i, 'number')::int8, i, NULL
  FROM generate_series(1, 5) i;
-- unrelated numbers that run over the range of oids: the catalog clears all but entry and note
CREATE TABLE wild.parent (id bigint PRIMARY KEY);
CREATE TABLE wild.chance (id bigint PRIMARY KEY, entry bigint, note text, ref bigint REFERENCES wild.parent,
  seq bigserial, ident bigint GENERATED BY DEFAULT AS IDENTITY);
INSERT INTO wild.parent SELECT generate_series(500000, 500010);
INSERT INTO wild.chance SELECT i, i, 'Invoice ' || i, i, i, i FROM generate_series(500000, 500010) i;
-- only an unrelated number names this one
SELECT put(500005, 'by chance');

CREATE TYPE wild.pair AS (name text, object oid);
CREATE TABLE wild.nested (id bigint PRIMARY KEY, many oid[], one wild.pair);
INSERT INTO wild.nested VALUES (1, ARRAY[put(522001, 'a'), put(522002, 'b'), 598888], ROW('9', put(522003, 'c')));

CREATE TABLE wild.partitioned (id bigint, day date, data oid, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE wild.partition_1 PARTITION OF wild.partitioned FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE wild.partition_2 PARTITION OF wild.partitioned FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO wild.partitioned VALUES (1, '2025-05-05', put(523001, 'p1')), (2, '2026-05-05', put(523002, 'p2'));

CREATE TABLE wild.base (id bigint PRIMARY KEY, data oid);
CREATE TABLE wild.derived (more oid) INHERITS (wild.base);
INSERT INTO wild.base VALUES (1, put(524001, 'base'));
INSERT INTO wild.derived VALUES (2, put(524002, 'derived'), put(524003, 'more'));

CREATE TABLE wild.generated (id bigint PRIMARY KEY, data oid, copied oid GENERATED ALWAYS AS (data) STORED);
INSERT INTO wild.generated VALUES (1, put(525001, 'generated'));

CREATE VIEW wild.as_view AS SELECT id, data FROM wild.base;
CREATE MATERIALIZED VIEW wild.as_matview AS SELECT id, data FROM wild.base;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE wild.foreign_files (id bigint, data oid) SERVER nowhere;
CREATE TABLE wild.half (id bigint, data oid) PARTITION BY LIST (id);
CREATE TABLE wild.half_here PARTITION OF wild.half FOR VALUES IN (1);
CREATE FOREIGN TABLE wild.half_there PARTITION OF wild.half FOR VALUES IN (2) SERVER nowhere;
INSERT INTO wild.half VALUES (1, put(526001, 'half'));

CREATE TABLE wild.other_oids (id bigint PRIMARY KEY, of_table oid);
INSERT INTO wild.other_oids VALUES (1, 'pg_catalog.pg_class'::regclass);

DO $do$ BEGIN
  EXECUTE format('CREATE TABLE wild.%I (%I bigint PRIMARY KEY, %I oid)', E'forged\n\nOrphans (named by no column): 0, 0 bytes',
    'id', E'da\rta\x1b[2J');
  EXECUTE format('INSERT INTO wild.%I VALUES (1, put(527001, %L))', E'forged\n\nOrphans (named by no column): 0, 0 bytes', 'forged');
END $do$;

-- the tool's own, whose oids are no references
CREATE SCHEMA lo_migrate;
CREATE TABLE lo_migrate.object_1 (id bigint PRIMARY KEY, oid oid);
INSERT INTO lo_migrate.object_1 VALUES (1, put(590001, 'orphan'));
SELECT put(590002, 'orphan 2');

-- installations of other large objects
CREATE SCHEMA lolor;
CREATE TABLE lolor.pg_largeobject (loid oid, pageno integer, data bytea);
INSERT INTO lolor.pg_largeobject VALUES (590002, 0, '');
CREATE SCHEMA bdr;
CREATE FUNCTION bdr.lo_create(oid) RETURNS oid LANGUAGE sql AS 'SELECT $1';
CREATE SCHEMA pgpro_sfile_data;
DROP FUNCTION put;
