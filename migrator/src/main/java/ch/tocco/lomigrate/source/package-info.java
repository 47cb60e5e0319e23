/** Which rows are migrated: their table, their SQL, what the catalog says of them. */
package ch.tocco.lomigrate.source;
