/** What pauses a run, sets its pace and ends it early: files, clocks, and questions to the database. */
package ch.tocco.lomigrate.throttle;
