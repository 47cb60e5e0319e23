ALTER TABLE _nice_binary DROP COLUMN sha2;
