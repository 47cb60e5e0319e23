CREATE TABLE DLContent (mvccVersion bigint DEFAULT 0 NOT NULL, contentId bigint NOT NULL PRIMARY KEY, groupId bigint,
  companyId bigint, repositoryId bigint, path_ varchar(255), version varchar(75), data_ oid, size_ bigint);
INSERT INTO DLContent (contentId, companyId, repositoryId, path_, version, data_, size_) SELECT i, 20097, 20121,
  '/file' || i, '1.0', lo_from_bytea(0, content(i)), length(content(i)) FROM generate_series(1, 500) i;
-- expected
SELECT '20097/20121' || path_ || '/1.0', encode(sha256(lo_get(data_)), 'hex') FROM DLContent;
