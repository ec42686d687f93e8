package io.knit.plugin.nats.broker;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

class NatsServerLameDuckTest extends LameDuckContract {
    private @Nullable NatsServerProcess server;

    @Override
    TestBroker start() {
        NatsServerProcess started = new NatsServerProcess(
                TestBroker.Limits.USUAL, "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"1s\"\n");
        server = started;
        return started;
    }

    @Override
    void goSlowly() {
        Objects.requireNonNull(server).signal("USR2");
    }
}
