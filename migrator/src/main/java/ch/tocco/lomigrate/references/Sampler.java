package ch.tocco.lomigrate.references;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.references.Relation.Column;
import ch.tocco.lomigrate.references.Relation.Form;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at some rows of a relation, spread over all its blocks, to tell which columns name large objects. */
final class Sampler {
    /** The shortest beginning before a number at the end. */
    private static final Pattern TEXT = Pattern.compile("(|.{0,60}[^0-9])([1-9][0-9]{0,9})", Pattern.DOTALL);

    private static final long MAX_OID = 4_294_967_295L;

    private final ReadOnlySession session;
    private final LargeObjects objects;

    Sampler(ReadOnlySession session, LargeObjects objects) {
        this.session = session;
        this.objects = objects;
    }

    /** What the values of one column are. */
    private static final class Values {
        private final Map<String, Sample.Counter> byPrefix = new HashMap<>();
        private long values;
    }

    /** Columns whose type or whose values say that they name large objects. */
    List<Reference> references(Relation relation, List<Column> columns, Rows.Places places)
            throws SQLException, RunEndedException {
        List<Column> sampled =
                columns.stream().filter(column -> column.form() != Form.NESTED).toList();
        List<Values> found = new ArrayList<>();
        sampled.forEach(column -> found.add(new Values()));
        long rows = 0;
        for (Rows place : places.read()) {
            rows += sampled.isEmpty() ? 0 : read(place, sampled, places, found);
        }
        List<Reference> references = new ArrayList<>();
        for (Column column : columns) {
            int place = sampled.indexOf(column);
            if (place < 0) {
                references.add(new Reference(relation, column, "", Optional.empty()));
            } else {
                references.addAll(references(relation, column, found.get(place), rows, places));
            }
        }
        return references;
    }

    private long read(Rows place, List<Column> columns, Rows.Places places, List<Values> found)
            throws SQLException, RunEndedException {
        String sql = "SELECT " + columns.stream().map(OidExpression::sampled).collect(joining(", ")) + " FROM "
                + place.from() + " t" + places.sampled();
        return session.list(sql, row -> {
                    for (int i = 0; i < columns.size(); i++) {
                        take(columns.get(i), row.getString(i + 1), found.get(i));
                    }
                    return 1;
                })
                .size();
    }

    private void take(Column column, String value, Values values) {
        if (value == null) {
            return;
        }
        values.values++;
        Matcher matcher = TEXT.matcher(value);
        if (!matcher.matches()
                || (column.form() != Form.TEXT && !matcher.group(1).isEmpty())) {
            return;
        }
        long oid = Long.parseLong(matcher.group(2));
        if (oid <= MAX_OID) {
            values.byPrefix
                    .computeIfAbsent(matcher.group(1), prefix -> new Sample.Counter())
                    .add(objects.rank(oid));
        }
    }

    private static List<Reference> references(
            Relation relation, Column column, Values found, long rows, Rows.Places places) {
        if (!column.isSuspect()) {
            Sample.Counter counter = found.byPrefix.getOrDefault("", new Sample.Counter());
            return List.of(new Reference(relation, column, "", Optional.of(counter.of(rows, found.values, places))));
        }
        return found.byPrefix.entrySet().stream()
                .filter(entry -> names(entry.getKey(), entry.getValue(), found))
                .filter(entry -> !column.isOwnKey()
                        || (entry.getValue().hits() == entry.getValue().numbers()
                                && entry.getValue().numbers() == found.values))
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new Reference(
                        relation,
                        column,
                        entry.getKey(),
                        Optional.of(entry.getValue().of(rows, found.values, places))))
                .toList();
    }

    /** A beginning that only one of many values has is no constant one. */
    private static boolean names(String prefix, Sample.Counter counter, Values found) {
        return counter.hits() > 0 && (prefix.isEmpty() || counter.numbers() > 1 || found.values == 1);
    }
}
