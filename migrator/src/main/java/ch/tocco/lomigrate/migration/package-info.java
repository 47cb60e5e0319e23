/** The pipeline ({@link ch.tocco.lomigrate.migration.Migration}) with what comes before and after it. */
package ch.tocco.lomigrate.migration;
