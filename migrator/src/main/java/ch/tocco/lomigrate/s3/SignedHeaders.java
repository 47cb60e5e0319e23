package ch.tocco.lomigrate.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import software.amazon.awssdk.crt.http.HttpHeader;

/**
 * The headers of one request that its signature covers, in the order that the signature wants: by name. For one thread.
 */
final class SignedHeaders {
    /** As many as a PUT of an object has, with those that are not signed. */
    private static final int USUAL = 12;

    private final List<Header> signed = new ArrayList<>(USUAL);

    private record Header(String name, String value) {}

    /**
     * Adds a header.
     *
     * @param name in lower case, not there yet
     */
    SignedHeaders add(String name, String value) {
        int at = signed.size();
        while (at > 0 && signed.get(at - 1).name.compareTo(name) > 0) {
            at--;
        }
        signed.add(at, new Header(name, value));
        return this;
    }

    /** Passes names and values on, by name. */
    void forEach(BiConsumer<String, String> action) {
        for (Header header : signed) {
            action.accept(header.name, header.value);
        }
    }

    /** For the wire, followed by some that are not signed. */
    HttpHeader[] with(HttpHeader... unsigned) {
        HttpHeader[] all = new HttpHeader[signed.size() + unsigned.length];
        int count = 0;
        for (Header header : signed) {
            all[count++] = new HttpHeader(header.name, header.value);
        }
        System.arraycopy(unsigned, 0, all, count, unsigned.length);
        return all;
    }
}
