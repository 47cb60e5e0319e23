package ch.tocco.lomigrate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the messages in Java sources: each expression of string constants, with {@value #GAP} for what is known only when
 * the tool runs. It does not parse Java, it only knows strings, comments, brackets and what ends an expression.
 */
final class SourceMessages {
    /** Stands for a value, in sources and pages alike. */
    static final String GAP = "…";

    private static final Set<Character> ENDS = Set.of(',', ';', '?', ':', '{', '}');

    private final String source;
    private final List<Message> found = new ArrayList<>();
    private int at;

    private SourceMessages(String source) {
        this.source = source;
    }

    /**
     * A message with gaps.
     *
     * @param call what it is an argument of, such as {@code LOG.warn}; empty if of nothing
     * @param text the message
     */
    record Message(String call, String text) {}

    /** All messages in the Java files below a directory. */
    static List<Message> below(Path directory) throws IOException {
        List<Message> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                all.addAll(in(Files.readString(file)));
            }
        }
        return all;
    }

    static List<Message> in(String source) {
        SourceMessages reader = new SourceMessages(source);
        while (reader.at < source.length()) {
            reader.expressions("");
        }
        return List.copyOf(reader.found);
    }

    /** Reads up to the bracket that closes the current one, or to the end. */
    private void expressions(String call) {
        StringBuilder text = new StringBuilder();
        while (at < source.length()) {
            char c = source.charAt(at++);
            if (c == '"') {
                text.append(literal());
            } else if (c == '\'') {
                at = source.charAt(at) == '\\' ? source.indexOf('\'', at + 2) + 1 : at + 2;
                gap(text);
            } else if (c == '/' && at < source.length() && "/*".indexOf(source.charAt(at)) >= 0) {
                at = source.charAt(at) == '/' ? endOf("\n") : endOf("*/");
            } else if (c == '(' || c == '[') {
                gap(text);
                expressions(wordBefore(at - 1));
            } else if (c == ')' || c == ']') {
                break;
            } else if (ENDS.contains(c) || (c == '-' && source.startsWith(">", at))) {
                flush(call, text);
            } else if (c != '+' && !Character.isWhitespace(c)) {
                gap(text);
            }
        }
        flush(call, text);
    }

    private int endOf(String end) {
        int index = source.indexOf(end, at);
        return index < 0 ? source.length() : index + end.length();
    }

    /** The rest of a string whose first quote was read; text blocks too. */
    private String literal() {
        if (source.startsWith("\"\"", at)) {
            int begin = at + 2;
            at = begin;
            at = endOf("\"\"\"");
            return source.substring(begin, at - 3).replaceAll("\\s+", " ");
        }
        StringBuilder text = new StringBuilder();
        for (; source.charAt(at) != '"'; at++) {
            if (source.charAt(at) == '\\') {
                at++;
                text.append(source.charAt(at) == 'n' ? ' ' : source.charAt(at));
            } else {
                text.append(source.charAt(at));
            }
        }
        at++;
        return text.toString()
                .replace("{}", GAP)
                .replaceAll("%[-+0-9.]*[sdf]", GAP)
                .replace("%%", "%");
    }

    private static void gap(StringBuilder text) {
        if (!text.toString().endsWith(GAP)) {
            text.append(GAP);
        }
    }

    private String wordBefore(int end) {
        int begin = end;
        while (begin > 0
                && (Character.isJavaIdentifierPart(source.charAt(begin - 1)) || source.charAt(begin - 1) == '.')) {
            begin--;
        }
        return source.substring(begin, end);
    }

    private void flush(String call, StringBuilder text) {
        if (text.toString().matches(".*\\p{L}{2}.*")) {
            found.add(new Message(call, text.toString()));
        }
        text.setLength(0);
    }
}
