/** Which rows an application keeps its large objects in, and what becomes of them, as somebody describes it. No SQL. */
package ch.tocco.lomigrate.mapping;
