/**
 * How to log in to PostgreSQL: libpq's URL with its parameters and hosts, the password and its sources, the time zone of
 * the driver. Also which HTTP proxy the environment names.
 */
package ch.tocco.lomigrate.login;
