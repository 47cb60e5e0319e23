package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.subcommands.Command;
import java.util.LinkedHashSet;
import java.util.Set;

/** {@code docs/flags.md}: every flag of every command in tables, and the other variables of the environment. */
final class FlagReference {
    private static final String ENVIRONMENT = """

            ## Environment

            Each flag has the variable in its table. These variables count too:

            | Variable | What it does |
            | --- | --- |
            | `HTTP_PROXY`, `HTTPS_PROXY` | the HTTP proxy for all requests to a store with `http://` or `https://`, as `http://USER:PASS@HOST:PORT`. The same in lower case wins. The line `proxy` of the configuration shows it, without user and password |
            | `NO_PROXY` | stores that need no proxy, as with curl: names with all below them, addresses and networks (`10.0.0.0/8`), with or without a port, between commas; or `*` |
            | `AWS_SESSION_TOKEN` | the session token of temporary keys, also of those that flags give; unless `AWS_ACCESS_KEY_ID` is set to another key than `--access-key`, as the token belongs to that key then |
            | `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` | without key flags and keys in the environment: keys by web identity, as a pod in EKS has them (IRSA). `AWS_REGION` and `AWS_ENDPOINT_URL_STS` say where the token service is; requests to it go through the proxy too |
            | `AWS_USE_DUALSTACK_ENDPOINT`, `AWS_USE_FIPS_ENDPOINT` | nothing: `--s3-url` names the endpoint |
            | `TZ` | the zone of the times that the tool shows; short names such as `JST` too |
            | `PGPASSWORD`, `PGPASSFILE` | the database password, see [Security](security.md#keys-and-passwords) |
            | `SSL_CERT_FILE` | the store's authority, see [Security](security.md#connections) |
            | `JAVA_HOME` | the Java that the launcher takes; without it, the one in `PATH` |
            | `LO_MIGRATE_JAVA_OPTS` | options for the JVM, which also reads `JAVA_TOOL_OPTIONS`, `JDK_JAVA_OPTIONS` and `_JAVA_OPTIONS`. The launcher takes a garbage collector that one of them names |
            """;

    private FlagReference() {}

    static String text() {
        StringBuilder text = new StringBuilder("""
                # Flags

                This page is made from the flags' own declarations by `scripts/generate`.

                `lo-migrate [FLAGS]` is the same as `lo-migrate migrate [FLAGS]`. A flag wins over its environment variable; an
                empty variable counts as not set. `--flag VALUE` and `--flag=VALUE` are the same. `@FILE` reads flags from a file,
                one with its value per line, without quotes; `#` begins a comment line. Switches take no value on the command
                line; their variables take `true`, `false`, `1`, `0`, `yes` or `no`. The tool names all mistakes at once, before it
                opens any connection. Other variables are [below](#environment).

                psql's rules hold for `--pg-url`: `postgres://` too, several hosts, a missing port (5432), user (yours) or
                database (the user), reserved characters percent-encoded, parameters such as `sslmode`, `sslrootcert`,
                `target_session_attrs`, `connect_timeout`. The tool refuses by name a parameter that would have no effect, and
                unix sockets.
                """);
        for (Command command : Command.values()) {
            command(command, text);
        }
        return text.append(ENVIRONMENT).toString();
    }

    private static void command(Command command, StringBuilder text) {
        FlagTable table = new FlagTable(command.flags());
        text.append("\n## lo-migrate ").append(command.text()).append("\n\n");
        text.append(command.description()).append('\n');
        Set<String> groups = new LinkedHashSet<>();
        table.all().forEach(flag -> groups.add(flag.group()));
        for (String group : groups) {
            text.append("\n### ").append(group).append("\n\n");
            text.append("| Flag | Unit | Default | Environment | Meaning |\n| --- | --- | --- | --- | --- |\n");
            table.all().stream().filter(flag -> flag.group().equals(group)).forEach(flag -> text.append(row(flag)));
        }
    }

    private static String row(Flag flag) {
        String names = (flag.shortName().isEmpty() ? "" : "`" + flag.shortName() + "`, ") + "`" + flag.name() + "`";
        boolean required = flag.description().endsWith("Required.");
        String otherwise = flag.isSwitch() ? "off" : required ? "required" : flag.defaultValue();
        String meaning = flag.description().replace(" Required.", "").replace("|", "\\|");
        return "| " + names + " | " + flag.placeholder() + " | " + otherwise + " | `" + flag.variable() + "` | "
                + meaning + " |\n";
    }
}
