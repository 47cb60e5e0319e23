package clients;

import java.io.ByteArrayInputStream;
import java.net.URI;
import org.springframework.content.s3.config.EnableS3Stores;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The application with Spring Content's S3 store, and nothing else changed: reads the content of each document that its
 * database has, and fails if one is not what was written. Then it writes one more, and reads that.
 */
@Configuration
@EnableS3Stores
public class InBucket {
    /** The bucket's server, as the environment names it. */
    @Bean
    public S3Client client() {
        return S3Client.builder()
                .endpointOverride(URI.create(System.getenv("LO_MIGRATE_S3_URL")))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        System.getenv("LO_MIGRATE_ACCESS_KEY"), System.getenv("LO_MIGRATE_SECRET_KEY"))))
                .build();
    }

    /**
     * Reads.
     *
     * @param args the library's version; the bucket is the property spring.content.s3.bucket
     */
    public static void main(String[] args) throws Exception {
        try (var context = new AnnotationConfigApplicationContext(Application.class, InBucket.class)) {
            Documents documents = context.getBean(Documents.class);
            Contents contents = context.getBean(Contents.class);
            int count = 0;
            for (Document document : documents.findAll()) {
                if (document.contentId != null) {
                    compare(contents, document);
                    count++;
                }
            }
            Document later = new Document();
            later.seed = 99;
            contents.setContent(later, new ByteArrayInputStream(Application.content(later.seed)));
            compare(contents, documents.save(later));
            System.out.println("Spring Content S3 " + args[0] + " reads the content of " + count
                    + " documents as it was written, and writes and reads one more");
        }
    }

    private static void compare(Contents contents, Document document) throws Exception {
        String expected = Application.sha256(new ByteArrayInputStream(Application.content(document.seed)));
        if (!Application.sha256(contents.getContent(document)).equals(expected)) {
            throw new IllegalStateException("the content of document " + document.id + " is not what was written");
        }
    }
}
