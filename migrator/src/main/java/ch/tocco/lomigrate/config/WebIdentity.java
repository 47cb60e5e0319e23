package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where keys come from for who has a token that says who they are, as a pod in EKS: AWS's token service gives keys for it.
 *
 * @param tokenFile holds the token
 * @param roleArn the role that is taken
 * @param sessionName what the session is called in AWS's logs
 * @param region of the token service
 * @param proxy what requests to it go through; empty: they go there directly
 */
public record WebIdentity(
        Path tokenFile, String roleArn, String sessionName, String region, Optional<HttpProxy> proxy) {
    /** The variable that names the role; every message about these keys has it. */
    public static final String ROLE = "AWS_ROLE_ARN";

    public WebIdentity {
        requireNonNull(tokenFile);
        requireNonNull(roleArn);
        requireNonNull(sessionName);
        requireNonNull(region);
        requireNonNull(proxy);
    }
}
