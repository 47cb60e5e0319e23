package clients;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.hibernate.SessionFactory;
import org.hibernate.Version;
import org.hibernate.cfg.Configuration;

/**
 * Writes letters by Hibernate, replaces the content of one, and deletes one; or reads them, and fails if they are not what was
 * written. Knows only what Hibernate 5 and 6 have in common.
 */
public final class Letters {
    private static final int COUNT = 40;
    private static final int REPLACED = 7;
    private static final int DELETED = 8;
    private static final int WITHOUT_CONTENT = 9;

    private Letters() {}

    /**
     * Writes or reads.
     *
     * @param args write, and a file that gets the key and the SHA-256 of each object; or read
     */
    public static void main(String[] args) throws Exception {
        try (SessionFactory sessions = sessions()) {
            if (args[0].equals("write")) {
                write(sessions);
                Files.write(Path.of(args[1]), expected());
            } else {
                read(sessions);
            }
        }
    }

    private static SessionFactory sessions() {
        return new Configuration()
                .addAnnotatedClass(Letter.class)
                .setProperty("hibernate.connection.url", System.getenv("JDBC_URL"))
                .setProperty("hibernate.connection.username", System.getenv("PGUSER"))
                .setProperty("hibernate.connection.password", System.getenv("PGPASSWORD"))
                .setProperty("hibernate.hbm2ddl.auto", "update")
                .buildSessionFactory();
    }

    private static void write(SessionFactory sessions) {
        for (int i = 1; i <= COUNT; i++) {
            int id = i;
            try (var session = sessions.openSession()) {
                session.beginTransaction();
                session.persist(new Letter(id, id == REPLACED ? new byte[5] : scan(id), body(id)));
                session.getTransaction().commit();
            }
        }
        try (var session = sessions.openSession()) {
            session.beginTransaction();
            session.get(Letter.class, REPLACED).scan = scan(REPLACED);
            session.remove(session.get(Letter.class, DELETED));
            session.getTransaction().commit();
        }
        System.out.println("Hibernate " + Version.getVersionString() + " wrote " + COUNT + " letters, replaced the scan of one,"
                + " and deleted one");
    }

    private static void read(SessionFactory sessions) {
        int count = 0;
        try (var session = sessions.openSession()) {
            session.beginTransaction();
            for (Letter letter : session.createQuery("from Letter", Letter.class).getResultList()) {
                if (!Arrays.equals(letter.scan, scan(letter.id)) || !Objects.equals(letter.body, body(letter.id))) {
                    throw new IllegalStateException("letter " + letter.id + " is not what was written");
                }
                count++;
            }
            session.getTransaction().commit();
        }
        System.out.println("Hibernate " + Version.getVersionString() + " reads its " + count + " letters as they were written");
    }

    private static List<String> expected() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= COUNT; i++) {
            if (i != DELETED && i != WITHOUT_CONTENT) {
                lines.add("scan/" + i + "\t" + sha256(scan(i)));
                lines.add("body/" + i + "\t" + sha256(body(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
        return lines;
    }

    private static byte[] scan(int id) {
        if (id == WITHOUT_CONTENT) {
            return null;
        }
        byte[] content = new byte[id == COUNT ? 20_000_000 : (id - 1) * 3000];
        new Random(id).nextBytes(content);
        return content;
    }

    private static String body(int id) {
        return id == WITHOUT_CONTENT ? null : "Grüezi, Nr. " .concat(id + " ☃ 𝄞\n").repeat(id == 1 ? 0 : id * 50);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
