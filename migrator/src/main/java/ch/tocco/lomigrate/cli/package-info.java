/**
 * The command line: flags to configuration, signals, exit codes. The only package that ends the JVM.
 */
package ch.tocco.lomigrate.cli;
