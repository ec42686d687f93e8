package io.knit.plugin.nats;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.Role;
import io.knit.api.spi.transport.PeerRights;
import io.knit.api.spi.transport.Transport;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;

/** Makes transports the way Knit does: through the plugin, found by its service. */
final class TestTransports implements AutoCloseable {
    final Vertx vertx = Vertx.vertx();

    Future<NatsTransport> make(Role role, String name, Map<String, String> config) {
        return factory()
                .create(
                        PluginConfig.of(config),
                        new PluginContext(role, name, vertx, Path.of("target", "nats-data", name)))
                .map(NatsTransport.class::cast);
    }

    /** An agent's transport that is connected. */
    NatsTransport connected(String url) {
        NatsTransport transport = await(make(Role.AGENT, "agent", Map.of(NatsPlugin.URL, url)));
        awaitConnection(transport);
        return transport;
    }

    /** Lets every agent in to speak and listen where the test does. */
    static void admitAll(NatsTransport server, String... subjects) {
        PeerRights rights = new PeerRights(List.of(subjects), List.of(subjects));
        assertThat(server.admitBy(claim -> Future.succeededFuture(Optional.of(rights))))
                .isTrue();
    }

    static void awaitConnection(Transport transport) {
        AtomicBoolean up = new AtomicBoolean();
        transport.onConnection(up::set);
        Awaitility.await().atMost(Futures.PATIENCE).untilTrue(up);
    }

    private static PluginFactory<Transport> factory() {
        for (KnitPlugin plugin : ServiceLoader.load(KnitPlugin.class)) {
            for (PluginFactory<?> factory : plugin.factories()) {
                if (factory.name().equals("nats")) {
                    return cast(factory);
                }
            }
        }
        throw new AssertionError("the plugin is not found");
    }

    @SuppressWarnings("unchecked") // its spi() is Transport
    private static PluginFactory<Transport> cast(PluginFactory<?> factory) {
        return (PluginFactory<Transport>) factory;
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
