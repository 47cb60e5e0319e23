/** Who works on a table: the locks that keep runs off each other, and who holds them. */
package ch.tocco.lomigrate.locks;
