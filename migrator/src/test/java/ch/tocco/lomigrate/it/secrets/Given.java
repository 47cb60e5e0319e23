package ch.tocco.lomigrate.it.secrets;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The secrets of one run, and how they are given: arguments, variables, files. For one thread. */
final class Given {
    static final String ACCESS_KEY = "access-of-the-tests";
    static final String TOKEN = Secrets.MARK + "Token";
    static final String PROXY_USER = Secrets.MARK + "User";

    private final SourceDatabase database;
    private final Path directory;
    private final int tokenService;
    private final int proxy;
    private final String password;
    private final Set<Way> ways;

    private final List<String> arguments = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();

    private Given(
            Set<Way> ways, SourceDatabase database, String password, Path directory, int tokenService, int proxy) {
        this.ways = ways;
        this.database = database;
        this.password = password;
        this.directory = directory;
        this.tokenService = tokenService;
        this.proxy = proxy;
    }

    /**
     * Gives secrets in these ways.
     *
     * @param password of the database, right or wrong
     * @param directory where files with secrets go
     * @param tokenService port of what gives keys for tokens
     * @param proxy port of the proxy
     */
    static Given of(
            Set<Way> ways, SourceDatabase database, String password, Path directory, int tokenService, int proxy)
            throws IOException {
        Given given = new Given(
                EnumSet.copyOf(ways), database, password, Files.createDirectories(directory), tokenService, proxy);
        given.environment.put("AWS_EC2_METADATA_DISABLED", "true");
        given.environment.put("AWS_SHARED_CREDENTIALS_FILE", "/nowhere");
        given.environment.put("AWS_CONFIG_FILE", "/nowhere");
        ways.forEach(way -> way.give(given));
        given.placeUrl();
        return given;
    }

    /** The tool with these secrets, and nothing else yet but the {@code @FILE} that has some of them. */
    Cli cli(String... command) {
        Cli cli = new Cli().arguments(List.of(command)).arguments(arguments);
        environment.forEach(cli::environment);
        return lines.isEmpty() ? cli : cli.arguments(List.of("@" + file("arguments", String.join("\n", lines))));
    }

    /** Adds parameters to the URL on the command line. */
    void changeUrl(String more) {
        arguments.set(1, arguments.get(1) + more);
    }

    /** What the user has written on the command line. */
    List<String> arguments() {
        return List.copyOf(arguments);
    }

    /** A command that knows the database only; or the store too. */
    Cli database(boolean store, String... command) {
        Given only = new Given(ways, database, password, directory, tokenService, proxy);
        ways.stream().filter(way -> store || way.kind() == Way.Kind.DATABASE).forEach(way -> way.give(only));
        only.placeUrl();
        return only.cli(command);
    }

    private void placeUrl() {
        boolean inUrl = ways.stream()
                .anyMatch(way ->
                        Set.of(Way.URL_FLAG, Way.URL_VARIABLE, Way.URL_FILE).contains(way));
        String bare = database.url().replaceFirst(":[^:/@]*@", "@");
        String url = (inUrl ? bare.replaceFirst("@", ":" + encoded(password) + "@") : bare)
                + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
        if (ways.contains(Way.URL_FLAG)) {
            arguments.addAll(List.of("--pg-url", url));
        } else if (ways.contains(Way.URL_FILE)) {
            lines.add("--pg-url " + url);
        } else {
            environment.put("LO_MIGRATE_PG_URL", url);
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    void urlAsArgument(String flag) {}

    void urlAsVariable(String variable) {}

    void urlInFile(String flag) {}

    /** What the server does not ask for may be anything. */
    void urlParameter(String name) {
        String value = name.equals("?password") ? password : Secrets.MARK + "KeyPassword";
        parameters.add(name.substring(1) + "=" + encoded(value));
    }

    void passwordFileParameter(String name) {
        parameters.add(name.substring(1) + "=" + encoded(passwordFile().toString()));
    }

    private Path passwordFile() {
        return file("pgpass", "*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n");
    }

    void databaseVariable(String name) {
        environment.put(name, password);
    }

    void passwordFile(String name) {
        environment.put(name, passwordFile().toString());
    }

    void secretKeyAsArgument(String flag) {
        arguments.addAll(List.of("--access-key", ACCESS_KEY, flag, Secrets.SECRET_KEY));
    }

    void secretKeyAsVariable(String variable) {
        environment.put("LO_MIGRATE_ACCESS_KEY", ACCESS_KEY);
        environment.put(variable, Secrets.SECRET_KEY);
    }

    void secretKeyInFile(String label) {
        lines.add("--access-key " + ACCESS_KEY);
        lines.add("--secret-key " + Secrets.SECRET_KEY);
    }

    void awsVariable(String name) {
        environment.put(name, name.equals("AWS_SESSION_TOKEN") ? TOKEN : Secrets.SECRET_KEY);
        environment.put("AWS_ACCESS_KEY_ID", ACCESS_KEY);
    }

    void awsFile(String variable) {
        environment.put(
                variable,
                file(
                                variable,
                                "[default]\naws_access_key_id = " + ACCESS_KEY + "\naws_secret_access_key = "
                                        + Secrets.SECRET_KEY + "\naws_session_token = " + TOKEN + "\n")
                        .toString());
    }

    void webIdentity(String variable) {
        environment.put(variable, file("token", TOKEN).toString());
        environment.put("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/lo-migrate");
        environment.put("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + tokenService);
    }

    void containerToken(String variable) {
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:" + tokenService + "/keys");
        environment.put(variable, TOKEN);
    }

    void containerTokenFile(String variable) {
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:" + tokenService + "/keys");
        environment.put(variable, file("container", TOKEN).toString());
    }

    /** The proxies of tests let all pass who name the right user. */
    void proxy(String variable) {
        environment.put(variable, "http://" + PROXY_USER + ":" + encoded(Secrets.PASSWORD) + "@127.0.0.1:" + proxy);
    }

    private Path file(String name, String content) {
        try {
            Path file = directory.resolve(name);
            Files.deleteIfExists(file);
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            return Files.writeString(Files.createFile(file, mode), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
