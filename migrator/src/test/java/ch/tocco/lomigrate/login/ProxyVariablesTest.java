package ch.tocco.lomigrate.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.HttpProxy;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy the environment names for a store, and which stores it excepts. */
final class ProxyVariablesTest {
    private static Optional<HttpProxy> proxy(String scheme, Map<String, String> environment) throws Exception {
        return new ProxyVariables(environment).proxyFor(scheme, "s3.example.com", -1);
    }

    private static HttpProxy proxy(String url) throws Exception {
        return proxy("http", Map.of("HTTP_PROXY", url)).orElseThrow();
    }

    @Test
    void variableIsThatOfTheStoresScheme() throws Exception {
        Map<String, String> both = Map.of("HTTP_PROXY", "http://a:1", "HTTPS_PROXY", "http://b:2");
        assertThat(proxy("http", both)).hasToString("Optional[http://a:1 (HTTP_PROXY)]");
        assertThat(proxy("HTTPS", both)).hasToString("Optional[http://b:2 (HTTPS_PROXY)]");
        assertThat(proxy("http", Map.of("HTTPS_PROXY", "http://b:2"))).isEmpty();
        assertThat(proxy("https", Map.of("HTTP_PROXY", "http://a:1"))).isEmpty();
        assertThat(proxy("http", Map.of())).isEmpty();
    }

    @Test
    void lowerCaseWinsAndAnEmptyVariableIsNotSet() throws Exception {
        assertThat(proxy("http", Map.of("HTTP_PROXY", "a:1", "http_proxy", "b:2")))
                .hasToString("Optional[http://b:2 (http_proxy)]");
        assertThat(proxy("http", Map.of("HTTP_PROXY", "a:1", "http_proxy", "")))
                .hasToString("Optional[http://a:1 (HTTP_PROXY)]");
        assertThat(proxy("http", Map.of("HTTP_PROXY", "", "http_proxy", " "))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://proxy:3128, http://proxy:3128",
        "http://proxy:3128/, http://proxy:3128",
        "HTTP://Proxy, http://Proxy:80",
        "https://proxy, https://proxy:443",
        "proxy:3128, http://proxy:3128",
        "squid_proxy:3128, http://squid_proxy:3128",
        "http://[::1]:3128, http://[::1]:3128",
        "http://joe:x@proxy:3128, http://proxy:3128 with a user"
    })
    void urlIsReadAsCurlReadsIt(String url, String shown) throws Exception {
        assertThat(proxy(url)).hasToString(shown + " (HTTP_PROXY)");
    }

    @Test
    void userAndPasswordAreDecodedAndNeverShown() throws Exception {
        HttpProxy proxy = proxy("http://j%40e:a%2Fb:" + Secrets.MARK + "%25@proxy:3128");
        assertThat(proxy.login()).contains(new HttpProxy.Login("j@e", "a/b:" + Secrets.MARK + "%"));
        assertThat(proxy.login().toString() + proxy)
                .doesNotContain(Secrets.MARK)
                .doesNotContain("j@e");
        assertThat(proxy("http://" + Secrets.MARK + "@proxy:3128").login())
                .contains(new HttpProxy.Login(Secrets.MARK, ""));
    }

    @ParameterizedTest
    @CsvSource({
        "socks5://proxy:1080, must begin with http:// or https://",
        "http://, has no valid host and port",
        "http://proxy:0, has no valid port",
        "http://proxy:99999, has no valid port",
        "http://proxy:port, has no valid host and port",
        "http://joe:PssstHush@, has no valid host and port",
        "http://joe:PssstHush%@proxy:1, has a '%' without two hexadecimal digits in its password",
        "http://joe:PssstHush/PssstHush@proxy:1, has an '@' after the first '/'",
        "http://joe:PssstHush#PssstHush@proxy:1, has an '@' after the first '/'",
        "http://proxy:3128/path, must end after host and port",
        "http://a b, has no valid host and port"
    })
    void wrongUrlIsNamedByItsVariableAndNotShown(String url, String message) {
        assertThatThrownBy(() -> proxy(url))
                .isInstanceOf(ProxyVariables.WrongException.class)
                .hasMessageStartingWith("HTTP_PROXY " + message)
                .hasMessageNotContaining(Secrets.MARK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3.example.com       | -1   | s3.example.com
            S3.Example.com       | -1   | s3.EXAMPLE.com
            s3.example.com.      | -1   | s3.example.com
            s3.example.com       | -1   | example.com
            s3.example.com       | -1   | .example.com
            s3.example.com       | -1   | example.com.
            s3.example.com       | -1   | a.test,b.test , example.com
            s3.example.com       | -1   | a.test b.test example.com
            s3.example.com       | -1   | *
            s3.example.com       | -1   | example.com:80
            s3.example.com       | 7480 | example.com:7480
            10.1.2.3             | -1   | 10.1.2.3
            10.1.2.3             | 7480 | 10.1.2.3:7480
            10.1.2.3             | -1   | 10.0.0.0/8
            10.1.2.3             | -1   | 0.0.0.0/0
            10.1.2.3             | -1   | 10.1.2.2/31
            [::1]                | -1   | ::1
            [::1]                | -1   | [::1]
            [::1]                | 7480 | [::1]:7480
            [fd00::1]            | -1   | fd00::/8
            """)
    void hostInTheListIsExcepted(String host, int port, String noProxy) throws Exception {
        Map<String, String> environment = Map.of("HTTP_PROXY", "no proxy's URL", "NO_PROXY", noProxy);
        assertThat(new ProxyVariables(environment).proxyFor("http", host, port)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3.example.com       | -1   | ''
            s3.example.com       | -1   | ,
            s3.example.com       | -1   | .
            s3.example.com       | -1   | example
            s3.example.com       | -1   | 3.example.com
            s3.example.com       | -1   | other.s3.example.com
            s3.example.com       | -1   | *.test
            s3.example.com       | -1   | example.com:443
            s3.example.com       | 7480 | example.com:80
            10.1.2.3             | -1   | 2.3
            10.1.2.3             | -1   | 10.1.2.4
            10.1.2.3             | -1   | 10.2.0.0/16
            10.1.2.3             | -1   | 10.1.2.3/33
            10.1.2.3             | -1   | 10.1.2.3/x
            10.1.2.3             | -1   | ::/0
            10.1.2.3             | -1   | 10.0.0.256/8
            [fd00::1]            | -1   | 0.0.0.0/0
            localhost            | -1   | 127.0.0.1
            """)
    void hostThatIsNotInTheListIsNotExcepted(String host, int port, String noProxy) throws Exception {
        Map<String, String> environment = Map.of("HTTP_PROXY", "proxy:1", "NO_PROXY", noProxy);
        assertThat(new ProxyVariables(environment).proxyFor("http", host, port)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "http"})
    void storeWithoutAPortHasTheUsualOne(String scheme) throws Exception {
        String port = scheme.equals("https") ? "443" : "80";
        Map<String, String> environment = Map.of(scheme + "_proxy", "proxy:1", "no_proxy", "h:" + port);
        assertThat(new ProxyVariables(environment).proxyFor(scheme, "h", -1)).isEmpty();
    }
}
