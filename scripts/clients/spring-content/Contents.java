package clients;

import org.springframework.content.commons.store.ContentStore;

/** The application's content: which store is behind it depends on the library that is on the class path. */
public interface Contents extends ContentStore<Document, String> {}
