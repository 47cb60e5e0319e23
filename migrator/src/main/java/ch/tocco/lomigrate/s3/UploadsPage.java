package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.store.ObjectStore.OpenUpload;
import ch.tocco.lomigrate.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One page of the list of unfinished uploads ("ListMultipartUploads" of the Amazon S3 API reference).
 *
 * @param uploads those that the store describes in full; others could not be aborted
 * @param end where the next page goes on; empty: this is the last one
 */
record UploadsPage(List<OpenUpload> uploads, Optional<End> end) {
    /**
     * The last upload of a page.
     *
     * @param key of it
     * @param uploadId of it; null where the store does not say
     */
    record End(String key, String uploadId) {}

    /**
     * Reads an answer.
     *
     * @throws StoreException it is no XML, so another than an S3 server gave it
     */
    static UploadsPage of(PlainAnswer<?> answer) throws StoreException {
        String text = new String(answer.text(), StandardCharsets.UTF_8);
        try {
            return text.isBlank() ? new UploadsPage(List.of(), Optional.empty()) : read(S3Error.reader(text));
        } catch (XMLStreamException | RuntimeException e) { // the second is how the parser says that it has a fault
            throw S3Faults.without("a list of uploads", answer.operation(), answer.status());
        }
    }

    private static UploadsPage read(XMLStreamReader xml) throws XMLStreamException {
        List<OpenUpload> uploads = new ArrayList<>();
        String key = null;
        String uploadId = null;
        Instant begun = null;
        String nextKey = null;
        String nextId = null;
        boolean more = false;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                switch (xml.getLocalName()) {
                    case "Key" -> key = xml.getElementText();
                    case "UploadId" -> uploadId = xml.getElementText();
                    case "Initiated" -> begun = time(xml.getElementText());
                    case "NextKeyMarker" -> nextKey = xml.getElementText();
                    case "NextUploadIdMarker" -> nextId = xml.getElementText();
                    case "IsTruncated" -> more = xml.getElementText().strip().equals("true");
                    default -> {}
                }
            } else if (event == XMLStreamConstants.END_ELEMENT
                    && xml.getLocalName().equals("Upload")) {
                if (key != null && uploadId != null) {
                    uploads.add(new OpenUpload(key, uploadId, begun));
                }
                key = null;
                uploadId = null;
                begun = null;
            }
        }
        return new UploadsPage(
                uploads, more && nextKey != null ? Optional.of(new End(nextKey, nextId)) : Optional.empty());
    }

    /** Null where it is none. */
    private static Instant time(String text) {
        try {
            return Instant.parse(text.strip());
        } catch (DateTimeException e) {
            return null;
        }
    }
}
