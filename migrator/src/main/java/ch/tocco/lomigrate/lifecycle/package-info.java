/** When a run goes on, waits or ends: stop, abort, servers that are away, and what kind of fault ends what. */
package ch.tocco.lomigrate.lifecycle;
