package io.knit.api.model;

import java.util.Objects;

/**
 * User and password for the image's registry. A secret: it is stored and sent to the agents that need it, and never
 * logged nor returned by the API.
 */
public record RegistryAuth(String username, String password) {
    /** As user: the password is an identity token, for which the registry's own service gives what is shown to it. So Docker's credential helpers say it. */
    public static final String IDENTITY_TOKEN = "<token>";

    public RegistryAuth {
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
    }

    /** The user's name only. */
    @Override
    public String toString() {
        return "RegistryAuth[username=" + username + ", password=***]";
    }
}
