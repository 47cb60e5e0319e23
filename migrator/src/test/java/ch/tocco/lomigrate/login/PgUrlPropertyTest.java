package ch.tocco.lomigrate.login;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.login.PgUrl.Host;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** Any database URLs. A zero byte is no part of any value: it is refused, see {@link PgUrlTest}. */
final class PgUrlPropertyTest {
    private static final String[] PIECES = {
        "postgresql://",
        "postgres://",
        "jdbc:",
        "//",
        "/",
        ":",
        "@",
        "?",
        "&",
        "=",
        "%",
        "%4",
        "%00",
        "%2F",
        "%zz",
        "[",
        "]",
        "[::1]",
        ",",
        "#",
        " ",
        "\t",
        "\0",
        "é",
        "host",
        "port",
        "user",
        "password",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "connect_timeout",
        "verify-full",
        "target_session_attrs",
        "5432",
        "99999",
        "-1",
        "db",
        Secrets.MARK
    };

    private static String encoded(String text) {
        // of well-formed text only: Java 25 may drop a lone surrogate at the end
        return URLEncoder.encode(utf8(text), StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Provide
    Arbitrary<String> nonsense() {
        return Combinators.combine(
                        Arbitraries.of("postgresql://", ""),
                        Arbitraries.of(PIECES).list().ofMaxSize(12))
                .as((scheme, pieces) -> scheme + String.join("", pieces));
    }

    @Property
    void everyTextIsEitherTakenApartOrRefused(@ForAll @From("nonsense") String text) {
        try {
            assertThat(PgUrl.parse(text, "me").hosts()).isNotEmpty();
        } catch (PgUrlException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @Property(tries = 500)
    void whatIsEncodedComesBack(
            @ForAll @NotEmpty @StringLength(max = 20) @CharRange(from = '\1', to = '\uffff') String user,
            @ForAll @NotEmpty @StringLength(max = 20) @CharRange(from = '\1', to = '\uffff') String password,
            @ForAll @NotEmpty @StringLength(max = 20) @CharRange(from = '\1', to = '\uffff') String database,
            @ForAll @Size(min = 1, max = 3) List<@CharRange(from = 'a', to = 'z') @NotEmpty String> hosts,
            @ForAll @IntRange(min = 1, max = 65_535) int port)
            throws PgUrlException {
        List<Host> servers = hosts.stream().map(host -> new Host(host, port)).toList();
        String authority = String.join(",", servers.stream().map(Host::inUrl).toList());

        PgUrl url = PgUrl.parse(
                "postgresql://" + encoded(user) + ":" + encoded(password) + "@" + authority + "/" + encoded(database),
                "me");

        // a lone surrogate has no encoding, and arrives as a question mark
        assertThat(url.user()).isEqualTo(utf8(user));
        assertThat(url.password()).isEqualTo(Optional.of(utf8(password)));
        assertThat(url.database()).isEqualTo(utf8(database));
        assertThat(url.hosts()).isEqualTo(servers);
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Property(tries = 300)
    void passwordIsNeverShown(
            @ForAll @StringLength(max = 5) @CharRange(from = '\1', to = '\uffff') String before,
            @ForAll @StringLength(max = 5) @CharRange(from = '\1', to = '\uffff') String after)
            throws PgUrlException {
        String password = encoded(before + Secrets.MARK + after);
        assertThat(PgUrl.parse("postgresql://u:" + password + "@h/d", "me").display())
                .doesNotContain(Secrets.MARK);
    }
}
