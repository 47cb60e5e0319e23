/** How others steer a run while it goes on: a unix socket of its own, what may be asked there, and who may ask. */
package ch.tocco.lomigrate.control;
