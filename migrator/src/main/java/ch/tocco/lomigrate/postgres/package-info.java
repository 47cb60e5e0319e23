/** How the database is spoken to: connections, retries, and every SQL text. */
package ch.tocco.lomigrate.postgres;
