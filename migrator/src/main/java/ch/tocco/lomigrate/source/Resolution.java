package ch.tocco.lomigrate.source;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.mapping.SourceMapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the catalog of a database makes of a {@link SourceMapping}: types that no command line contains.
 *
 * @param schema of the table; empty: the search path finds it
 * @param key the key's columns with their types
 * @param oid what the expression of the oid gives
 * @param textSize whether the expression of the size gives text, or a number that is no integer
 * @param targets what is written to, by alias; of the driving table too
 * @param stateTable of this tool, quoted, where the state is in one
 */
public record Resolution(
        Optional<String> schema,
        List<KeyColumn> key,
        OidType oid,
        boolean textSize,
        Map<String, Target> targets,
        Optional<String> stateTable) {
    public Resolution {
        requireNonNull(schema);
        key = List.copyOf(key);
        requireNonNull(oid);
        targets = Map.copyOf(targets);
        requireNonNull(stateTable);
    }

    /**
     * A column of the key.
     *
     * @param name without quotes
     * @param type as SQL takes it, without a length
     */
    public record KeyColumn(String name, String type) {}

    /** What an expression of an oid gives. */
    public enum OidType {
        OID,
        INTEGER,
        TEXT,
        /** It gives no oid but the content itself. */
        BYTES
    }

    /**
     * A table that is written to.
     *
     * @param table qualified and quoted
     * @param types of its columns by their names
     */
    public record Target(String table, Map<String, String> types) {
        public Target {
            types = Map.copyOf(types);
        }
    }

    /** Before the catalog was asked: right for the shape of {@link SourceMapping#TOCCO}, whose types are checked. */
    static Resolution unasked(SourceMapping mapping) {
        return new Resolution(
                mapping.table().schema(),
                mapping.key().stream()
                        .map(name -> new KeyColumn(name, "bpchar"))
                        .toList(),
                OidType.OID,
                false,
                Map.of(),
                Optional.empty());
    }

    Resolution withState(String table) {
        return new Resolution(schema, key, oid, textSize, targets, Optional.of(table));
    }

    Resolution inSchema(String name) {
        return new Resolution(Optional.of(name), key, oid, textSize, targets, stateTable);
    }
}
