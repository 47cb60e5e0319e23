package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The HTTP proxy that all requests to the store go through; {@link #toString} shows neither user nor password, as a token
 * may be given as either.
 *
 * @param secure whether the proxy itself speaks TLS
 * @param host its name or address, IPv6 without brackets
 * @param port its port
 * @param login user and password that it wants
 * @param variable the environment variable that names it
 */
public record HttpProxy(boolean secure, String host, int port, Optional<Login> login, String variable) {
    public HttpProxy {
        requireNonNull(host);
        requireNonNull(login);
        requireNonNull(variable);
    }

    public String scheme() {
        return secure ? "https" : "http";
    }

    @Override
    public String toString() {
        String name = host.contains(":") ? '[' + host + ']' : host;
        return scheme() + "://" + name + ':' + port + (login.isPresent() ? " with a user" : "") + " (" + variable + ")";
    }

    /**
     * For basic authentication; {@link #toString} shows nothing of it.
     *
     * @param user may be a secret too
     * @param password may be empty
     */
    public record Login(String user, String password) {
        public Login {
            requireNonNull(user);
            requireNonNull(password);
        }

        @Override
        public String toString() {
            return "***";
        }
    }
}
