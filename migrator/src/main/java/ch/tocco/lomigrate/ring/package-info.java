/**
 * Bounded hand-over of {@link ch.tocco.lomigrate.lo.LoEvent}s between stages, on the LMAX Disruptor. The only package
 * that imports it.
 *
 * <p>A ring ({@link ch.tocco.lomigrate.ring.LoRing}) is emptied either by a {@link
 * ch.tocco.lomigrate.ring.WorkerPool}, whose workers take batches of slots from each other, or by a {@link
 * ch.tocco.lomigrate.ring.HandlerPool}, whose handlers each have every n-th slot.
 */
package ch.tocco.lomigrate.ring;
