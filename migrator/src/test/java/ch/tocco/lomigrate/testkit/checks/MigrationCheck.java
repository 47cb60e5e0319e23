package ch.tocco.lomigrate.testkit.checks;

import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A second opinion on a run: looks at the database before it, decides for itself what each row must come to, and
 * compares database and bucket with that afterwards. Uses nothing of the tool.
 */
public final class MigrationCheck {
    /** The content type of objects whose row has none that could be sent. */
    public static final String NO_TYPE = "application/octet-stream";

    private final SourceDatabase database;
    private final List<Verdict> verdicts = new ArrayList<>();

    private MigrationCheck(SourceDatabase database) {
        this.database = database;
    }

    /** Looks at the database as it is now; to be called before the run. */
    public static MigrationCheck before(SourceDatabase database) throws SQLException {
        var check = new MigrationCheck(database);
        var contents = database.digests();
        for (SourceRow row : database.rows()) {
            check.verdicts.add(judge(row, contents));
        }
        return check;
    }

    private static Verdict judge(SourceRow row, Map<Long, Digests> contents) {
        if (row.sha2() != null) {
            return new Verdict(row, row.sha2(), "", null);
        }
        Digests content = row.oid() == null ? null : contents.get(row.oid());
        String reason = reason(row, content);
        return new Verdict(row, reason.isEmpty() ? content.sha256() : null, reason, content);
    }

    /** Why the row must fail; empty if it is good. */
    private static String reason(SourceRow row, Digests content) {
        if (row.hash() == null || !row.hash().matches("[0-9a-fA-F]{40}")) {
            return "MALFORMED_HASH";
        } else if (row.size() == null || row.size() < 0) {
            return "INVALID_SIZE";
        } else if (row.oid() == null || row.oid() == 0) {
            return "INVALID_OID";
        } else if (content == null) {
            return "MISSING";
        } else if (content.size() != row.size()) {
            return "SIZE_MISMATCH";
        }
        return content.sha1().equalsIgnoreCase(row.hash()) ? "" : "HASH_MISMATCH";
    }

    /** How many rows have to be migrated. */
    public long good() {
        return verdicts.stream().filter(Verdict::isGood).count();
    }

    /** How many rows have to fail, by reason. */
    public Map<String, Integer> failures() {
        return verdicts.stream()
                .filter(verdict -> !verdict.reason().isEmpty())
                .collect(Collectors.toMap(Verdict::reason, verdict -> 1, Integer::sum, TreeMap::new));
    }

    /** Hashes of the rows that have to fail, as far as they have any. */
    public List<String> failingHashes() {
        return verdicts.stream()
                .filter(verdict -> !verdict.reason().isEmpty() && verdict.row().hash() != null)
                .map(verdict -> verdict.row().hash().strip())
                .toList();
    }

    /** Everything in which database and bucket differ from a complete run; empty if nothing does. */
    public List<String> problems(BucketInspector bucket) throws SQLException {
        return problems(bucket, bucket.keys());
    }

    /** The same where another way to list the bucket is quicker. */
    public List<String> problems(BucketInspector bucket, Collection<String> listed) throws SQLException {
        var problems = new ArrayList<String>();
        compareRows(problems, false);
        compareBucket(problems, bucket, new TreeSet<>(listed));
        return problems;
    }

    /** Everything that a run which was refused before it began has changed nevertheless. */
    public List<String> changes(BucketInspector bucket) throws SQLException {
        var problems = new ArrayList<String>();
        compareRows(problems, true);
        bucket.keys().forEach(key -> problems.add("in the bucket: " + key));
        return problems;
    }

    /** Every SHA-256 in the database that has no object in the bucket: there must be none at any moment of a run. */
    public List<String> unstored(BucketInspector bucket) throws SQLException {
        var keys = new HashSet<>(bucket.keys());
        verdicts.forEach(verdict -> keys.add(verdict.row().sha2()));
        return database.rows().stream()
                .map(SourceRow::sha2)
                .filter(sha2 -> sha2 != null && !keys.contains(sha2))
                .toList();
    }

