/**
 * How to log in to PostgreSQL: libpq's URL, its parameters and hosts, the password and where it is looked for, the time
 * zone that the driver names; and which HTTP proxy the environment names.
 */
package ch.tocco.lomigrate.login;
