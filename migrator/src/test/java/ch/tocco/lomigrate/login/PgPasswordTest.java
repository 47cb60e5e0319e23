package ch.tocco.lomigrate.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.Driver;

/** Where the database password comes from. */
final class PgPasswordTest {
    @TempDir
    private Path home;

    private Path file;

    @BeforeEach
    void writePasswordFile() throws IOException {
        file = home.resolve(".pgpass");
        Files.writeString(file, """
                # db:5432:nice:joe:commented
                broken line
                db:5432:nice:joe:p\\:w\\\\1
                db:5432:nice:joe:second
                \\:\\:1:5432:*:joe:six
                h2:*:*:*:pw:with:colons
                *:5439:*:ann:anywhere
                """);
        permissions("rw-------");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            postgresql://joe@db/nice      | p:w\\1
            postgresql://joe@[::1]/x      | six
            postgresql://any@h2:1/x       | pw:with:colons
            postgresql://ann@h:5439/x     | anywhere
            postgresql://joe@h3,h2/nice   | pw:with:colons
            """)
    void passwordFileIsReadAsPsqlDoes(String url, String password) throws PgUrlException {
        PgPassword found = find(url, Map.of());
        assertThat(found.value()).contains(password.replace("\\\\", "\\"));
        assertThat(found.source()).isEqualTo("from " + file);
    }

    @Test
    void urlWinsOverVariableOverFile() throws PgUrlException {
        Map<String, String> variable = Map.of("PGPASSWORD", "v");
        assertThat(find("postgresql://joe:u@db/nice", variable).value()).contains("u");
        assertThat(find("postgresql://joe@db/nice", variable).value()).contains("v");
        assertThat(find("postgresql://joe@db/other", Map.of()).value()).isEmpty();
    }

    @Test
    void urlOrVariableNamesTheFile() throws IOException, PgUrlException {
        Path other = Files.copy(file, home.resolve("other"));
        Files.delete(file);
        assertThat(find("postgresql://joe@db/nice", Map.of()).value()).isEmpty();
        assertThat(find("postgresql://joe@db/nice", Map.of("PGPASSFILE", other.toString()))
                        .value())
                .isPresent();
        assertThat(find("postgresql://joe@db/nice?passfile=" + other, Map.of()).value())
                .isPresent();
    }

    @Test
    void fileThatOthersMayReadIsNotUsed() throws IOException, PgUrlException {
        permissions("rw-r--r--");
        PgPassword found = find("postgresql://joe@db/nice", Map.of());
        assertThat(found.value()).isEmpty();
        assertThat(found.warnings())
                .containsExactly("the password file " + file + " is not used: others may access it (chmod 600)");
    }

    @Test
    void differentPasswordsForSeveralHostsAreRefused() {
        assertThatThrownBy(() -> find("postgresql://joe@db,h2/nice", Map.of()))
                .isInstanceOf(PgUrlException.class)
                .hasMessageContaining("different passwords")
                .hasMessageNotContaining("p:w");
    }

    @Test
    void driverDoesNotSearchByItself() {
        System.setProperty("org.postgresql.pgpassfile", file.toString());
        assertThat(driversOwnPassword()).isEqualTo("p:w\\1");
        PgPassword.keepDriverFromSearching();
        assertThat(driversOwnPassword()).isNull();
    }

    private static String driversOwnPassword() {
        Properties properties = new Properties();
        properties.setProperty("user", "joe");
        return Driver.parseURL("jdbc:postgresql://db:5432/nice", properties).getProperty("password");
    }

    private PgPassword find(String url, Map<String, String> environment) throws PgUrlException {
        return PgPassword.find(PgUrl.parse(url, "me"), environment, home);
    }

    private void permissions(String text) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(text));
    }
}
