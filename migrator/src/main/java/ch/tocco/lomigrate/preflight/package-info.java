/**
 * Checks before a command changes anything. Each returns findings; every check whose preconditions hold runs, and the
 * command is refused once, with everything that failed. Also the lock that keeps a second run off the table.
 */
package ch.tocco.lomigrate.preflight;
