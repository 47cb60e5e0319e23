package ch.tocco.lomigrate.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a terminal shows of the live display: a terminal of endless height that knows the few sequences the display uses
 * (line wrap off and on, some lines up, erase below). Lines longer than the screen are cut off.
 */
public final class Screen {
    private static final Pattern SEQUENCE = Pattern.compile("\033\\[(\\?7[lh]|[0-9]+F|J)");
    private static final String WRAP_ON = "?7h";

    private final int width;
    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private final List<List<String>> blocks = new ArrayList<>();
    private int row;

    private Screen(int width) {
        this.width = width;
    }

    /** The screen after each block that was drawn, from the top of the terminal to the end of the block. */
    public static List<List<String>> afterEachBlock(String output, int width) {
        Screen screen = new Screen(width);
        Matcher sequence = SEQUENCE.matcher(output);
        int from = 0;
        while (sequence.find()) {
            screen.print(output.substring(from, sequence.start()));
            screen.obey(sequence.group(1));
            from = sequence.end();
        }
        return screen.blocks;
    }

    private void obey(String sequence) {
        if (sequence.endsWith("F")) {
            row = Math.max(0, row - Integer.parseInt(sequence.substring(0, sequence.length() - 1)));
        } else if (sequence.equals("J")) {
            lines.subList(row, lines.size()).clear();
            lines.add(new StringBuilder());
        } else if (sequence.equals(WRAP_ON)) {
            blocks.add(lines.stream()
                    .limit(row)
                    .map(line -> line.substring(0, Math.min(line.length(), width)))
                    .toList());
        }
    }

    private void print(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                row++;
                if (row == lines.size()) {
                    lines.add(new StringBuilder());
                }
            } else {
                lines.get(row).append(text.charAt(i));
            }
        }
    }
}
