package ch.tocco.lomigrate.discover;

import ch.tocco.lomigrate.config.DiscoverConfig;
import ch.tocco.lomigrate.discover.Report.Found;
import ch.tocco.lomigrate.discover.Report.Orphans;
import ch.tocco.lomigrate.discover.Report.Shared;
import ch.tocco.lomigrate.discover.Report.Where;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.references.ColumnCatalog;
import ch.tocco.lomigrate.references.LargeObjects;
import ch.tocco.lomigrate.references.ObjectListing;
import ch.tocco.lomigrate.references.ReadOnlySession;
import ch.tocco.lomigrate.references.Reference;
import ch.tocco.lomigrate.references.Relation;
import ch.tocco.lomigrate.references.Relation.Form;
import ch.tocco.lomigrate.references.RelationSearch;
import ch.tocco.lomigrate.references.Sizes;
import ch.tocco.lomigrate.references.Sizes.Volume;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Searches a database from end to end: first which large objects there are, so that none that is made meanwhile counts as
 * an orphan; then all columns that may name them; then the objects that no column names, and how many bytes all that is.
 */
public final class Discoverer {
    private static final Logger LOG = LogManager.getLogger(Discoverer.class);

    private final ReadOnlySession session;
    private final DiscoverConfig config;
    private final Limits limits;

    public Discoverer(ReadOnlySession session, DiscoverConfig config) {
        this(session, config, config.exact() ? Limits.NONE : Limits.DEFAULT);
    }

    Discoverer(ReadOnlySession session, DiscoverConfig config, Limits limits) {
        this.session = session;
        this.config = config;
        this.limits = limits;
    }

    /**
     * Up to what everything is counted.
     *
     * @param rows a table with more of them is estimated from a sample
     * @param objects if there are more, the sizes of some are asked for
     */
    record Limits(long rows, long objects) {
        /** A few seconds for a table, half a minute for sizes. */
        static final Limits DEFAULT = new Limits(5_000_000, 1_000_000);

        static final Limits NONE = new Limits(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** The report as it is to be printed; profiles are written before. */
    public String text() throws SQLException, IOException, RunEndedException {
        Report report = report();
        Map<Reference, String> profiles = config.profiles().isPresent()
                ? new ProfileFiles(config.profiles().get()).write(report)
                : Map.of();
        return config.json() ? new JsonReport(report, profiles).text() : new TextReport(report, profiles).text();
    }

    /** All that there is; reads only. */
    private Report report() throws SQLException, RunEndedException {
        ColumnCatalog catalog = new ColumnCatalog(session);
        ObjectListing listing = new ObjectListing(session);
        List<Relation> relations = catalog.relations();
        LOG.info("listing large objects");
        LargeObjects objects = listing.all();
        LOG.info("{} large objects; {} tables and views may refer to some", objects.size(), relations.size());
        Sizes sizes = new Sizes(session, objects, limits.objects());
        RelationSearch search = new RelationSearch(session, objects, sizes, config.sampleRows(), limits.rows());
        for (Relation relation : relations) {
            search.search(relation);
        }
        forgiveNewObjects(search.references(), listing);
        return report(catalog, objects, search, listing, sizes);
    }

    /** What was made after the listing was found dangling; it is not. */
    private static void forgiveNewObjects(List<Reference> references, ObjectListing listing)
            throws SQLException, RunEndedException {
        for (Reference reference : references) {
            IntStream dangling =
                    List.copyOf(reference.dangling().keySet()).stream().mapToInt(Integer::intValue);
            listing.whichAreThere(dangling, reference::isThere);
        }
    }

    private Report report(
            ColumnCatalog catalog, LargeObjects objects, RelationSearch search, ObjectListing listing, Sizes sizes)
            throws SQLException, RunEndedException {
        List<Reference> references = search.references();
        BitSet named = union(references, true);
        BitSet orphans = objects.all();
        orphans.andNot(named);
        BitSet possible = (BitSet) orphans.clone();
        possible.and(union(references, false));
        orphans.andNot(possible);
        if (references.stream().noneMatch(Reference::isEstimate)) {
            listing.removeGone(orphans, objects);
        }
        List<BitSet> sets = new ArrayList<>(List.of(objects.all(), orphans));
        references.forEach(reference -> sets.add(reference.objects()));
        LOG.info("asking for the sizes of objects");
        List<Volume> volumes = sizes.of(sets);
        Map<Long, String> roles = new HashMap<>();
        session.list("SELECT oid::int8, rolname FROM pg_roles", row -> roles.put(row.getLong(1), row.getString(2)));
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < references.size(); i++) {
            found.add(found(references.get(i), volumes.get(i + 2), volumes.get(0), objects, roles));
        }
        return new Report(
                where(),
                objects.size(),
                volumes.get(0),
                owners(objects.all(), objects, roles),
                found,
                shared(references),
                orphans(orphans, possible, named, references, volumes, objects),
                search.notCounted(),
                catalog.installations());
    }

