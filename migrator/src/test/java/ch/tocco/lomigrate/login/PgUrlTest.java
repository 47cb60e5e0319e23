package ch.tocco.lomigrate.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.PostgresConfig;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Database URLs, read by libpq's rules and understood by the JDBC driver. */
final class PgUrlTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            postgresql://joe@db/nice                | joe   | db           | 5432      | nice
            postgres://joe:pw@db:5433/nice          | joe   | db           | 5433      | nice
            postgresql://joe@db                     | joe   | db           | 5432      | joe
            postgresql://db/                        | me    | db           | 5432      | me
            postgresql://                           | me    | localhost    | 5432      | me
            postgresql:///nice                      | me    | localhost    | 5432      | nice
            postgresql://joe@h1:5433,h2/nice        | joe   | h1,h2        | 5433,5432 | nice
            postgresql://joe@[::1]:5433/nice        | joe   | [::1]        | 5433      | nice
            postgresql://joe@[2001:db8::1],h2/nice  | joe   | [2001:db8::1],h2 | 5432,5432 | nice
            postgresql://j%40e@db/n%2Fi%20c%3Fe+    | j@e   | db           | 5432      | n/i c?e+
            postgresql://db/?user=joe&dbname=nice   | joe   | db           | 5432      | nice
            postgresql:///?host=h1,h2&port=1&user=j | j     | h1,h2        | 1,1       | j
            postgresql:///n?host=::1&port=7         | me    | [::1]        | 7         | n
            """)
    void driverGetsWhatTheUrlSays(String url, String user, String hosts, String ports, String database)
            throws PgUrlException {
        Properties parsed = asTheDriverReadsIt(url);
        assertThat(parsed.getProperty("user")).isEqualTo(user);
        assertThat(parsed.getProperty("PGHOST")).isEqualTo(hosts);
        assertThat(parsed.getProperty("PGPORT")).isEqualTo(ports);
        assertThat(parsed.getProperty("PGDBNAME")).isEqualTo(database);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            sslmode=verify-full             | sslmode          | verify-full
            sslmode=disable                 | sslmode          | disable
            sslmode=verify-ca&sslrootcert=/dev/null | sslrootcert | /dev/null
            sslmode=require&sslrootcert=/dev/null   | sslmode  | verify-ca
            sslrootcert=system              | sslmode          | verify-full
            sslrootcert=system              | sslfactory       | org.postgresql.ssl.DefaultJavaSSLFactory
            sslcert=/dev/null               | sslcert          | /dev/null
            sslkey=/dev/null                | sslkey           | /dev/null
            sslpassword=x                   | sslpassword      | x
            sslnegotiation=direct           | sslNegotiation   | direct
            connect_timeout=7               | connectTimeout   | 7
            connectTimeout=7                | connectTimeout   | 7
            application_name=a%20b          | ApplicationName  | a b
            target_session_attrs=read-write | targetServerType | primary
            target_session_attrs=standby    | targetServerType | secondary
            target_session_attrs=prefer-standby | targetServerType | preferSecondary
            targetServerType=any            | targetServerType | any
            load_balance_hosts=random       | loadBalanceHosts | true
            keepalives=1                    | tcpKeepAlive     | true
            options=-c%20search_path%3Dx    | options          | -c search_path=x
            gssencmode=disable              | gssEncMode       | disable
            channel_binding=require         | channelBinding   | require
            require_auth=scram-sha-256      | requireAuth      | scram-sha-256
            krbsrvname=pg                   | kerberosServerName | pg
            password=a%26b                  | password         | a&b
            currentSchema=nice              | currentSchema    | nice
            """)
    void parameterBecomesADriverProperty(String parameter, String property, String value) throws PgUrlException {
        assertThat(PGProperty.forName(property)).isNotNull();
        assertThat(asTheDriverReadsIt("postgresql://joe@db/nice?" + parameter).getProperty(property))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            postgresql://%2Fvar%2Frun%2Fpostgresql/nice    | names the unix socket /var/run/postgresql
            postgresql:///nice?host=/var/run/postgresql    | names the unix socket /var/run/postgresql
            postgresql:///nice?host=%40abstract            | names the unix socket @abstract
            postgresql://h/d?hostaddr=10.0.0.1             | unknown or unsupported parameter hostaddr
            postgresql://h/d?keepalives_idle=3             | unknown or unsupported parameter keepalives_idle
            postgresql://h/d?sslcrl=x                      | unknown or unsupported parameter sslcrl
            postgresql://h/d?service=x                     | unknown or unsupported parameter service
            postgresql://h/d?PGHOST=x                      | unknown or unsupported parameter PGHOST
            postgresql://h/d?SSLMODE=require               | unknown or unsupported parameter SSLMODE
            postgresql://h/d?sslmode=maybe                 | parameter sslmode with a value other than disable, allow
            postgresql://h/d?target_session_attrs=x        | parameter target_session_attrs with a value other than any
            postgresql://h/d?connect_timeout=soon          | parameter connect_timeout with a value that is no number
            postgresql://h/d?connect_timeout=1&connectTimeout=2 | connectTimeout under two names
            postgresql://h/d?sslrootcert=/no/such          | sslrootcert with a file that cannot be read: /no/such
            postgresql://h/d?sslrootcert=system&sslmode=require | takes sslmode=verify-full
            postgresql://h/d?client_encoding=LATIN1        | client_encoding with a value other than UTF8
            postgresql://h/d?sslmode                       | a parameter that is not NAME=VALUE
            postgresql://h/d?sslmode=require&sslmode=allow | the parameter sslmode more than once
            postgresql://joe@h/d?user=joe                  | has user twice
            postgresql://h/d?host=h2                       | hosts before the '?' and host or port as a parameter
            postgresql:///d?host=a,b&port=1,2,3            | 2 hosts but 3 ports
            postgresql://h:0/d                             | no valid port at host 1
            postgresql://h1,h2:65536/d                     | no valid port at host 2
            postgresql://[::1/d                            | a '[' without ']'
            postgresql://[::1]5432/d                       | other than a port after ']'
            postgresql://a b/d                             | no valid host name
            postgresql://h/d%zz                            | a '%' without two hexadecimal digits in its database name
            postgresql://h/d%ff                            | percent-encoded bytes that are no UTF-8
            """)
    void urlThatCannotBeUsedIsRefused(String url, String message) {
        assertThatThrownBy(() -> PgUrl.parse(url, "me"))
                .isInstanceOf(PgUrlException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesEveryWrongParameterAtOnce() {
        assertThatThrownBy(() -> PgUrl.parse("postgresql://h/d?foo=1&sslmode=x&bar=2", "me"))
                .isInstanceOfSatisfying(
                        PgUrlException.class, e -> assertThat(e.mistakes()).hasSize(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://joe:s3cr%40t@h1,h2:5433/nice?sslmode=require",
                "postgresql://joe:s3cr@t@h1,h2:5433/nice?sslmode=require",
            })
    void displayMasksThePassword(String url) throws PgUrlException {
        PostgresConfig config = config(url);
        assertThat(config.display()).isEqualTo("postgresql://joe:***@h1:5432,h2:5433/nice?sslmode=require");
        assertThat(config.toString()).isEqualTo(config.display());
        assertThat(config.jdbcUrl()).isEqualTo("jdbc:postgresql://h1:5432,h2:5433/nice");
        assertThat(config.properties()).containsEntry("password", "s3cr@t").containsEntry("user", "joe");
    }

    @Test
    void displayMasksThePasswordOfTheKeyFile() throws PgUrlException {
        assertThat(config("postgresql://joe@h/d?sslpassword=s3cret&password=s3cret")
                        .display())
                .isEqualTo("postgresql://joe:***@h:5432/d?sslpassword=***");
    }

    private static PostgresConfig config(String url) throws PgUrlException {
        PgUrl parsed = PgUrl.parse(url, "me");
        return parsed.config(parsed.password());
    }

    private static Properties asTheDriverReadsIt(String url) throws PgUrlException {
        PgUrl parsed = PgUrl.parse(url, "me");
        PostgresConfig config = parsed.config(Optional.of(parsed.password().orElse("none")));
        Properties properties = new Properties();
        properties.putAll(config.properties());
        return Driver.parseURL(config.jdbcUrl(), properties);
    }
}
