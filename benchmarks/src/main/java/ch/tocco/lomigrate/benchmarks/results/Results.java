package ch.tocco.lomigrate.benchmarks.results;

import static java.util.Comparator.comparingInt;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that was ever measured, the last time of each. Kinds of measurements, each by the name of its workload, sweep or
 * class of benchmarks.
 *
 * @param compared whole migrations beside the predecessor's way
 * @param mixed small objects and giants together
 * @param resumed runs with little left to do
 * @param growth the large table
 * @param slowStore what waiting for a store costs
 * @param shards what further processes bring where the store is slow
 * @param sweeps a range of sizes, or of values of a flag
 * @param soak the long run
 * @param micro benchmarks of one step
 */
public record Results(
        SortedMap<String, Entry<Outcome>> compared,
        SortedMap<String, Entry<Mixed>> mixed,
        SortedMap<String, Entry<ToolRuns>> resumed,
        SortedMap<String, Entry<Growth>> growth,
        SortedMap<String, Entry<SlowStore>> slowStore,
        SortedMap<String, Entry<Shards>> shards,
        SortedMap<String, Entry<Sweep>> sweeps,
        SortedMap<String, Entry<Soak>> soak,
        SortedMap<String, Entry<List<Score>>> micro) {
    /** The sweep that is not over a flag. */
    public static final String OBJECT_SIZE = "object size";

    /** The order in which they are told. */
    private static final List<String> ORDER = List.of("small", "small-distant", "medium", "large", Results.OBJECT_SIZE);

    private static final Comparator<String> BY_ORDER = comparingInt(
                    (String name) -> ORDER.contains(name) ? ORDER.indexOf(name) : ORDER.size())
            .thenComparing(Comparator.naturalOrder());

    /** Parts that are missing are empty: the file may be from before there were such. */
    public Results {
        compared = ordered(compared);
        mixed = ordered(mixed);
        resumed = ordered(resumed);
        growth = ordered(growth);
        slowStore = ordered(slowStore);
        shards = ordered(shards);
        sweeps = ordered(sweeps);
        soak = ordered(soak);
        micro = ordered(micro);
    }

    private static <T> SortedMap<String, T> ordered(Map<String, T> given) {
        SortedMap<String, T> ordered = new TreeMap<>(BY_ORDER);
        if (given != null) {
            ordered.putAll(given);
        }
        return ordered;
    }

    static Results empty() {
        return new Results(null, null, null, null, null, null, null, null, null);
    }

    /**
     * Takes new figures instead of those of before, unless those may be quoted and the new ones may not: trying
     * something out loses none.
     *
     * @return whether they were taken
     */
    public static <T> boolean put(Map<String, Entry<T>> kind, String name, Entry<T> figures) {
        Entry<T> before = kind.get(name);
        if (before != null
                && before.circumstances().quotable()
                && !figures.circumstances().quotable()) {
            return false;
        }
        kind.put(name, figures);
        return true;
    }
}
