/** What slows a run down, pauses it or ends it early, and where it is steered from, as immutable values. Knows nothing of flags, servers or threads. */
package ch.tocco.lomigrate.pacing;
