package ch.tocco.lomigrate.flags;

import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import ch.tocco.lomigrate.mapping.Identifiers;
import ch.tocco.lomigrate.mapping.KeyTemplate;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.mapping.SourceMapping.Assignment;
import ch.tocco.lomigrate.mapping.SourceMapping.Content;
import ch.tocco.lomigrate.mapping.SourceMapping.Expected;
import ch.tocco.lomigrate.mapping.SourceMapping.State;
import ch.tocco.lomigrate.mapping.SourceMapping.StateColumn;
import ch.tocco.lomigrate.mapping.SourceMapping.StateTable;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import com.beust.jcommander.converters.IParameterSplitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which rows, where their content is, what becomes of it, for a source that is not the table of Tocco. */
public final class SourceFlags {
    private static final String NONE = "none";
    private static final String COLUMN = "column:";
    private static final List<String> OWN_METADATA = List.of("sha1", "sha256", "oid");

    private static final int MOST_KEYS = 10_000;

    /** The built-in profile that holds where nothing is given. */
    public static final String DEFAULT_PROFILE = "tocco";

    /** Takes a value as it is: SQL has commas. */
    public static final class Whole implements IParameterSplitter {
        @Override
        public List<String> split(String value) {
            return List.of(value);
        }
    }

    @Parameter(
            names = "--profile",
            placeholder = "NAME",
            category = Headings.ROWS,
            order = 70,
            description = "Flags of this group for a known application, which win over it: see lo-migrate profiles.")
    String profile;

    @Parameter(
            names = "--table",
            placeholder = "[SCHEMA.]NAME",
            category = Headings.ROWS,
            order = 71,
            description = "Table with the rows; t in expressions. Names are folded as in SQL unless quoted. Without"
                    + " --profile, nothing is taken from one.")
    String table;

    @Parameter(
            names = "--join",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 72,
            description = "What is joined to it: JOIN doc d ON d.id = t.doc. One row for each of the table.")
    String join;

    @Parameter(
            names = "--where",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 73,
            description = "Which rows.")
    String where;

    @Parameter(
            names = "--key",
            placeholder = "COL[,COL]",
            category = Headings.ROWS,
            order = 74,
            defaultValueDescription = "the primary key",
            description = "Columns of the table that tell its rows apart, with a unique index.")
    String key;

    @Parameter(
            names = "--oid",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 75,
            description = "The large object: an oid, an integer, or text that is the number.")
    String oid;

    @Parameter(
            names = "--bytes",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 76,
            description = "The content itself, a bytea of the table, where no large object has it.")
    String bytes;

    @Parameter(
            names = "--size",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 77,
            description = "Length in bytes, which the object must have. NULL is not checked.")
    String size;

    @Parameter(
            names = "--sha1",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 78,
            description = "SHA-1 of the content, hexadecimal or base64, which it must have. NULL is not checked.")
    String sha1;

    @Parameter(
            names = "--md5",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 79,
            description = "MD5 of the content, likewise.")
    String md5;

    @Parameter(
            names = "--sha256",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 80,
            description = "SHA-256 of the content, likewise.")
    String sha256;

    @Parameter(
            names = "--mime-type",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 81,
            description = "Content type of the object.")
    String mimeType;

    @Parameter(
            names = "--file-name",
            placeholder = "SQL",
            category = Headings.ROWS,
            order = 82,
            description = "Name under which a browser saves the object (Content-Disposition).")
    String fileName;

    @Parameter(
            names = "--metadata",
            placeholder = "NAME=SQL",
            splitter = Whole.class,
            category = Headings.ROWS,
            order = 83,
            description = "Metadata that the object gets. May be given several times.")
    List<String> metadata = new ArrayList<>();

    @Parameter(
            names = "--min-size",
            placeholder = "BYTES",
            converter = Converters.ContentBytes.class,
            category = Headings.ROWS,
            order = 84,
            description = "Only rows whose --size, or length of --bytes, is at least this: for a first try.")
    Long minSize;

