package ch.tocco.lomigrate.guard;

/** What keeps objects of the bucket from being replaced by other content. */
public enum Protection {
    /** Nothing: their keys tell contents apart, or replacing is wanted. */
    NONE,
    /** The store: it refuses to replace what it has where {@code If-None-Match} asks for it. */
    BY_THE_STORE,
    /** This tool: it asks the store for what may be there before it sends anything. Other writers can come between. */
    BY_COMPARING
}
