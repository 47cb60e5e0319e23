package ch.tocco.lomigrate.mapping;

import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What an object is called in the bucket: literal text and {@code {names}} in braces, each a hash of the content, the oid,
 * a key column or {@code expr:NAME}, with a substring {@code :from:to} if wanted, {@code to} excluded. Immutable.
 */
public final class KeyTemplate {
    /** What all hashes of the content are told apart by. */
    public static final KeyTemplate SHA256 = of("{sha256}");

    private static final String EXPRESSION = "expr:";

    /** Of a SHA-256. */
    private static final int HEX_DIGITS = 64;

    private final String text;
    private final List<Piece> pieces;

    /** @param name null: literal text */
    private record Piece(String literal, String name, int from, int to) {}

    private KeyTemplate(String text, List<Piece> pieces) {
        this.text = text;
        this.pieces = List.copyOf(pieces);
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException it is none; the message says why, in words that the flag's name goes before
     */
    public static KeyTemplate of(String text) {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            int end = open < 0 ? text.length() : open;
            if (text.substring(at, end).indexOf('}') >= 0) {
                throw new IllegalArgumentException("has a '}' without its '{': '" + text + "'");
            }
            if (end > at) {
                pieces.add(new Piece(text.substring(at, end), null, 0, -1));
            }
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new IllegalArgumentException("has a '{' without its '}': '" + text + "'");
            }
            pieces.add(piece(text.substring(open + 1, close)));
            at = close + 1;
        }
        if (pieces.stream().allMatch(piece -> piece.name == null)) {
            throw new IllegalArgumentException("names nothing of an object, so all would have one key: '" + text + "'");
        }
        return new KeyTemplate(text, pieces);
    }

    private static Piece piece(String inside) {
        String[] parts = inside.split(":", -1);
        int count = parts.length;
        boolean cut = count >= 3 && isNumber(parts[count - 2]) && isNumber(parts[count - 1]);
        String name = cut ? String.join(":", List.of(parts).subList(0, count - 2)) : inside;
        if (name.isEmpty() || name.equals(EXPRESSION)) {
            throw new IllegalArgumentException("has braces without a name: '{" + inside + "}'");
        }
        int from = cut ? Integer.parseInt(parts[count - 2]) : 0;
        int to = cut ? Integer.parseInt(parts[count - 1]) : -1;
        if (cut && from >= to) {
            throw new IllegalArgumentException("takes no character: '{" + inside + "}'");
        }
        return new Piece(null, name, from, to);
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,4}");
    }

    /** The names in braces that are none of the content's hashes, the oid and the expressions: key columns. */
    public List<String> columns() {
        return pieces.stream()
                .map(Piece::name)
                .filter(name -> name != null && !isOwn(name) && !name.startsWith(EXPRESSION))
                .distinct()
                .toList();
    }

    /** Whether the number of the large object is in the key. */
    public boolean usesOid() {
        return pieces.stream().anyMatch(piece -> "oid".equals(piece.name));
    }

    /** The names of the expressions. */
    public List<String> expressions() {
        return pieces.stream()
                .map(Piece::name)
                .filter(name -> name != null && name.startsWith(EXPRESSION))
                .map(name -> name.substring(EXPRESSION.length()))
                .distinct()
                .toList();
    }

    /** The hashes of the content that it takes to make a key. */
    public Set<Algorithm> hashes() {
        Set<Algorithm> hashes = EnumSet.noneOf(Algorithm.class);
        for (Algorithm algorithm : Algorithm.values()) {
            if (pieces.stream().anyMatch(piece -> nameOf(algorithm).equals(piece.name))) {
                hashes.add(algorithm);
            }
        }
        return hashes;
    }

    /** What a template calls the hash. */
    public static String nameOf(Algorithm algorithm) {
        return switch (algorithm) {
            case MD5 -> "md5";
            case SHA1 -> "sha1";
            case SHA256 -> "sha256";
        };
    }

    private static boolean isOwn(String name) {
        return name.equals("oid")
                || List.of(Algorithm.values()).stream().anyMatch(a -> nameOf(a).equals(name));
    }

    /** Whether the whole SHA-256 is in the key, so that objects of one key have one content. */
    public boolean tellsContentsApart() {
        return pieces.stream()
                .anyMatch(piece ->
                        "sha256".equals(piece.name) && (piece.to < 0 || (piece.from == 0 && piece.to >= HEX_DIGITS)));
    }

    /** Whether this column is the only thing in it that is not the same for all objects: then each row has a key of its own. */
    public boolean isOnly(String column) {
        List<Piece> names = pieces.stream().filter(piece -> piece.name != null).toList();
        return names.size() == 1 && names.get(0).name.equals(column) && names.get(0).to < 0 && !isOwn(column);
    }

    /** What the keys of all objects begin with; may be empty. */
    public String prefix() {
        String first = pieces.get(0).literal;
        return first == null ? "" : first;
    }

    /**
     * The key of an object.
     *
     * @param values what each name stands for; null: nothing
     * @throws IllegalArgumentException a value is missing, or shorter than what is cut out of it
     */
    public String key(UnaryOperator<String> values) {
        StringBuilder key = new StringBuilder();
        for (Piece piece : pieces) {
            key.append(piece.literal == null ? value(piece, values.apply(piece.name)) : piece.literal);
        }
        return key.toString();
    }

    private static String value(Piece piece, String value) {
        if (value == null) {
            throw new IllegalArgumentException("{" + piece.name + "} is NULL");
        }
        if (piece.to < 0) {
            return value;
        }
        int characters = value.codePointCount(0, value.length());
        if (piece.to > characters) {
            throw new IllegalArgumentException("{" + piece.name + ":" + piece.from + ":" + piece.to + "} is cut out of "
                    + characters + " characters: '" + value + "'");
        }
        return value.substring(value.offsetByCodePoints(0, piece.from), value.offsetByCodePoints(0, piece.to));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyTemplate template && text.equals(template.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was given. */
    @Override
    public String toString() {
        return text;
    }
}
