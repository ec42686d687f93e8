package io.knit.core.server.meter;

import java.util.Locale;

/** What an agent says to the server. */
public enum AgentWord {
    HEARTBEAT,
    STATUS,
    ASSIGNMENTS,
    NAMES;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
