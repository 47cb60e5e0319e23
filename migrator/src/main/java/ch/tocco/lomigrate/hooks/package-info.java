/** Tells an operator's own program what happens to a run. */
package ch.tocco.lomigrate.hooks;
