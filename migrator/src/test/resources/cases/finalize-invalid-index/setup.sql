-- what a CREATE UNIQUE INDEX CONCURRENTLY leaves that was broken off
CREATE UNIQUE INDEX _nice_binary_sha2_key ON _nice_binary (sha2);
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = '_nice_binary_sha2_key'::regclass;
