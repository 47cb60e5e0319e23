package ch.tocco.lomigrate.benchmarks.servers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The requests of one connection to the {@link PutSink}, one after the other. Bodies are skipped by their
 * Content-Length; of the header only what the sink needs is looked at. For one thread.
 */
final class SinkRequest {
    private static final int MAX_HEADER = 16 << 10;
    private static final int END_OF_HEADER = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

    private final byte[] header = new byte[MAX_HEADER];
    private int headerLength;
    private int lastFour;
    private boolean inBody;
    private boolean wantsContinue;
    private long bodyLeft;
    private long bodyLength;
    private String method = "";
    private String target = "";

    /** Takes bytes until a request is complete, or there are none left. True: complete, ask for what it was. */
    boolean consume(ByteBuffer from) throws IOException {
        if (!inBody && !readHeader(from)) {
            return false;
        }
        int skipped = (int) Math.min(bodyLeft, from.remaining());
        from.position(from.position() + skipped);
        bodyLeft -= skipped;
        wantsContinue &= skipped == 0 && bodyLeft > 0;
        inBody = bodyLeft > 0;
        return !inBody;
    }

    private boolean readHeader(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            byte next = from.get();
            if (headerLength == MAX_HEADER) {
                throw new IOException("header is too long");
            }
            header[headerLength++] = next;
            lastFour = lastFour << 8 | next;
            if (lastFour == END_OF_HEADER) {
                parse();
                headerLength = 0;
                lastFour = 0;
                inBody = true;
                return true;
            }
        }
        return false;
    }

    private void parse() throws IOException {
        bodyLength = 0;
        wantsContinue = false;
        int line = 0;
        for (int i = 0; i < headerLength; i++) {
            if (header[i] == '\n') {
                if (line == 0) {
                    requestLine(i - 1);
                } else if (i - line > 7) {
                    headerLine(line, i - 1);
                }
                line = i + 1;
            }
        }
        bodyLeft = bodyLength;
    }

    private void requestLine(int end) throws IOException {
        String[] words = text(0, end).split(" ", -1);
        if (words.length != 3) {
            throw new IOException("not HTTP: " + text(0, end));
        }
        method = words[0];
        target = words[1];
    }

    /** A string is made only of lines that begin like one that matters. */
    private void headerLine(int start, int end) throws IOException {
        int first = header[start] | 0x20;
        if (first != 'c' && first != 'e' && first != 't') {
            return;
        }
        String line = text(start, end).toLowerCase(Locale.ROOT);
        if (line.startsWith("content-length:")) {
            bodyLength =
                    Long.parseLong(line.substring("content-length:".length()).strip());
        } else if (line.startsWith("expect:")) {
            wantsContinue = true;
        } else if (line.startsWith("transfer-encoding:")) {
            throw new IOException("bodies without Content-Length are not supported");
        }
    }

    private String text(int start, int end) {
        return new String(header, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** The client waits to be told to send its body; says so once. */
    boolean wantsContinue() {
        boolean wants = inBody && wantsContinue;
        wantsContinue = wantsContinue && !wants;
        return wants;
    }

    String method() {
        return method;
    }

    /** Path without query. */
    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** What follows the question mark; empty if there is none. */
    String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    long bodyLength() {
        return bodyLength;
    }
}
