-- a hash that may be NULL cannot be the key
ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey;
ALTER TABLE _nice_binary ALTER COLUMN hash DROP NOT NULL;
CREATE INDEX ON _nice_binary (hash);
