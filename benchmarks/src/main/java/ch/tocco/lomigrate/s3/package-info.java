/** What benchmarks need of the tool's package of the same name that is not public there. */
package ch.tocco.lomigrate.s3;
