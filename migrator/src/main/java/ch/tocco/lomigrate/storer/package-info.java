/** Puts objects into the bucket: many small ones at once, large ones in parts, and each one verified by the store. */
package ch.tocco.lomigrate.storer;
