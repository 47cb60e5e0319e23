package ch.tocco.lomigrate.discover;

import ch.tocco.lomigrate.references.Reference;
import ch.tocco.lomigrate.references.RelationSearch.NotCounted;
import ch.tocco.lomigrate.references.Sizes.Volume;
import java.util.List;
import java.util.Map;

/**
 * All that was found in a database.
 *
 * @param where which database
 * @param objects how many large objects it has
 * @param volume their bytes
 * @param owners how many of them each role owns
 * @param found columns that name large objects, or may
 * @param shared objects that two columns name
 * @param orphans objects that no column names
 * @param notCounted columns that may name large objects and whose rows are not known
 * @param installations other ways to keep large objects, which are not looked into
 */
record Report(
        Where where,
        long objects,
        Volume volume,
        Map<String, Long> owners,
        List<Found> found,
        List<Shared> shared,
        Orphans orphans,
        List<NotCounted> notCounted,
        List<String> installations) {

    /** Which database was searched, and as whom. */
    record Where(String database, String server, String role) {}

    /**
     * A column that names large objects, or may.
     *
     * @param volume bytes of the objects that it names
     * @param owners how many of them each role owns; empty for an estimate
     */
    record Found(Reference reference, Volume volume, Map<String, Long> owners) {}

    /** How many objects two columns name both. */
    record Shared(Reference one, Reference other, long objects) {}

    /**
     * Objects that no column names for sure.
     *
     * @param count those that no column names at all
     * @param volume their bytes
     * @param possible those that only columns name which may do so by chance
     * @param estimate whether this was reckoned from samples
     * @param margin by how much an estimate may be wrong
     */
    record Orphans(long count, Volume volume, long possible, boolean estimate, long margin) {}

    /** Whether all columns were read that may name large objects: else there may be fewer orphans. */
    boolean isComplete() {
        return notCounted.stream().noneMatch(Report::mayHideReferences)
                && found.stream().noneMatch(each -> each.reference().unread().isPresent());
    }

    /** Views and foreign tables keep no rows of this database. */
    static boolean mayHideReferences(NotCounted column) {
        return column.relation().kind().holdsRows();
    }
}
