/** Which columns of a database name large objects, from facts alone: read only, bounded, without reading content. */
package ch.tocco.lomigrate.references;
