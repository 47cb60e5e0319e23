package ch.tocco.lomigrate.source;

import ch.tocco.lomigrate.mapping.SourceMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether the columns of the table have the types that the statements of {@link SourceSql} are made for. */
public final class ColumnTypes {
    private final Map<String, String> types;
    private final List<String> wrong = new ArrayList<>();

    /** @param types by the names of the columns, see {@link Catalog#columns} */
    public ColumnTypes(Map<String, String> types) {
        this.types = types;
    }

    /** What is wrong, one column each; empty where nothing is. The state column may be missing. */
    public List<String> wrongFor(SourceSql sql) {
        SourceMapping mapping = sql.mapping();
        mapping.key().forEach(name -> expect(name, "character(40)"));
        mapping.size().ifPresent(size -> expect(name(size), "bigint", "integer"));
        mapping.mimeType().ifPresent(mimeType -> expect(name(mimeType), "character varying", "text"));
        expect(name(mapping.content().expression()), "oid");
        if (types.containsKey(sql.stateColumn())) {
            expect(sql.stateColumn(), "character(64)");
        }
        return List.copyOf(wrong);
    }

    /** The name in an expression that is nothing but a column of the table. */
    private static String name(String expression) {
        return expression
                .substring(SourceMapping.ALIAS.length() + 2, expression.length() - 1)
                .replace("\"\"", "\"");
    }

    private void expect(String column, String... wanted) {
        String found = types.get(column);
        if (found == null) {
            wrong.add("column " + column + " is missing");
        } else if (List.of(wanted).stream().noneMatch(found::startsWith)) {
            wrong.add("column " + column + " is " + found + ", wanted " + String.join(" or ", wanted));
        }
    }
}
