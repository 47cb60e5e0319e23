package ch.tocco.lomigrate.mapping;

import ch.tocco.lomigrate.mapping.SourceMapping.Assignment;
import ch.tocco.lomigrate.mapping.SourceMapping.Content;
import ch.tocco.lomigrate.mapping.SourceMapping.State;
import ch.tocco.lomigrate.mapping.SourceMapping.StateColumn;
import ch.tocco.lomigrate.mapping.SourceMapping.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes descriptions of sources for tests: a table with large objects, its state in a table of the tool unless said. */
public final class Mappings {
    private final String table;
    private String join = "";
    private String where = "";
    private Content content = Content.largeObject("t.o");
    private Optional<String> size = Optional.empty();
    private Optional<String> mimeType = Optional.empty();
    private final List<Assignment> set = new ArrayList<>();
    private State state = new StateTable();

    private Mappings(String table) {
        this.table = table;
    }

    /** Of this table, whose objects {@code t.o} names. */
    public static Mappings of(String table) {
        return new Mappings(table);
    }

    public Mappings join(String clause) {
        join = clause;
        return this;
    }

    public Mappings where(String condition) {
        where = condition;
        return this;
    }

    public Mappings oid(String expression) {
        content = Content.largeObject(expression);
        return this;
    }

    public Mappings bytes(String expression) {
        content = Content.inRow(expression);
        return this;
    }

    public Mappings size(String expression) {
        size = Optional.of(expression);
        return this;
    }

    public Mappings mimeType(String expression) {
        mimeType = Optional.of(expression);
        return this;
    }

    /** One more column that is written. */
    public Mappings set(String alias, String column, String expression) {
        set.add(new Assignment(alias, column, expression));
        return this;
    }

    /** A row is pending as long as this column of the table is NULL. */
    public Mappings stateColumn(String name) {
        state = new StateColumn(SourceMapping.ALIAS, name);
        return this;
    }

    public SourceMapping mapping() {
        return new SourceMapping(
                new SourceMapping.Table(Optional.empty(), table),
                join,
                where,
                List.of(),
                List.of(),
                content,
                size,
                Optional.empty(),
                mimeType,
                Optional.empty(),
                Map.of(),
                false,
                KeyTemplate.SHA256,
                false,
                Map.of(),
                set,
                state);
    }
}
