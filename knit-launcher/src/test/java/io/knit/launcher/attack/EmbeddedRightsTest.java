package io.knit.launcher.attack;

import java.util.Map;

/** On the server's own broker. */
class EmbeddedRightsTest extends AgentRightsContract {
    @Override
    Place broker() {
        return new Place(Map.of("nats-addr", "127.0.0.1:0"), "");
    }

    @Override
    void stopBroker() {
        // it went with the server
    }
}