    @Parameter(
            names = "--max-size",
            placeholder = "BYTES",
            converter = Converters.ContentBytes.class,
            category = Headings.ROWS,
            order = 85,
            description = "Only rows whose --size, or length of --bytes, is at most this.")
    Long maxSize;

    @Parameter(
            names = "--keys-from",
            placeholder = "FILE",
            category = Headings.ROWS,
            order = 86,
            description = "Only the rows whose keys are in this file, one a line, tabs between columns; up to 10,000.")
    String keysFrom;

    @Parameter(
            names = "--object-key",
            placeholder = "TEMPLATE",
            category = Headings.ROWS,
            order = 87,
            defaultValueDescription = "{sha256}",
            description = "Name of the object: {sha256}, {sha1}, {md5}, {oid}, {COLUMN} of the key, {expr:NAME};"
                    + " {NAME:from:to} is a part of it.")
    String objectKey;

    @Parameter(
            names = "--key-expr",
            placeholder = "NAME=SQL",
            splitter = Whole.class,
            category = Headings.ROWS,
            order = 88,
            description = "What {expr:NAME} stands for. May be given several times.")
    List<String> keyExpr = new ArrayList<>();

    @Parameter(
            names = "--overwrite",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.ROWS,
            order = 89,
            description = "Replace objects of the bucket that have other content and the same name.")
    boolean overwrite;

    @Parameter(
            names = "--set",
            placeholder = "[ALIAS.]COL=SQL",
            splitter = Whole.class,
            category = Headings.ROWS,
            order = 90,
            description =
                    "What is written to the row once its object is safe; :key, :sha256, :etag, :bucket and :size are"
                            + " the object's. May be given several times; none: nothing.")
    List<String> set = new ArrayList<>();

    @Parameter(
            names = "--state",
            placeholder = "WHERE",
            category = Headings.ROWS,
            order = 91,
            defaultValueDescription = "table",
            description =
                    "Where it is recorded that a row is done. column:[ALIAS.]COL: done once it is not NULL, so --set"
                            + " sets it; table: in tables of schema lo_migrate.")
    String state;

    @Parameter(
            names = "--new-target",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.ROWS,
            order = 92,
            description =
                    "Begin anew where --state table knows the source with another bucket, endpoint or object key.")
    boolean newTarget;

    @Parameter(
            names = "--state-published",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.ROWS,
            order = 93,
            description =
                    "Go on though a publication takes the tables of --state table to subscribers: they have them.")
    boolean statePublished;

    /** The built-in profile that was asked for. */
    public Optional<String> profile() {
        return Optional.ofNullable(profile);
    }

    /** Whether the rows are those of the Tocco Business Framework, perhaps some of them only. */
    public boolean isTocco() {
        return table == null || DEFAULT_PROFILE.equals(profile);
    }

    public boolean newTarget() {
        return newTarget;
    }

    public boolean statePublished() {
        return statePublished;
    }

