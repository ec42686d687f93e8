package io.knit.plugin.nats.broker.settings;

import java.util.Objects;

/**
 * A client of the broker.
 *
 * @param id unique while the broker runs
 * @param name as the client named itself; empty if it did not
 * @param lang the client library's language, as it said; may be empty
 * @param version the client library's version, as it said; may be empty
 * @param user the name of the user it proved to be; empty if the broker has no users
 * @param address the client's address and port: {@code 127.0.0.1:40312}
 */
public record NatsClient(long id, String name, String lang, String version, String user, String address) {
    public NatsClient {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(lang, "lang");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(address, "address");
    }
}
