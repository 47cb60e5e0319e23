/**
 * What the rest of the tool knows of a bucket: the requests it can be asked for, what is written, how a request fails,
 * and calls that are tried again. Knows no client library.
 */
package ch.tocco.lomigrate.store;
