/** One large object on its way: what was listed, what was read, what went wrong, and the slot that carries it. */
package ch.tocco.lomigrate.lo;
