package ch.tocco.lomigrate.testkit.wire;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * An S3 server that remembers lengths only, believes every signature and refuses bytes that are not those signed; a
 * script may answer in its place with raw bytes, after which the connection is closed. Safe for use by several threads.
 */
public final class ScriptedS3 implements S3Server, AutoCloseable {
    private static final int BUFFER = 64 << 10;
    private static final String UNSIGNED = "UNSIGNED-PAYLOAD";
    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

    private final RawServer server;
    private final Function<Request, byte[]> script;
    private final Map<String, Long> lengths = new ConcurrentHashMap<>();
    private final Map<String, String> tags = new ConcurrentHashMap<>();
    private final Map<String, Long> uploaded = new ConcurrentHashMap<>();

    /**
     * One request, its body read and dropped.
     *
     * @param operation the API's name of it, such as PutObject
     * @param path path without the query
     * @param query as it was sent
     * @param headers by their names in lower case
     * @param length of the body
     * @param asSigned whether the body has the SHA-256 that the request is signed with
     * @param md5 of the body in lower-case hexadecimal
     * @param text the body of a POST
     */
    public record Request(
            String operation,
            String path,
            String query,
            Map<String, String> headers,
            long length,
            boolean asSigned,
            String md5,
            String text) {
        /** A header's value; empty: it was not sent. */
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** Whether it is about the object that the tool only tries the bucket with. */
        public boolean isProbe() {
            return path.contains("/lo-migrate-probe");
        }
    }

    private ScriptedS3(Function<Request, byte[]> script) throws IOException {
        this.script = script;
        this.server = RawServer.start(this::serve);
    }

    /** Starts a server; where the script gives null it behaves. */
    public static ScriptedS3 start(Function<Request, byte[]> script) throws IOException {
        return new ScriptedS3(script);
    }

    private void serve(InputStream from, OutputStream to) throws IOException {
        while (true) {
            var request = read(from);
            byte[] scripted = script.apply(request);
            to.write(scripted == null ? behave(request).getBytes(StandardCharsets.US_ASCII) : scripted);
            to.flush();
            if (scripted != null) {
                return;
            }
        }
    }

    private static Request read(InputStream from) throws IOException {
        String[] first = line(from).split(" ", -1);
        Map<String, String> headers = new HashMap<>();
        for (String header = line(from); !header.isEmpty(); header = line(from)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        long length = Long.parseLong(headers.getOrDefault("content-length", "0"));
        MessageDigest sha256 = digest("SHA-256");
        MessageDigest md5 = digest("MD5");
        byte[] buffer = new byte[BUFFER];
        var text = new ByteArrayOutputStream();
        for (long left = length; left > 0; ) {
            int count = from.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException();
            }
            sha256.update(buffer, 0, count);
            md5.update(buffer, 0, count);
            if (first[0].equals("POST")) {
                text.write(buffer, 0, count);
            }
            left -= count;
        }
        String[] target = first[1].split("\\?", 2);
        String signed = headers.getOrDefault("x-amz-content-sha256", UNSIGNED);
        return new Request(
                operation(first[0], target[0], target.length < 2 ? "" : target[1]),
                target[0],
                target.length < 2 ? "" : target[1],
                headers,
                length,
                signed.equals(UNSIGNED) || signed.equals(HexFormat.of().formatHex(sha256.digest())),
                HexFormat.of().formatHex(md5.digest()),
                text.toString(StandardCharsets.UTF_8));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(InputStream from) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = from.read(); c != '\n'; c = from.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    private static String operation(String method, String path, String query) {
        boolean ofUpload = query.contains("uploadId=");
        return switch (method) {
            case "PUT" -> ofUpload ? "UploadPart" : "PutObject";
            case "POST" -> ofUpload ? "CompleteMultipartUpload" : "CreateMultipartUpload";
            case "DELETE" -> ofUpload ? "AbortMultipartUpload" : "DeleteObject";
            case "HEAD" -> path.indexOf('/', 1) < 0 ? "HeadBucket" : "HeadObject";
            case "GET" ->
                query.startsWith("tagging")
                        ? "GetObjectTagging"
                        : query.contains("uploads") ? "ListMultipartUploads" : "ListObjects";
            default -> method;
        };
    }

    private String behave(Request request) {
        if (!request.asSigned()) {
            return error("400 Bad Request", "XAmzContentSHA256Mismatch", "other bytes than were signed");
        }
        switch (request.operation()) {
            case "PutObject" -> {
                lengths.put(request.path(), request.length());
                tags.put(request.path(), request.header("x-amz-tagging"));
            }
            case "UploadPart" -> uploaded.merge(request.path(), request.length(), Long::sum);
            case "CompleteMultipartUpload" -> lengths.put(request.path(), uploaded.getOrDefault(request.path(), 0L));
            default -> {}
        }
        return switch (request.operation()) {
            case "PutObject", "UploadPart" -> reply("200 OK", "ETag: \"0123456789abcdef\"\r\n", "");
            case "CreateMultipartUpload" -> ok("InitiateMultipartUploadResult", "<UploadId>1</UploadId>");
            case "CompleteMultipartUpload" -> ok("CompleteMultipartUploadResult", "<ETag>\"0-1\"</ETag>");
            case "ListMultipartUploads" -> ok("ListMultipartUploadsResult", "<IsTruncated>false</IsTruncated>");
            case "GetObjectTagging" -> ok("Tagging", tagSet(tags.getOrDefault(request.path(), "")));
            case "HeadBucket" -> "HTTP/1.1 200 OK\r\nServer: script\r\nContent-Length: 0\r\n\r\n";
            case "HeadObject" -> head(lengths.get(request.path()));
            default -> "HTTP/1.1 204 No Content\r\nServer: script\r\n\r\n";
        };
    }

    /** The tags of a header, in which they stand as in a query. */
    private static String tagSet(String header) {
        StringBuilder set = new StringBuilder("<TagSet>");
        for (String tag : header.isEmpty() ? new String[0] : header.split("&", -1)) {
            String[] pair = tag.split("=", 2);
            set.append("<Tag><Key>").append(URLDecoder.decode(pair[0], StandardCharsets.UTF_8));
            set.append("</Key><Value>").append(URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
            set.append("</Value></Tag>");
        }
        return set.append("</TagSet>").toString();
    }

    private static String head(Long length) {
        return length == null
                ? "HTTP/1.1 404 Not Found\r\nServer: script\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String ok(String root, String content) {
        return reply("200 OK", "", XML + "<" + root + ">" + content + "</" + root + ">");
    }

    /** A complete answer with a body of ASCII characters, for a script: it says that the connection ends with it. */
    public static String answer(String status, String headers, String body) {
        return reply(status, headers + "Connection: close\r\n", body);
    }

    private static String reply(String status, String headers, String body) {
        return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** A refusal as S3 servers word it. */
    public static String error(String status, String code, String message) {
        String body = XML + "<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>";
        return answer(status, "Content-Type: application/xml\r\n", body);
    }

    /** How many objects it has got. */
    public int objects() {
        return lengths.size();
    }

    @Override
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    @Override
    public String accessKey() {
        return "scripted-access";
    }

    @Override
    public String secretKey() {
        return Secrets.SECRET_KEY;
    }

    @Override
    public String kind() {
        return "scripted";
    }

    @Override
    public String product() {
        return "script";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
