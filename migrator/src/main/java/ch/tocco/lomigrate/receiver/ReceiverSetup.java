package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Parts;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * What all receivers of a run share.
 *
 * @param inMemMax largest object, in bytes, that is kept in memory
 * @param memory bytes of objects that are kept in memory
 * @param spillFiles where larger ones go
 * @param disk bytes of spill files
 * @param parts how an object of so many bytes is uploaded; empty: in one request
 * @param room where all wait while nothing can be written there
 * @param toStore takes objects in memory; false: the run ended, it was not taken
 * @param giantsToStore takes objects in spill files, likewise
 */
public record ReceiverSetup(
        long inMemMax,
        ByteBudget memory,
        SpillFiles spillFiles,
        ByteBudget disk,
        LongFunction<Optional<Parts>> parts,
        Breaker room,
        RunControl control,
        Counters counters,
        Books books,
        Predicate<LoEvent> toStore,
        Predicate<LoEvent> giantsToStore) {}
