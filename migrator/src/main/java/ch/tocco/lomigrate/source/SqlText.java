package ch.tocco.lomigrate.source;

import java.util.Map;

/**
 * An expression of the operator, made ready for a prepared statement: question marks are operators and not parameters,
 * and {@code :names} stand for what this tool knows. What is quoted, and {@code ::}, stays as it is.
 */
final class SqlText {
    private final String text;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private SqlText(String text) {
        this.text = text;
    }

    /** @param names what each name stands for; a name that is not in it stays as it is */
    static String prepared(String text, Map<String, String> names) {
        SqlText sql = new SqlText(text);
        while (sql.at < text.length()) {
            sql.next(names);
        }
        return sql.out.toString();
    }

    /** Of an expression that knows no names. */
    static String prepared(String text) {
        return prepared(text, Map.of());
    }

    /** A text as a constant, whatever {@code standard_conforming_strings} is. */
    static String literal(String text) {
        return (text.contains("\\") ? "E" : "") + "'"
                + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private void next(Map<String, String> names) {
        char c = text.charAt(at);
        if (c == '\'' || c == '"') {
            int end = text.indexOf(c, at + 1);
            copyTo(end < 0 ? text.length() : end + 1);
        } else if (text.startsWith("::", at)) {
            copyTo(at + 2);
        } else if (c == ':') {
            name(names);
        } else {
            out.append(c == '?' ? "??" : String.valueOf(c));
            at++;
        }
    }

    private void name(Map<String, String> names) {
        int end = at + 1;
        while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        String found = names.get(text.substring(at + 1, end));
        if (found == null) {
            copyTo(end);
        } else {
            out.append(found);
            at = end;
        }
    }

    private void copyTo(int end) {
        out.append(text, at, end);
        at = end;
    }
}
