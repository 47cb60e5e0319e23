package ch.tocco.lomigrate.lo;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256 of each part of an object, taken while its bytes pass on their way into a spill file: so a store that verifies
 * parts verifies what was read from the database, and not what a disk has made of it. For one object and thread.
 */
public final class PartHashes {
    private final Parts parts;
    private final MessageDigest digest;
    private final List<String> done = new ArrayList<>();
    private long inPart;

    public PartHashes(Parts parts) {
        this.parts = parts;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Forgets what was given: the bytes come again from the first. */
    public void restart() {
        digest.reset();
        done.clear();
        inPart = 0;
    }

    /** More bytes of the object; those beyond its size are left out. */
    public void update(byte[] bytes, int offset, int count) {
        int from = offset;
        int left = count;
        while (left > 0 && done.size() < parts.count()) {
            long length = parts.length(done.size() + 1);
            int piece = (int) Math.min(left, length - inPart);
            digest.update(bytes, from, piece);
            from += piece;
            left -= piece;
            inPart += piece;
            if (inPart == length) {
                endPart();
            }
        }
    }

    private void endPart() {
        done.add(HexFormat.of().formatHex(digest.digest()));
        inPart = 0;
    }

    /**
     * All bytes were given.
     *
     * @throws IllegalStateException they were not
     */
    public HashedParts hashed() {
        if (parts.size() == 0 && done.isEmpty()) {
            endPart(); // nothing is given of an empty object
        }
        if (done.size() < parts.count()) {
            throw new IllegalStateException("the bytes end in part " + (done.size() + 1) + " of " + parts.count());
        }
        return new HashedParts(parts, done);
    }
}
