package ch.tocco.lomigrate.source;

import ch.tocco.lomigrate.config.SourceTable;
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

    /** What is wrong, one column each; empty where nothing is. The SHA-256 column may be missing. */
    public List<String> wrongFor(SourceTable names) {
        expect(names.hash(), "character(40)");
        expect(names.size(), "bigint", "integer");
        expect(names.mimeType(), "character varying", "text");
        expect(names.oid(), "oid");
        if (types.containsKey(names.sha2())) {
            expect(names.sha2(), "character(64)");
        }
        return List.copyOf(wrong);
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
