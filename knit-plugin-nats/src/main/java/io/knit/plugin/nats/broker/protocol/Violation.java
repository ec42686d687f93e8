package io.knit.plugin.nats.broker.protocol;

/** What ends a connection, and what the client is told; the words are nats-server's, as clients match them. */
public enum Violation {
    UNKNOWN_OPERATION("Unknown Protocol Operation"),
    CONTROL_LINE("maximum control line exceeded"),
    PAYLOAD("Maximum Payload Violation"),
    AUTHORIZATION("Authorization Violation"),
    AUTHENTICATION_TIMEOUT("Authentication Timeout"),
    CONNECTIONS("maximum connections exceeded"),
    STALE("Stale Connection"),
    PROTOCOL_VERSION("invalid client protocol"),
    NO_RESPONDERS_WITHOUT_HEADERS("no responders requires headers support"),
    /** nats-server says nothing when an operation's arguments are wrong. */
    ARGUMENTS("");

    private final String words;

    Violation(String words) {
        this.words = words;
    }

    /** The line to send, or nothing. */
    public String line() {
        return words.isEmpty() ? "" : "-ERR '" + words + "'\r\n";
    }
}
