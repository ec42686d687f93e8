package io.knit.plugin.nats.broker.protocol;

/** Why a connection ended, in nats-server's words. */
public enum Departure {
    CLIENT_CLOSED("Client Closed"),
    READ_ERROR("Read Error"),
    WRITE_ERROR("Write Error"),
    SLOW_PENDING("Slow Consumer (Pending Bytes)"),
    SLOW_WRITE("Slow Consumer (Write Deadline)"),
    SUBSCRIPTIONS("Maximum Subscriptions Exceeded"),
    AUTHENTICATION("Authentication Failure"),
    AUTHENTICATION_TIMEOUT("Authentication Timeout"),
    CONNECTIONS("Maximum Connections Exceeded"),
    STALE("Stale Connection"),
    PROTOCOL("Protocol Violation"),
    CONTROL_LINE("Maximum Control Line Exceeded"),
    PAYLOAD("Maximum Message Payload Exceeded"),
    PROTOCOL_VERSION("Bad Client Protocol Version"),
    NO_RESPONDERS("No Responders Requires Headers");

    private final String words;

    Departure(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    public static Departure of(Violation violation) {
        return switch (violation) {
            case UNKNOWN_OPERATION, ARGUMENTS -> PROTOCOL;
            case CONTROL_LINE -> CONTROL_LINE;
            case PAYLOAD -> PAYLOAD;
            case AUTHORIZATION -> AUTHENTICATION;
            case AUTHENTICATION_TIMEOUT -> AUTHENTICATION_TIMEOUT;
            case CONNECTIONS -> CONNECTIONS;
            case STALE -> STALE;
            case PROTOCOL_VERSION -> PROTOCOL_VERSION;
            case NO_RESPONDERS_WITHOUT_HEADERS -> NO_RESPONDERS;
        };
    }
}
