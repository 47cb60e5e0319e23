package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.references.Relation.Column;

/** The SQL that makes an oid of a column's value; the row's alias is {@code t}. */
public final class OidExpression {
    /** Text that is stored in more bytes than this names no object; longer text is not fetched. */
    private static final int LONGEST_TEXT = 200;

    /** What was longer, because it was stored compressed, can still be told from text that ends with an oid. */
    private static final int CUT = 100;

    private OidExpression() {}

    /** The value as text for a sample: NULL where it is NULL, empty where it can be no oid. */
    public static String sampled(Column column) {
        String value = "t." + column.quoted();
        return switch (column.form()) {
            case OID -> value + "::oid::int8::text";
            case INTEGER, NESTED -> value + "::text";
            case NUMERIC ->
                "CASE WHEN " + whole(value) + " THEN " + value + "::int8::text WHEN " + value
                        + " IS NOT NULL THEN '' END";
            case TEXT ->
                "CASE WHEN pg_column_size(" + value + ") <= " + LONGEST_TEXT + " THEN left(" + value + "::text, " + CUT
                        + ") WHEN " + value + " IS NOT NULL THEN '' END";
        };
    }

    /** The oids in the value as bytes, four for each; NULL where there is none. */
    public static String bytes(Column column, String prefix) {
        String value = "t." + column.quoted();
        return switch (column.form()) {
            case OID -> "oidsend(" + value + "::oid)";
            case INTEGER ->
                "oidsend(CASE WHEN " + value + "::int8 BETWEEN 1 AND 4294967295 THEN " + value + "::int8::oid END)";
            case NUMERIC -> "oidsend(CASE WHEN " + whole(value) + " THEN " + value + "::int8::oid END)";
            case TEXT -> text(value, prefix);
            // every number in it counts: rather one reference too many than an orphan that is none
            case NESTED ->
                "(SELECT string_agg(oidsend(m[1]::int8::oid), '') FROM regexp_matches(" + value
                        + "::text, '[0-9]+', 'g') m WHERE length(m[1]) <= 10 AND m[1]::int8 BETWEEN 1 AND 4294967295)";
        };
    }

    private static String whole(String value) {
        return value + " BETWEEN 1 AND 4294967295 AND " + value + " = trunc(" + value + ")";
    }

    private static String text(String value, String prefix) {
        String number = number(value + "::text", prefix);
        String ours = prefix.isEmpty()
                ? ""
                : " AND left(" + value + "::text, " + prefix.codePointCount(0, prefix.length()) + ") = "
                        + literal(prefix);
        return "oidsend(CASE WHEN pg_column_size(" + value + ") <= " + LONGEST_TEXT + ours + " AND " + number
                + " ~ '^[1-9][0-9]{0,9}$' THEN CASE WHEN " + number + "::int8 <= 4294967295 THEN " + number
                + "::int8::oid END END)";
    }

    /** What comes after the prefix, to be read as an oid. */
    public static String number(String value, String prefix) {
        return prefix.isEmpty()
                ? value
                : "substr(" + value + ", " + (prefix.codePointCount(0, prefix.length()) + 1) + ")";
    }

    /** A text as SQL has it; backslashes mean themselves in our sessions. */
    public static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
