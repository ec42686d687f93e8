package com.example.fleet;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Knows our two racks by heart; Knit finds it by the line in {@code META-INF/services}. */
public final class RacksPlugin implements KnitPlugin, PluginFactory<Discovery> {
    @Override
    public List<PluginFactory<?>> factories() {
        return List.of(this);
    }

    @Override
    public Class<Discovery> spi() {
        return Discovery.class;
    }

    @Override
    public String name() {
        return "racks";
    }

    @Override
    public Future<Discovery> create(PluginConfig config, PluginContext context) {
        return Future.succeededFuture(new Racks());
    }

    private static final class Racks implements Discovery {
        @Override
        public Future<List<Peer>> peers() {
            return Future.succeededFuture(
                    List.of(new Peer("rack-1", "rack-1", "10.54.0.15", null), new Peer("rack-2", "rack-2", "10.54.0.16", null)));
        }

        @Override
        public Future<Optional<Peer>> self() {
            return Future.succeededFuture(Optional.empty());
        }
    }
}
