/** Tests of the packaged tool as a whole, in a process of its own, against real servers. */
package ch.tocco.lomigrate.it;
