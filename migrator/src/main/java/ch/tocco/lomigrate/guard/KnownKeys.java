package ch.tocco.lomigrate.guard;

/** What is known of the keys that the bucket has. May err on one side only: a key that is there may be there. */
interface KnownKeys {
    /** Nothing needs to be known. */
    KnownKeys NONE = new KnownKeys() {
        @Override
        public boolean mayHave(String key) {
            return false;
        }

        @Override
        public void add(String key) {}
    };

    /** Nothing is known. */
    KnownKeys UNKNOWN = new KnownKeys() {
        @Override
        public boolean mayHave(String key) {
            return true;
        }

        @Override
        public void add(String key) {}
    };

    /** Whether the bucket may have an object of this key. */
    boolean mayHave(String key);

    /** From now on it may have one. */
    void add(String key);
}
