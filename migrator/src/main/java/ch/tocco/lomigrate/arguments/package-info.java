/** From arguments, argument files and environment variables to the values of flags, with all mistakes at once. */
package ch.tocco.lomigrate.arguments;
