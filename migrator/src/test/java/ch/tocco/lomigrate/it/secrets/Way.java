package ch.tocco.lomigrate.it.secrets;

import static ch.tocco.lomigrate.it.secrets.Way.Kind.DATABASE;
import static ch.tocco.lomigrate.it.secrets.Way.Kind.PROXY;
import static ch.tocco.lomigrate.it.secrets.Way.Kind.STORE;

import java.util.function.BiConsumer;

/**
 * The ways to give a secret to the tool, one line for each. {@link SecretTablesTest} fails where the tool knows one that is
 * missing here.
 */
@SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing
enum Way {
    URL_FLAG(DATABASE, "--pg-url", Given::urlAsArgument),
    URL_VARIABLE(DATABASE, "LO_MIGRATE_PG_URL", Given::urlAsVariable),
    URL_FILE(DATABASE, "@FILE --pg-url", Given::urlInFile),
    URL_PASSWORD(DATABASE, "?password", Given::urlParameter),
    URL_KEY_PASSWORD(DATABASE, "?sslpassword", Given::urlParameter),
    URL_PASSWORD_FILE(DATABASE, "?passfile", Given::passwordFileParameter),
    PASSWORD_VARIABLE(DATABASE, "PGPASSWORD", Given::databaseVariable),
    PASSWORD_FILE(DATABASE, "PGPASSFILE", Given::passwordFile),
    SECRET_KEY_FLAG(STORE, "--secret-key", Given::secretKeyAsArgument),
    SECRET_KEY_VARIABLE(STORE, "LO_MIGRATE_SECRET_KEY", Given::secretKeyAsVariable),
    SECRET_KEY_FILE(STORE, "@FILE --secret-key", Given::secretKeyInFile),
    AWS_SECRET_KEY(STORE, "AWS_SECRET_ACCESS_KEY", Given::awsVariable),
    AWS_TOKEN(STORE, "AWS_SESSION_TOKEN", Given::awsVariable),
    AWS_CREDENTIALS(STORE, "AWS_SHARED_CREDENTIALS_FILE", Given::awsFile),
    AWS_CONFIG(STORE, "AWS_CONFIG_FILE", Given::awsFile),
    WEB_IDENTITY(STORE, "AWS_WEB_IDENTITY_TOKEN_FILE", Given::webIdentity),
    CONTAINER_TOKEN(STORE, "AWS_CONTAINER_AUTHORIZATION_TOKEN", Given::containerToken),
    CONTAINER_TOKEN_FILE(STORE, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Given::containerTokenFile),
    PROXY_UPPER(PROXY, "HTTP_PROXY", Given::proxy),
    PROXY_LOWER(PROXY, "http_proxy", Given::proxy);

    private final Kind kind;
    private final String label;
    private final BiConsumer<Given, String> give;

    /** Who is told the secret, and can refuse it. */
    enum Kind {
        DATABASE,
        STORE,
        PROXY
    }

    /** @param label what the user writes it behind: a flag, one in an {@code @FILE}, a parameter of the URL, or a variable */
    Way(Kind kind, String label, BiConsumer<Given, String> give) {
        this.kind = kind;
        this.label = label;
        this.give = give;
    }

    Kind kind() {
        return kind;
    }

    String label() {
        return label;
    }

    void give(Given to) {
        give.accept(to, label);
    }
}