    private void compareRows(List<String> problems, boolean unchanged) throws SQLException {
        var expected = new HashMap<SourceRow, String>();
        for (Verdict verdict : verdicts) {
            expected.put(withoutSha2(verdict.row()), unchanged ? verdict.row().sha2() : verdict.sha2());
        }
        var rows = database.rows();
        if (rows.size() != verdicts.size()) {
            problems.add("there were %d rows, now there are %d".formatted(verdicts.size(), rows.size()));
        }
        for (SourceRow row : rows) {
            var key = withoutSha2(row);
            if (!expected.containsKey(key)) {
                problems.add("changed in more than sha2: " + row);
            } else if (!Objects.equals(expected.get(key), row.sha2())) {
                problems.add("sha2 should be %s: %s".formatted(expected.get(key), row));
            }
        }
    }

    private static SourceRow withoutSha2(SourceRow row) {
        return new SourceRow(row.hash(), row.size(), row.mimeType(), row.oid(), null);
    }

    private void compareBucket(List<String> problems, BucketInspector bucket, Set<String> keys) {
        Map<String, List<Verdict>> expected = verdicts.stream()
                .filter(Verdict::isGood)
                .collect(Collectors.groupingBy(Verdict::sha2, TreeMap::new, Collectors.toList()));
        difference(keys, expected.keySet()).forEach(key -> problems.add("should not be in the bucket: " + key));
        difference(expected.keySet(), keys).forEach(key -> problems.add("not in the bucket: " + key));
        expected.forEach((key, rows) -> {
            if (keys.contains(key)) {
                compareObject(problems, bucket.read(key), rows);
            }
        });
        bucket.openUploads().forEach(key -> problems.add("multipart upload left open: " + key));
    }

    private static Set<String> difference(Set<String> all, Set<String> without) {
        var rest = new TreeSet<>(all);
        rest.removeAll(without);
        return rest;
    }

    /** Several rows may have the same content; any of them may be the one that was stored last. */
    private static void compareObject(List<String> problems, BucketInspector.StoredObject stored, List<Verdict> rows) {
        var content = rows.get(0).content();
        var types = new HashSet<String>();
        var oids = new HashSet<String>();
        for (Verdict verdict : rows) {
            types.add(contentType(verdict.row().mimeType()));
            oids.add(verdict.row().oid().toString());
        }
        var metadata = new HashMap<>(stored.metadata());
        compare(problems, stored, "size", content.size(), stored.size());
        compare(problems, stored, "SHA-256 of the body", content.sha256(), stored.sha256());
        compare(problems, stored, "metadata sha256", content.sha256(), metadata.remove("sha256"));
        String sha1 = String.valueOf(metadata.remove("sha1"));
        compare(problems, stored, "metadata sha1", content.sha1(), sha1.toLowerCase(Locale.ROOT));
        if (!types.contains(stored.contentType())) {
            problems.add("%s: content type is '%s', not in %s".formatted(stored.key(), stored.contentType(), types));
        }
        if (!oids.contains(metadata.remove("oid"))) {
            problems.add("%s: metadata oid is not in %s: %s".formatted(stored.key(), oids, stored.metadata()));
        }
        if (!metadata.isEmpty()) {
            problems.add("%s: unexpected metadata %s".formatted(stored.key(), metadata));
        }
    }

    private static void compare(
            List<String> problems, BucketInspector.StoredObject stored, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            problems.add("%s: %s should be %s, is %s".formatted(stored.key(), what, expected, found));
        }
    }

    /** The content type that an object with this MIME type in its row has to have. */
    static String contentType(String mimeType) {
        boolean sendable =
                mimeType != null && !mimeType.isBlank() && mimeType.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
        return sendable ? mimeType.strip().replaceAll(" +", " ") : NO_TYPE;
    }

    /**
     * What one row has to come to.
     *
     * @param row the row before the run
     * @param sha2 what its {@code sha2} must be afterwards; null: still pending
     * @param reason why it must fail; empty if it must not
     * @param content its large object; null if there is none or it does not matter
     */
    private record Verdict(SourceRow row, String sha2, String reason, Digests content) {
        boolean isGood() {
            return reason.isEmpty() && row.sha2() == null;
        }
    }
}
