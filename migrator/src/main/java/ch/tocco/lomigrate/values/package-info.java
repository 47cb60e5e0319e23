/** Kinds of values that flags take: what a text means, and how a value is written. */
package ch.tocco.lomigrate.values;
