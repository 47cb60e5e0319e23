/** What slows a run down, pauses it or ends it early, as immutable values. Knows nothing of flags, servers or threads. */
package ch.tocco.lomigrate.pacing;
