package ch.tocco.lomigrate.login;

import java.util.List;

/** A database URL that cannot be used. The message says why, without parts that may belong to the password. */
public final class PgUrlException extends Exception {
    private final List<String> mistakes;

    /** @param mistakes sentences without a subject, such as "has no valid port" */
    PgUrlException(List<String> mistakes) {
        super(String.join("; ", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    PgUrlException(String mistake) {
        this(List.of(mistake));
    }

    public List<String> mistakes() {
        return mistakes;
    }
}
