import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * Has Orthanc make DICOM instances with attachments and delete one, and keeps what Orthanc then answers for each file, under the
 * key that Orthanc's object storage plugin would look for. Orthanc is asked over HTTP; the names of the files are in its index.
 */
public final class Instances {
    private static final int COUNT = 12;
    private static final Pattern ID = Pattern.compile("\"ID\"\\s*:\\s*\"([-0-9a-f]+)\"");
    private static final Pattern WORD = Pattern.compile("\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newHttpClient();
    private final String orthanc;

    private Instances(String orthanc) {
        this.orthanc = orthanc;
    }

    /**
     * Writes, or asks once more.
     *
     * @param args write or read; Orthanc's URL; a file with the key and the SHA-256 of each object
     */
    public static void main(String[] args) throws Exception {
        var instances = new Instances(args[1]);
        Path file = Path.of(args[2]);
        Matcher version = Pattern.compile("\"Version\"\\s*:\\s*\"([^\"]+)").matcher(new String(instances.get("/system")));
        String name = "Orthanc " + (version.find() ? version.group(1) : "of an unknown version");
        if (args[0].equals("write")) {
            instances.write();
            List<String> lines = instances.files();
            Files.write(file, lines);
            System.out.println(name + " made " + COUNT + " instances with an attachment each, and deleted one");
        } else {
            List<String> lines = instances.files();
            if (!lines.equals(Files.readAllLines(file))) {
                throw new IllegalStateException("Orthanc answers something else than before");
            }
            System.out.println(name + " reads its " + lines.size() + " files as before");
        }
    }

    private void write() throws Exception {
        String last = "";
        for (int i = 1; i <= COUNT; i++) {
            String made = new String(request("POST", "/tools/create-dicom", ("{\"Tags\":{\"PatientName\":\"Try^" + i
                            + "\",\"PatientID\":\"" + i % 3 + "\",\"Modality\":\"CT\"},\"Content\":\"data:image/png;base64,"
                            + Base64.getEncoder().encodeToString(image(i)) + "\"}")
                    .getBytes()));
            Matcher id = ID.matcher(made);
            if (!id.find()) {
                throw new IllegalStateException("no instance was made: " + made);
            }
            last = id.group(1);
            byte[] report = new byte[i * 1000];
            new Random(i).nextBytes(report);
            request("PUT", "/instances/" + last + "/attachments/1024", report);
        }
        request("DELETE", "/instances/" + last, new byte[0]);
    }

    private static byte[] image(int seed) throws Exception {
        Random random = new Random(seed);
        var image = new BufferedImage(64 * seed, 256, BufferedImage.TYPE_BYTE_GRAY);
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** Object key, tab and SHA-256 of each file that Orthanc has, in the order of the keys. */
    private List<String> files() throws Exception {
        List<String> lines = new ArrayList<>();
        try (Connection index = DriverManager.getConnection(
                        System.getenv("JDBC_URL"), System.getenv("PGUSER"), System.getenv("PGPASSWORD"));
                var statement = index.prepareStatement("SELECT f.uuid, f.fileType FROM AttachedFiles f"
                        + " JOIN Resources r ON r.internalId = f.id WHERE r.publicId = ? ORDER BY f.fileType")) {
            for (String instance : words(get("/instances"))) {
                statement.setString(1, instance);
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        int type = rows.getInt(2);
                        byte[] content = get("/instances/" + instance + "/attachments/" + type + "/compressed-data");
                        lines.add(rows.getString(1) + suffix(type) + "\t"
                                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
                    }
                }
            }
        }
        lines.sort(null);
        return lines;
    }

    private static String suffix(int type) {
        return switch (type) {
            case 1 -> ".dcm";
            case 2 -> ".json";
            case 3 -> ".dcm.head";
            default -> ".unk";
        };
    }

    private static List<String> words(byte[] json) {
        return WORD.matcher(new String(json)).results().map(word -> word.group(1)).toList();
    }

    private byte[] get(String path) throws Exception {
        return request("GET", path, new byte[0]);
    }

    private byte[] request(String method, String path, byte[] body) throws Exception {
        HttpResponse<byte[]> answer = client.send(
                HttpRequest.newBuilder(URI.create(orthanc + path))
                        .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + new String(answer.body()));
        }
        return answer.body();
    }
}
