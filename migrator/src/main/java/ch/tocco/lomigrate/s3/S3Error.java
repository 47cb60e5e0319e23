package ch.tocco.lomigrate.s3;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The body of an answer with an error status ("Error Responses" of the Amazon S3 API reference).
 *
 * @param code what went wrong, in one word; null if the body does not say
 * @param message the same for people; null if the body does not say
 */
record S3Error(String code, String message) {
    private static final XMLInputFactory XML = factory();
    private static final Pattern PAGE = Pattern.compile("(?i)<!DOCTYPE\\s+html|<html[\\s>]");
    private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]{0,200}>(.{1,200}?)</title>");

    /** Reads a body, which may be empty or anything at all: never throws, and never opens what a body names. */
    static S3Error parse(byte[] body) {
        String code = null;
        String message = null;
        // decoded here: what the parser thinks of bytes that are no UTF-8 it prints to stderr
        String text = new String(body, StandardCharsets.UTF_8);
        if (PAGE.matcher(text).find()) {
            // a proxy's or a firewall's: no S3 server sends one
            Matcher title = TITLE.matcher(text);
            return new S3Error(
                    null, title.find() ? "a web page: " + title.group(1).strip() : "a web page");
        }
        if (text.contains("<!DOCTYPE")) {
            // no S3 server sends one, and the parser prints to stderr what it thinks of one that is cut off
            return new S3Error(null, null);
        }
        try {
            XMLStreamReader reader = reader(text);
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT) {
                    switch (reader.getLocalName()) {
                        case "Code" -> code = reader.getElementText();
                        case "Message" -> message = reader.getElementText();
                        default -> {}
                    }
                }
            }
        } catch (XMLStreamException | RuntimeException e) { // the second is how the parser says that it has a fault
            return new S3Error(code, message); // a proxy's HTML page, or cut off: what was read is what is known
        }
        return new S3Error(code, message);
    }

    /** Reads XML that a server sent, and never opens what it names. */
    static XMLStreamReader reader(String text) throws XMLStreamException {
        return XML.createXMLStreamReader(new StringReader(text));
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory;
    }
}
