package ch.tocco.lomigrate.throttle;

import java.util.Optional;

/**
 * Objects to what is above a limit, and until three readings in a row were at or below four fifths of it, so that a run
 * does not pause and go on all the time. What is unknown or old counts as above. For one thread.
 */
final class Threshold implements Judge {
    private static final double CALM_SHARE = 0.8;
    private static final int CALM_READINGS = 3;

    private final double limit;
    private final String flag;
    private boolean closed;
    private int calm;
    private Reading last;
    private String lastWords = "";

    /**
     * Makes a threshold that has seen nothing yet.
     *
     * @param limit the highest value that is all right
     * @param flag the flag and its value, for the user
     */
    Threshold(double limit, String flag) {
        this.limit = limit;
        this.flag = flag;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same reading again, not one that is equal
    public Optional<String> of(Reading reading, long now) {
        if (reading.kind() == Reading.Kind.EARLY) {
            return Optional.of(reading.words());
        }
        Optional<String> useless = reading.uselessness(now);
        if (useless.isPresent()) {
            return object(useless.get() + " (" + flag + ")");
        }
        if (reading == last) {
            return closed ? Optional.of(lastWords) : Optional.empty();
        }
        last = reading;
        if (reading.value() > limit) {
            return object(reading.words() + ", above " + flag);
        }
        calm = reading.value() <= limit * CALM_SHARE ? calm + 1 : 0;
        if (closed && calm < CALM_READINGS) {
            lastWords = reading.words() + ", goes on once it was three times at or below 80 % of " + flag;
            return Optional.of(lastWords);
        }
        closed = false;
        return Optional.empty();
    }

    private Optional<String> object(String words) {
        closed = true;
        calm = 0;
        lastWords = words;
        return Optional.of(words);
    }
}