    /** The source; empty only after a mistake was noted. */
    public Optional<SourceMapping> toMapping(Mistakes mistakes) {
        if (table == null) {
            return Optional.of(SourceMapping.TOCCO);
        }
        if (bytes == null && !mistakes.isPresent("--oid", oid)) {
            return Optional.empty();
        }
        if (bytes != null && oid != null) {
            mistakes.mistake("--bytes", "and --oid exclude each other: the content is in the row or in a large object");
        }
        int before = mistakes.mistakes().size();
        Optional<SourceMapping.Table> named = taken("--table", table, SourceFlags::table, mistakes);
        Optional<List<String>> columns =
                key == null ? Optional.of(List.of()) : taken("--key", key, Identifiers::list, mistakes);
        Optional<KeyTemplate> template =
                taken("--object-key", objectKey == null ? "{sha256}" : objectKey, KeyTemplate::of, mistakes);
        Map<String, String> expressions = named("--key-expr", keyExpr, mistakes);
        List<Assignment> assignments = assignments(mistakes);
        Optional<State> kept = taken("--state", state == null ? "table" : state, SourceFlags::state, mistakes);
        Map<String, String> data = new LinkedHashMap<>();
        named("--metadata", metadata, mistakes)
                .forEach((name, value) -> data.put(name.toLowerCase(Locale.ROOT), value));
        OWN_METADATA.stream()
                .filter(data::containsKey)
                .forEach(name -> mistakes.mistake("--metadata", "has " + name + ", which each object has already"));
        Optional<Expected> checksum = checksum(mistakes);
        String rows = where(mistakes);
        Optional<List<List<String>>> only =
                keysFrom == null ? Optional.of(List.of()) : taken("--keys-from", keysFrom, SourceFlags::keys, mistakes);
        template.ifPresent(t -> checkExpressions(t, expressions, mistakes));
        if (bytes != null && template.isPresent() && template.get().usesOid()) {
            mistakes.mistake("--object-key", "has {oid}, which content of --bytes does not have");
        }
        kept.ifPresent(s -> checkState(s, assignments, mistakes));
        return mistakes.mistakes().size() > before
                ? Optional.empty()
                : Optional.of(new SourceMapping(
                        named.orElseThrow(),
                        join == null ? "" : join,
                        rows,
                        columns.orElseThrow(),
                        only.orElseThrow(),
                        bytes == null ? Content.largeObject(oid) : Content.inRow(bytes),
                        Optional.ofNullable(size),
                        checksum,
                        Optional.ofNullable(mimeType),
                        Optional.ofNullable(fileName),
                        data,
                        false,
                        template.orElseThrow(),
                        overwrite,
                        expressions,
                        assignments,
                        kept.orElseThrow()));
    }

    /** Which rows, by what is given of them and by their sizes. */
    private String where(Mistakes mistakes) {
        List<String> all = new ArrayList<>();
        if (where != null) {
            all.add(where);
        }
        String length = size != null ? size : bytes != null ? "octet_length(" + bytes + ")" : null;
        if (length == null && (minSize != null || maxSize != null)) {
            mistakes.mistake(
                    minSize != null ? "--min-size" : "--max-size", "needs --size: no other flag tells the length");
        }
        if (minSize != null && maxSize != null && minSize > maxSize) {
            mistakes.mistake("--min-size", "is larger than --max-size");
        }
        if (minSize != null) {
            all.add("(" + length + ")::int8 >= " + minSize);
        }
        if (maxSize != null) {
            all.add("(" + length + ")::int8 <= " + maxSize);
        }
        return all.size() == 1
                ? all.get(0)
                : all.stream()
                        .collect(Collectors.joining(") AND (", all.isEmpty() ? "" : "(", all.isEmpty() ? "" : ")"));
    }

