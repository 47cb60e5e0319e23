package clients;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.content.jpa.config.EnableJpaStores;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * The application with Spring Content's JPA store: writes documents, replaces the content of one, and deletes that of one.
 * Later it replaces the content of two more.
 */
@Configuration
@EnableJpaStores
public class InPostgres {
    private static final int COUNT = 40;
    private static final int REPLACED = 7;
    private static final int DELETED = 8;
    private static final Set<Integer> REPLACED_LATER = Set.of(9, 30);

    /**
     * Writes.
     *
     * @param args write or replace; a file that gets the key and the SHA-256 of each object; the library's version
     */
    public static void main(String[] args) throws Exception {
        try (var context = new AnnotationConfigApplicationContext(Application.class, InPostgres.class)) {
            Documents documents = context.getBean(Documents.class);
            Contents contents = context.getBean(Contents.class);
            String done;
            if (args[0].equals("write")) {
                // the library's own tables
                new ResourceDatabasePopulator(new ClassPathResource("org/springframework/content/jpa/schema-postgresql.sql"))
                        .execute(context.getBean(DataSource.class));
                write(documents, contents);
                done = " wrote " + COUNT + " documents, replaced the content of one, and deleted that of one";
            } else {
                for (Document document : documents.findAll()) {
                    if (REPLACED_LATER.contains(document.seed)) {
                        document.seed += 100;
                        set(documents, contents, document, document.seed);
                    }
                }
                done = " replaced the content of " + REPLACED_LATER.size() + " documents more";
            }
            List<String> lines = new ArrayList<>();
            for (Document document : documents.findAll()) {
                if (document.contentId != null) {
                    lines.add(document.contentId + "\t"
                            + Application.sha256(new ByteArrayInputStream(Application.content(document.seed))));
                }
            }
            Files.write(Path.of(args[1]), lines);
            System.out.println("Spring Content JPA " + args[2] + done);
        }
    }

    private static void write(Documents documents, Contents contents) {
        for (int seed = 1; seed <= COUNT; seed++) {
            Document document = new Document();
            document.seed = seed;
            document.mimeType = "image/x-" + seed;
            set(documents, contents, document, seed == REPLACED ? 1 : seed);
        }
        for (Document document : documents.findAll()) {
            if (document.seed == DELETED) {
                contents.unsetContent(document);
                documents.save(document);
            } else if (document.seed == REPLACED) {
                set(documents, contents, document, REPLACED);
            }
        }
    }

    private static void set(Documents documents, Contents contents, Document document, int seed) {
        documents.save(contents.setContent(document, new ByteArrayInputStream(Application.content(seed))));
    }
}
