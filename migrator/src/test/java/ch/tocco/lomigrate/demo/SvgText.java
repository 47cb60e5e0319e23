package ch.tocco.lomigrate.demo;

import java.util.List;
import java.util.Locale;

/** Lines of text as a picture of a terminal, in SVG without anything from elsewhere. The same lines give the same file. */
public final class SvgText {
    private static final int FONT_SIZE = 13;
    private static final int LINE = 17;
    private static final int MARGIN = 14;

    /** Of the characters of a font of fixed width, the widest that is usual. */
    private static final double CHARACTER = 0.602 * FONT_SIZE;

    private SvgText() {}

    public static String of(List<String> lines, String title) {
        int columns = lines.stream().mapToInt(String::length).max().orElse(0);
        long width = Math.round(columns * CHARACTER) + 2 * MARGIN;
        int height = lines.size() * LINE + 2 * MARGIN;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
                <title>%s</title>
                <rect width="100%%" height="100%%" rx="6" fill="#1e1e2e"/>
                <g font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%d" fill="#e4e4ef" style="white-space:pre">
                """, width, height, width, height, escaped(title), FONT_SIZE));
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                svg.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\"%s>%s</text>%n",
                        MARGIN,
                        MARGIN + FONT_SIZE + i * LINE,
                        style(lines.get(i)),
                        escaped(lines.get(i))));
            }
        }
        return svg.append("</g>\n</svg>\n").toString();
    }

    /** Headings stand at the left; lines of the log have a level. */
    private static String style(String line) {
        if (line.contains(" WARN ") || line.startsWith("FAILED OBJECTS")) {
            return " fill=\"#f2c063\"";
        }
        return line.endsWith(":") && !line.startsWith(" ") ? " fill=\"#8fd3ff\"" : "";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
