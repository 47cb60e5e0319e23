/** HTTP requests over connections that are kept, by the HTTP client of the SDK's CRT without what the SDK has above it. */
package ch.tocco.lomigrate.http;
