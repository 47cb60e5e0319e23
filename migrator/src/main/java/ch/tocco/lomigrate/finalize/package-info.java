/** Makes the SHA-256 column UNIQUE and NOT NULL while production goes on. */
package ch.tocco.lomigrate.finalize;