    /** Objects that columns name for sure, or those that others name. */
    private static BitSet union(List<Reference> references, boolean sure) {
        BitSet union = new BitSet();
        references.stream()
                .filter(reference -> isSure(reference) == sure)
                .forEach(reference -> union.or(reference.objects()));
        return union;
    }

    /** Whether its objects are meant, not met by chance. */
    static boolean isSure(Reference reference) {
        return !reference.column().isSuspect() || reference.isSource();
    }

    private static Found found(
            Reference reference, Volume measured, Volume all, LargeObjects objects, Map<Long, String> roles) {
        Volume volume = reference.isEstimate()
                ? all.share(objects.size() == 0 ? 0 : (double) reference.objectCount() / objects.size())
                : measured;
        return new Found(reference, volume, owners(reference.objects(), objects, roles));
    }

    private static Map<String, Long> owners(BitSet some, LargeObjects objects, Map<Long, String> roles) {
        Map<Long, Long> counts = new HashMap<>();
        some.stream().forEach(rank -> counts.merge(objects.owner(rank), 1L, Long::sum));
        Map<String, Long> named = new TreeMap<>();
        counts.forEach((role, count) -> named.put(roles.getOrDefault(role, "role " + role), count));
        return named;
    }

    private static List<Shared> shared(List<Reference> references) {
        List<Reference> sure = references.stream().filter(Discoverer::isSure).toList();
        List<Shared> shared = new ArrayList<>();
        for (int i = 0; i < sure.size(); i++) {
            for (int j = i + 1; j < sure.size(); j++) {
                BitSet both = (BitSet) sure.get(i).objects().clone();
                both.and(sure.get(j).objects());
                if (!both.isEmpty()) {
                    shared.add(new Shared(sure.get(i), sure.get(j), both.cardinality()));
                }
            }
        }
        return shared;
    }

    private static Orphans orphans(
            BitSet orphans,
            BitSet possible,
            BitSet named,
            List<Reference> references,
            List<Volume> volumes,
            LargeObjects objects) {
        if (references.stream().noneMatch(Reference::isEstimate)) {
            return new Orphans(orphans.cardinality(), volumes.get(1), possible.cardinality(), false, 0);
        }
        long estimated = references.stream()
                .filter(reference -> reference.isEstimate() && isSure(reference))
                .mapToLong(Reference::objectCount)
                .sum();
        long margin = references.stream()
                .filter(reference -> reference.isEstimate() && isSure(reference))
                .flatMap(reference -> reference.sample().stream())
                .mapToLong(sample -> sample.margin(sample.objects()))
                .sum();
        long count = Math.max(0, objects.size() - named.cardinality() - estimated);
        Volume volume = volumes.get(0).share(objects.size() == 0 ? 0 : (double) count / objects.size());
        return new Orphans(count, volume, possible.cardinality(), true, margin);
    }

    private Where where() throws SQLException, RunEndedException {
        return session.one(
                "SELECT current_database(), current_setting('server_version'), current_user",
                row -> new Where(row.getString(1), row.getString(2), row.getString(3)));
    }

    /** Whether a type other than text and numbers says that the column names objects, in a way that no run can follow. */
    static boolean isUnsupported(Reference reference) {
        return reference.column().form() == Form.NESTED;
    }
}
