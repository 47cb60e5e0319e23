/** What a run writes of itself into the tables of this tool: how far it is, and which rows failed. */
package ch.tocco.lomigrate.journal;
