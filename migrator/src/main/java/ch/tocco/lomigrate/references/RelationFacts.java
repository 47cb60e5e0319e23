package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What else a DBA wants to know of a table with large objects.
 *
 * @param key the columns of its primary key, else of another unique key without NULLs, quoted; empty if there is none
 * @param keyIsPrimary whether that is the primary key
 * @param hooks rules and triggers
 * @param foreign partitions that are foreign tables: their rows are not counted
 */
public record RelationFacts(List<String> key, boolean keyIsPrimary, List<Hook> hooks, List<String> foreign) {
    static final RelationFacts NONE = new RelationFacts(List.of(), false, List.of(), List.of());

    private static final String KEYS = """
            SELECT i.indisprimary, (SELECT string_agg(quote_ident(a.attname), chr(31) ORDER BY k.place)
                     FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                    WHERE k.place <= i.indnkeyatts)
              FROM pg_index i
             WHERE i.indrelid = ?::int8::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
               AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND NOT a.attnotnull
                                AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
             ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1""";

    private static final String TRIGGERS = """
            SELECT t.tgname, t.tgtype, format('%I.%I', n.nspname, p.proname), p.prosrc ~* 'lo_unlink' OR p.proname = 'lo_manage',
                   t.tgenabled = 'D'
              FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE t.tgrelid = ?::int8::oid AND NOT t.tgisinternal ORDER BY t.tgname COLLATE "C\"""";

    private static final String RULES = """
            SELECT r.rulename, r.ev_type, pg_get_ruledef(r.oid), r.ev_enabled = 'D' FROM pg_rewrite r
             WHERE r.ev_class = ?::int8::oid AND r.rulename <> '_RETURN' ORDER BY r.rulename COLLATE "C\"""";

    private static final int DELETE = 8;

    public RelationFacts {
        key = List.copyOf(key);
        hooks = List.copyOf(hooks);
        foreign = List.copyOf(foreign);
    }

    /**
     * A rule or trigger of the table.
     *
     * @param kind which of them
     * @param name as the catalog has it
     * @param events what sets it off
     * @param does the function of a trigger, the definition of a rule
     * @param unlinks whether the word {@code lo_unlink} is in what it does
     * @param disabled whether it is switched off
     */
    public record Hook(String kind, String name, String events, String does, boolean unlinks, boolean disabled) {}

    static RelationFacts of(Relation relation, ReadOnlySession session, List<String> foreign)
            throws SQLException, RunEndedException {
        Optional<RelationFacts> keyed = session
                .list(
                        KEYS,
                        row -> new RelationFacts(
                                List.of(row.getString(2).split("\u001f")), row.getBoolean(1), List.of(), foreign),
                        relation.oid())
                .stream()
                .findFirst();
        List<Hook> hooks = session.list(
                TRIGGERS,
                row -> new Hook(
                        "trigger",
                        row.getString(1),
                        events(row.getInt(2)),
                        row.getString(3),
                        row.getBoolean(4),
                        row.getBoolean(5)),
                relation.oid());
        hooks.addAll(session.list(
                RULES,
                row -> new Hook(
                        "rule",
                        row.getString(1),
                        event(row.getString(2)),
                        row.getString(3),
                        row.getString(3).contains("lo_unlink"),
                        row.getBoolean(4)),
                relation.oid()));
        RelationFacts keys = keyed.orElse(NONE);
        return new RelationFacts(keys.key(), keys.keyIsPrimary(), hooks, foreign);
    }

    private static String events(int type) {
        StringJoiner events = new StringJoiner(" or ");
        String[] names = {"INSERT", "DELETE", "UPDATE", "TRUNCATE"};
        int[] bits = {4, DELETE, 16, 32};
        for (int i = 0; i < names.length; i++) {
            if ((type & bits[i]) != 0) {
                events.add(names[i]);
            }
        }
        return events.toString();
    }

    private static String event(String type) {
        return switch (type) {
            case "2" -> "UPDATE";
            case "3" -> "INSERT";
            case "4" -> "DELETE";
            default -> "SELECT";
        };
    }
}
