/** The bucket over S3: the client, its connections and signatures, and what its failures mean. */
package ch.tocco.lomigrate.s3;
