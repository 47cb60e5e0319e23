package ch.tocco.lomigrate.testkit.wire;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A trap in a {@link FaultProxy}: breaks a connection at one moment of the conversation, told by what passes. Texts are
 * regular expressions over the bytes taken as ISO 8859-1. Safe for use by several threads.
 */
public final class Trigger {
    /** So much of what has passed is looked at once more with what follows: longer than any match. */
    private static final int TAIL = 2048;

    private final Pattern request;
    private Pattern answer;
    private long answerBytes = -1;
    private long requestBytes;
    private Action action = Action.RESET;
    private final AtomicInteger toSkip = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger(1);
    private final AtomicInteger fired = new AtomicInteger();

    /** What happens to the connection. */
    enum Action {
        /** Both sides see a reset. */
        RESET,
        /** The client sees the end of the answers, and may still send. */
        HALF_CLOSE,
        /** Nothing more passes, and the connection stays open. */
        SILENCE
    }

    /** The connection breaks after so many bytes of the piece have passed. */
    record Cut(int passing, Action action) {}

    private Trigger(Pattern request) {
        this.request = request;
    }

    /** Breaks the connection when this is about to pass towards the server; it does not pass. */
    public static Trigger onRequest(String regex) {
        return new Trigger(Pattern.compile(regex, Pattern.DOTALL));
    }

    /** Lets the request pass, and so many bytes that follow in the same direction. */
    public Trigger afterRequestBytes(long bytes) {
        requestBytes = bytes;
        return this;
    }

    /** Lets the request pass, and so many bytes of the answer. */
    public Trigger afterAnswerBytes(long bytes) {
        answerBytes = bytes;
        return this;
    }

    /** Lets the request pass, and breaks when this comes back; the client does not get it. */
    public Trigger onAnswer(String regex) {
        answer = Pattern.compile(regex, Pattern.DOTALL);
        return this;
    }

    /** Lets that many pass before it fires. */
    public Trigger skip(int count) {
        toSkip.set(count);
        return this;
    }

    /** Fires that often; once, unless told otherwise. */
    public Trigger times(int count) {
        left.set(count);
        return this;
    }

    /** Ends the answers only, in place of a reset. */
    public Trigger halfClose() {
        action = Action.HALF_CLOSE;
        return this;
    }

    /** Lets nothing more pass, in place of a reset, as a server that hangs. */
    public Trigger silence() {
        action = Action.SILENCE;
        return this;
    }

    /** How often it has fired. */
    public int fired() {
        return fired.get();
    }

    private boolean fires() {
        if (toSkip.getAndUpdate(skip -> Math.max(0, skip - 1)) > 0) {
            return false;
        }
        boolean fires = left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
        if (fires) {
            fired.incrementAndGet();
        }
        return fires;
    }

    /** What one connection has seen. */
    static final class Watch {
        private final Map<Trigger, Progress> progress = new HashMap<>();
        private String requestTail = "";
        private String answerTail = "";

        /** Looks at a piece before it passes; null if all of it may. */
        synchronized Cut see(List<Trigger> triggers, byte[] buffer, int count, boolean request) {
            if (triggers.isEmpty()) {
                return null;
            }
            String tail = request ? requestTail : answerTail;
            String seen = tail + new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
            Cut cut = null;
            for (Trigger trigger : triggers) {
                Progress reached = progress.computeIfAbsent(trigger, any -> new Progress());
                Cut found = request
                        ? ofRequest(trigger, reached, seen, tail.length(), count)
                        : ofAnswer(trigger, reached, seen, tail.length(), count);
                cut = cut == null ? found : cut;
            }
            String rest = seen.substring(Math.max(0, seen.length() - TAIL));
            if (request) {
                requestTail = rest;
            } else {
                answerTail = rest;
            }
            return cut;
        }

        private static Cut ofRequest(Trigger trigger, Progress reached, String seen, int tail, int count) {
            boolean answerMatters = trigger.answer != null || trigger.answerBytes >= 0;
            if (!reached.asked) {
                int end = end(trigger.request, seen, tail);
                if (end < 0 || (!answerMatters && !trigger.fires())) {
                    return null;
                }
                reached.asked = true;
                reached.bytes = answerMatters ? 0 : tail - end;
            }
            if (answerMatters) {
                return null;
            }
            if (trigger.requestBytes == 0) {
                return new Cut(0, trigger.action);
            }
            reached.bytes += count;
            long tooMany = reached.bytes - trigger.requestBytes;
            return tooMany < 0 ? null : new Cut((int) Math.max(0, count - tooMany), trigger.action);
        }

        private static Cut ofAnswer(Trigger trigger, Progress reached, String seen, int tail, int count) {
            if (!reached.asked) {
                return null;
            }
            if (trigger.answer != null) {
                boolean comes = end(trigger.answer, seen, tail) >= 0;
                return comes && trigger.fires() ? new Cut(0, trigger.action) : null;
            }
            if (trigger.answerBytes < 0) {
                return null;
            }
            reached.bytes += count;
            long tooMany = reached.bytes - trigger.answerBytes;
            return tooMany >= 0 && trigger.fires() ? new Cut((int) Math.max(0, count - tooMany), trigger.action) : null;
        }

        /** Where the first match ends that is not wholly in what had passed before; -1 if there is none. */
        private static int end(Pattern pattern, String seen, int tail) {
            Matcher matcher = pattern.matcher(seen);
            while (matcher.find()) {
                if (matcher.end() > tail) {
                    return matcher.end();
                }
            }
            return -1;
        }
    }

    /** How far one connection has come with one trigger. */
    private static final class Progress {
        boolean asked;
        long bytes;
    }
}
