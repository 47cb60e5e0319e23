/** Reads large objects, checks them against their rows and hashes them; large ones go through a spill file. */
package ch.tocco.lomigrate.receiver;
