package ch.tocco.lomigrate.flags;

/**
 * The size of a ring as somebody wants it; rings have a power of two of slots.
 *
 * @param given slots wanted, at least 1
 */
record RingSize(int given) {
    /** The next power of two. */
    int slots() {
        return given == 1 ? 1 : Integer.highestOneBit(given - 1) << 1;
    }

    @Override
    public String toString() {
        return given == slots()
                ? Integer.toString(given)
                : slots() + " (rounded up from " + given + " to a power of two)";
    }
}
