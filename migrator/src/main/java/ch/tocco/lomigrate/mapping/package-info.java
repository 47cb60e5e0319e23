/** Which rows an application keeps its large objects in, and what becomes of them, as an operator describes it. No SQL. */
package ch.tocco.lomigrate.mapping;
