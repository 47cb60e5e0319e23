/** What a run was asked to do, as one immutable value. Knows nothing of flags, servers or threads. */
package ch.tocco.lomigrate.config;
