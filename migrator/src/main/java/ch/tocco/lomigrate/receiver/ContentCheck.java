package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.lo.Checksum;
import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.lo.Size;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.mapping.SourceMapping;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * SHA-256, length and whatever hash its row has of one object, in one pass over its bytes. Used for one object after the
 * other; for one thread.
 */
final class ContentCheck {
    private final ObjectNames names;
    private final MessageDigest sha256 = Algorithm.SHA256.digest();
    private final Map<Algorithm, MessageDigest> others = new EnumMap<>(Algorithm.class);
    private final Map<Algorithm, String> hashes = new EnumMap<>(Algorithm.class);
    private final Set<Algorithm> always;
    private SourceRow row;

    /** Of the algorithms that this object needs besides SHA-256; empty most of the time, or one. */
    private final List<Algorithm> needed = new ArrayList<>();

    private long length;

    ContentCheck() {
        this(new ObjectNames(SourceMapping.TOCCO));
    }

    /** @param names may need more hashes than rows have */
    ContentCheck(ObjectNames names) {
        this.names = names;
        this.always = names.hashes();
    }

    /** Forgets what an object before this one, or an earlier try, has left. */
    void begin(SourceRow newRow) {
        row = newRow;
        sha256.reset();
        hashes.clear();
        needed.clear();
        if (newRow.expected().isPresent()) {
            need(newRow.expected().get().algorithm());
        }
        always.forEach(this::need);
        length = 0;
    }

    private void need(Algorithm algorithm) {
        if (algorithm != Algorithm.SHA256 && !needed.contains(algorithm)) {
            needed.add(algorithm);
            others.computeIfAbsent(algorithm, Algorithm::digest).reset();
        }
    }

    /** More bytes of the object. */
    void update(byte[] bytes, int offset, int count) {
        sha256.update(bytes, offset, count);
        for (Algorithm algorithm : needed) {
            others.get(algorithm).update(bytes, offset, count);
        }
        length += count;
    }

    /**
     * All bytes were given.
     *
     * @return SHA-256 in lower-case hexadecimal
     * @throws LoFailureException the object is not what its row says
     */
    String verified() throws LoFailureException {
        verifyLength(row.size());
        hashes.put(Algorithm.SHA256, HexFormat.of().formatHex(sha256.digest()));
        for (Algorithm algorithm : needed) {
            hashes.put(algorithm, HexFormat.of().formatHex(others.get(algorithm).digest()));
        }
        if (row.expected().isPresent()) {
            verify(row.expected().get());
        }
        return hashes.get(Algorithm.SHA256);
    }

    /** What the object is called, once it is {@link #verified}. */
    ObjectKey objectKey() throws LoFailureException {
        return names.of(row, hashes);
    }

    private void verifyLength(Size size) throws LoFailureException {
        if (length == size.bytes()) {
            return;
        }
        // One byte more than that is asked for, so of a longer object only that is known.
        String found = length > size.bytes() ? "more than that" : length + " bytes";
        String said = switch (size.kind()) {
            case DECLARED -> "row says " + size.bytes() + " bytes";
            case MEASURED -> "it had " + size.bytes() + " bytes when the row was listed";
            case UNKNOWN -> "size could not be told when the row was listed";
        };
        throw new LoFailureException(FailureReason.SIZE_MISMATCH, said + ", large object has " + found);
    }

    private void verify(Checksum expected) throws LoFailureException {
        String actual = hashes.get(expected.algorithm());
        if (!actual.equalsIgnoreCase(expected.hex())) {
            throw new LoFailureException(
                    FailureReason.HASH_MISMATCH,
                    "row says " + expected.algorithm().title() + " " + expected.hex() + ", large object has " + actual);
        }
    }
}
