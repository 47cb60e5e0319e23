package clients;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.content.jpa.config.EnableJpaStores;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** The application with Spring Content's JPA store: writes documents, replaces the content of one, and deletes one. */
@Configuration
@EnableJpaStores
public class InPostgres {
    private static final int COUNT = 40;
    private static final int REPLACED = 7;
    private static final int DELETED = 8;

    /**
     * Writes.
     *
     * @param args a file that gets the key and the SHA-256 of each object
     */
    public static void main(String[] args) throws Exception {
        try (var context = new AnnotationConfigApplicationContext(Application.class, InPostgres.class)) {
            // the library's own tables
            new ResourceDatabasePopulator(new ClassPathResource("org/springframework/content/jpa/schema-postgresql.sql"))
                    .execute(context.getBean(DataSource.class));
            Documents documents = context.getBean(Documents.class);
            Contents contents = context.getBean(Contents.class);
            for (int seed = 1; seed <= COUNT; seed++) {
                Document document = new Document();
                document.seed = seed;
                document.mimeType = "image/x-" + seed;
                int first = seed == REPLACED ? 1 : seed;
                contents.setContent(document, new ByteArrayInputStream(Application.content(first)));
                documents.save(document);
            }
            List<String> lines = new ArrayList<>();
            for (Document document : documents.findAll()) {
                if (document.seed == DELETED) {
                    contents.unsetContent(document);
                    documents.save(document);
                    continue;
                }
                if (document.seed == REPLACED) {
                    documents.save(
                            contents.setContent(document, new ByteArrayInputStream(Application.content(REPLACED))));
                }
                lines.add(document.contentId + "\t"
                        + Application.sha256(new ByteArrayInputStream(Application.content(document.seed))));
            }
            Files.write(Path.of(args[0]), lines);
            System.out.println("Spring Content JPA " + args[1] + " wrote " + COUNT
                    + " documents, replaced the content of one, and deleted that of one");
        }
    }
}
