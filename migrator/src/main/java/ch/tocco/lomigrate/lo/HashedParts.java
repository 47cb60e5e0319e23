package ch.tocco.lomigrate.lo;

import java.util.List;

/**
 * An object cut into parts, with what a store verifies each of them by.
 *
 * @param parts where they begin and end
 * @param sha256 of each, in lower-case hexadecimal
 */
public record HashedParts(Parts parts, List<String> sha256) {
    public HashedParts {
        sha256 = List.copyOf(sha256);
        if (sha256.size() != parts.count()) {
            throw new IllegalArgumentException(sha256.size() + " hashes of " + parts.count() + " parts");
        }
    }

    /** SHA-256 of part {@code number}, from 1. */
    public String sha256(int number) {
        return sha256.get(number - 1);
    }
}
