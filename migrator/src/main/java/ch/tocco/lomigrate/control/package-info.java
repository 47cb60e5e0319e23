/** Whether the run goes on, and who waits while a server is away. Every stage asks here; nothing here knows a stage. */
package ch.tocco.lomigrate.control;