    /** Each statement of a listing has them in it, so they are few. */
    private static List<List<String>> keys(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            List<List<String>> keys = lines.filter(line -> !line.isEmpty())
                    .map(line -> List.of(line.split("\t", -1)))
                    .limit(MOST_KEYS + 1L)
                    .toList();
            if (keys.isEmpty() || keys.size() > MOST_KEYS) {
                throw new IllegalArgumentException("must have from 1 to " + MOST_KEYS + " keys in it, one a line");
            }
            return keys;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("cannot be read: no such file " + file, e);
        } catch (InvalidPathException | IOException | UncheckedIOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
        }
    }

    private interface Reader<T> {
        T read(String text);
    }

    private static <T> Optional<T> taken(String flag, String text, Reader<T> reader, Mistakes mistakes) {
        try {
            return Optional.of(reader.read(text));
        } catch (IllegalArgumentException e) {
            mistakes.mistake(flag, e.getMessage());
            return Optional.empty();
        }
    }

    private static SourceMapping.Table table(String text) {
        List<String> names = Identifiers.path(text);
        if (names.size() > 2) {
            throw new IllegalArgumentException("has more than a schema and a name: " + text);
        }
        return new SourceMapping.Table(
                names.size() == 2 ? Optional.of(names.get(0)) : Optional.empty(), names.get(names.size() - 1));
    }

    private static State state(String text) {
        if (text.equals("table")) {
            return new StateTable();
        }
        if (!text.startsWith(COLUMN)) {
            throw new IllegalArgumentException("must be table or column:[ALIAS.]NAME, not '" + text + "'");
        }
        List<String> names = Identifiers.path(text.substring(COLUMN.length()));
        if (names.size() > 2) {
            throw new IllegalArgumentException("has more than an alias and a column: " + text);
        }
        return new StateColumn(names.size() == 2 ? names.get(0) : SourceMapping.ALIAS, names.get(names.size() - 1));
    }

    private Optional<Expected> checksum(Mistakes mistakes) {
        List<Expected> given = new ArrayList<>();
        add(given, Algorithm.SHA1, sha1);
        add(given, Algorithm.MD5, md5);
        add(given, Algorithm.SHA256, sha256);
        if (given.size() > 1) {
            mistakes.mistake("only one of --sha1, --md5 and --sha256 can be compared");
        }
        return given.stream().findFirst();
    }

    private static void add(List<Expected> given, Algorithm algorithm, String expression) {
        if (expression != null) {
            given.add(new Expected(algorithm, expression));
        }
    }

    private static Map<String, String> named(String flag, List<String> given, Mistakes mistakes) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String text : given) {
            int equals = text.indexOf('=');
            String name = equals < 0 ? "" : text.substring(0, equals).strip();
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9-]*")) {
                mistakes.mistake(
                        flag, "must be NAME=SQL, with letters, digits and '-' in the name, not '" + text + "'");
            } else if (all.put(name, text.substring(equals + 1).strip()) != null) {
                mistakes.mistake(flag, "has " + name + " twice");
            }
        }
        return all;
    }

    private List<Assignment> assignments(Mistakes mistakes) {
        List<Assignment> all = new ArrayList<>();
        if (set.equals(List.of(NONE))) {
            return all;
        }
        for (String text : set) {
            int equals = Identifiers.end(text);
            if (equals >= text.length() || text.charAt(equals) != '=') {
                mistakes.mistake("--set", "must be [ALIAS.]COLUMN=SQL, not '" + text + "'");
                continue;
            }
            taken("--set", text.substring(0, equals), Identifiers::path, mistakes)
                    .ifPresent(names -> {
                        String alias = names.size() == 2 ? names.get(0) : SourceMapping.ALIAS;
                        String value = text.substring(equals + 1).strip();
                        all.add(new Assignment(alias, names.get(names.size() - 1), value));
                    });
        }
        return all;
    }

    private static void checkExpressions(KeyTemplate template, Map<String, String> expressions, Mistakes mistakes) {
        template.expressions().stream()
                .filter(name -> !expressions.containsKey(name))
                .forEach(name -> mistakes.mistake(
                        "--object-key", "has {expr:" + name + "}, but there is no --key-expr " + name + "=SQL"));
    }

    private static boolean isPartOf(String column, String expression) {
        return Pattern.compile("(?<![\\w$])" + Pattern.quote(column) + "(?![\\w$])", Pattern.CASE_INSENSITIVE)
                .matcher(expression)
                .find();
    }

    private void checkState(State kept, List<Assignment> assignments, Mistakes mistakes) {
        if (kept instanceof StateColumn column
                && assignments.stream()
                        .noneMatch(a ->
                                a.alias().equals(column.alias()) && a.column().equals(column.name()))) {
            mistakes.mistake(
                    "--state", "names column " + column.name() + ", which no --set sets: no row would ever be done");
        }
        for (Assignment each : assignments) {
            if (bytes != null && isPartOf(each.column(), bytes)) {
                mistakes.mistake(
                        "--set",
                        each.column() + " holds the only copy of the content of --bytes, which stays as it is");
            }
            if (oid != null && each.expression().equalsIgnoreCase("NULL") && oid.contains(each.column())) {
                mistakes.mistake("--set", each.column() + "=NULL would destroy the only copy of the reference");
            }
        }
    }
}
