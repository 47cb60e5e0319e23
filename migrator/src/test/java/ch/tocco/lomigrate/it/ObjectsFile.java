package ch.tocco.lomigrate.it;

import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A case's file {@code objects}: one row of the source table a line, as {@code key=value} pairs; {@code #} begins a
 * comment line. A row fits its object except where {@code row.…} says otherwise. Values with spaces are quoted, with
 * Java's escapes; a bare {@code NULL} is a null.
 *
 * <pre>
 * size=10MiB            generated content of this length (bytes, KiB, MiB), different for every line
 * text="hello"          or this text as content
 * object=deleted        the large object is deleted again, so its oid leads nowhere; none: there is none at all
 * mime=text/plain       the row's MIME type
 * name=a                lets later lines say @a
 * times=100             so many rows like this, each with a content of its own; quick for lines with size and mime only
 * row.hash=…            another hash: a text, NULL, upper (its own in upper case), @a:upper
 * row.size=…            another size: a number or NULL
 * row.oid=…             another oid: a number, NULL, or @a for the object of line a
 * row.sha2=…            already migrated: a text, own, or @a for the SHA-256 of line a
 * </pre>
 */
final class ObjectsFile {
    private static final Pattern PAIR = Pattern.compile("([a-z0-9.]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|\\S*)\\s*");

    /** Lines that say no more than this are many rows at once for the database. */
    private static final Set<String> PLAIN = Set.of("times", "size", "mime");

    private final SourceDatabase database;
    private final Map<String, Made> named = new HashMap<>();
    private long seed;

    private ObjectsFile(SourceDatabase database) {
        this.database = database;
    }

    /** Puts what the file describes into the database. */
    static void load(Path file, SourceDatabase database) throws IOException, SQLException {
        var objects = new ObjectsFile(database);
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                objects.add(parse(line.strip()));
            }
        }
    }

    private static Map<String, String> parse(String line) {
        var pairs = new HashMap<String, String>();
        var matcher = PAIR.matcher(line);
        int end = 0;
        while (end < line.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("not key=value: " + line.substring(end));
            }
            pairs.put(matcher.group(1), value(matcher.group(2)));
            end = matcher.end();
        }
        return pairs;
    }

    private static String value(String text) {
        if (text.equals("NULL")) {
            return null;
        }
        return text.startsWith("\"") ? text.substring(1, text.length() - 1).translateEscapes() : text;
    }

    private void add(Map<String, String> line) throws IOException, SQLException {
        int times = Integer.parseInt(line.getOrDefault("times", "1"));
        if (times > 1 && PLAIN.containsAll(line.keySet())) {
            int size = (int) bytes(line.get("size"));
            database.fill(times, seed + 1, number -> size, line.get("mime"));
            seed += times;
            return;
        }
        for (int i = 0; i < times; i++) {
            var made = make(line);
            if (line.containsKey("name")) {
                named.put(line.get("name"), made);
            }
            database.insertRow(row(line, made));
        }
    }

    private Made make(Map<String, String> line) throws IOException, SQLException {
        seed++;
        String kind = line.getOrDefault("object", "kept");
        if (kind.equals("none")) {
            return new Made(0, new Digests(0, "", ""));
        }
        var made = line.containsKey("text") ? text(line.get("text")) : generated(bytes(line.get("size")));
        if (kind.equals("deleted")) {
            database.execute("SELECT lo_unlink(" + made.oid() + ")");
        }
        return made;
    }

    private Made text(String text) throws SQLException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        return new Made(database.createObject(content), Digests.of(content));
    }

    private Made generated(long size) throws IOException, SQLException {
        long oid = database.createObject(new GeneratedContent(seed, size));
        try (var again = new GeneratedContent(seed, size)) {
            return new Made(oid, Digests.of(again));
        }
    }

    private static long bytes(String size) {
        String number = size.replaceFirst("(KiB|MiB)$", "");
        int shift = size.endsWith("MiB") ? 20 : size.endsWith("KiB") ? 10 : 0;
        return Long.parseLong(number) << shift;
    }

    private SourceRow row(Map<String, String> line, Made made) {
        return new SourceRow(
                line.containsKey("row.hash") ? hash(line.get("row.hash"), made) : made.digests.sha1(),
                line.containsKey("row.size") ? number(line.get("row.size")) : (Long) made.digests.size(),
                line.get("mime"),
                line.containsKey("row.oid") ? oid(line.get("row.oid")) : (Long) made.oid,
                sha2(line.get("row.sha2"), made));
    }

    private String hash(String value, Made made) {
        if (value != null && value.endsWith("upper")) {
            var source = value.startsWith("@") ? named(value.substring(1, value.indexOf(':'))) : made;
            return source.digests.sha1().toUpperCase(Locale.ROOT);
        }
        return value;
    }

    private Long oid(String value) {
        return value != null && value.startsWith("@") ? (Long) named(value.substring(1)).oid : number(value);
    }

    private String sha2(String value, Made made) {
        if (value != null && value.startsWith("@")) {
            return named(value.substring(1)).digests.sha256();
        }
        return "own".equals(value) ? made.digests.sha256() : value;
    }

    private Made named(String name) {
        if (!named.containsKey(name)) {
            throw new IllegalArgumentException("no earlier line has name=" + name);
        }
        return named.get(name);
    }

    private static Long number(String value) {
        return value == null ? null : Long.valueOf(value);
    }

    private record Made(long oid, Digests digests) {}
}
