package ch.tocco.lomigrate.pipeline;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.observer.Onward;
import ch.tocco.lomigrate.observer.TableCount;
import ch.tocco.lomigrate.receiver.GiantsAside;
import ch.tocco.lomigrate.ring.LoRing;

/**
 * Where the observer's rows part: by the size that is known of them. None goes on before the table's count has begun.
 *
 * @param count of the table
 * @param inMemMax largest object, in bytes, that is no giant
 * @param small takes the others' rows
 * @param giants takes theirs
 */
record SmallOrGiant(TableCount count, long inMemMax, LoRing small, GiantsAside giants) implements Onward {
    @Override
    public boolean take(LoEvent listed) {
        count.awaitBegun();
        return listed.bytes() > inMemMax ? giants.put(listed) : small.put(listed);
    }

    @Override
    public void listingBegins() {
        giants.listingBegins();
    }

    @Override
    public void listingEnds() {
        giants.listingEnds();
    }
}
