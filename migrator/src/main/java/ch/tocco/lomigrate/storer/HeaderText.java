package ch.tocco.lomigrate.storer;

import java.nio.charset.StandardCharsets;

/** Texts of the database as values of headers, which are ASCII. */
final class HeaderText {
    /** RFC 8187, attr-char, besides letters and digits. */
    private static final String ATTR_CHARS = "!#$&+-.^_`|~";

    private HeaderText() {}

    /** Printable ASCII stays as it is, without blanks at the ends; in other text, all else and {@code %} is percent-encoded. */
    static String ascii(String text) {
        String stripped = text.strip();
        boolean plain = stripped.chars().allMatch(c -> c >= ' ' && c <= '~') && !stripped.contains("  ");
        return plain ? stripped : encoded(stripped, " \"'()*,/:;<=>?@[\\]{}" + ATTR_CHARS, false);
    }

    /** Content-Disposition for a file name (RFC 6266, with RFC 8187 where it is not ASCII); empty for null or blank. */
    static String disposition(String fileName) {
        if (fileName == null || fileName.isBlank()) {
            return "";
        }
        String name = fileName.strip();
        StringBuilder quoted = new StringBuilder();
        name.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c >= ' ' && c <= '~' ? (char) c : '_');
        });
        // a client that does not know the second form takes the first; blanks in a row would not survive a signature
        String simple = "attachment; filename=\"" + quoted.toString().replaceAll(" {2,}", " ") + "\"";
        boolean exact = name.chars().allMatch(c -> c >= ' ' && c <= '~') && !name.contains("  ");
        return exact ? simple : simple + "; filename*=UTF-8''" + encoded(name, ATTR_CHARS, true);
    }

    private static String encoded(String text, String plain, boolean strict) {
        StringBuilder out = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int c = bytes[i] & 0xFF;
            boolean letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            boolean blankInARow = !strict && c == ' ' && i > 0 && bytes[i - 1] == ' ';
            if (letter || (plain.indexOf(c) >= 0 && !blankInARow)) {
                out.append((char) c);
            } else {
                out.append(String.format("%%%02X", c));
            }
        }
        return out.toString();
    }
}
