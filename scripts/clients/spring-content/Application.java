package clients;

import jakarta.persistence.EntityManagerFactory;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Properties;
import java.util.Random;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** What stays the same when the application's content moves: its database, and what the content of a document should be. */
@Configuration
@EnableTransactionManagement
@EnableJpaRepositories
public class Application {
    /** The database that the environment names. */
    @Bean
    public DataSource dataSource() {
        return new DriverManagerDataSource(
                System.getenv("JDBC_URL"), System.getenv("PGUSER"), System.getenv("PGPASSWORD"));
    }

    /** Hibernate, with the table of documents. */
    @Bean
    public LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource database) {
        var factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(database);
        factory.setPackagesToScan("clients");
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        Properties settings = new Properties();
        settings.setProperty("hibernate.hbm2ddl.auto", "update");
        // what Spring Boot sets, too
        settings.setProperty(
                "hibernate.physical_naming_strategy", "org.hibernate.boot.model.naming.CamelCaseToUnderscoresNamingStrategy");
        factory.setJpaProperties(settings);
        return factory;
    }

    /** Transactions of documents and, where it is in the same database, of their content. */
    @Bean
    public PlatformTransactionManager transactionManager(EntityManagerFactory factory) {
        return new JpaTransactionManager(factory);
    }

    static byte[] content(int seed) {
        byte[] content = new byte[seed % 10 == 0 ? 9_000_000 : 1 + seed * 700];
        new Random(seed).nextBytes(content);
        return content;
    }

    static String sha256(InputStream content) throws Exception {
        try (content) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.readAllBytes()));
        }
    }
}
