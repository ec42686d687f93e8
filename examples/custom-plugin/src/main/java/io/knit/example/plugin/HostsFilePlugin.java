package io.knit.example.plugin;

import io.knit.api.model.Peer;
import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.discovery.Discovery;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;

/** Finds hosts in a file of "address name" lines, which the setting {@code hosts-file} names; it is read anew each time. */
public final class HostsFilePlugin implements KnitPlugin, PluginFactory<Discovery> {
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
        return "hosts-file";
    }

    @Override
    public Future<Discovery> create(PluginConfig config, PluginContext context) {
        return Future.succeededFuture(new HostsFile(context.vertx(), config.get("hosts-file", "/etc/hosts")));
    }

    private record HostsFile(Vertx vertx, String path) implements Discovery {
        @Override
        public Future<List<Peer>> peers() {
            return vertx.fileSystem()
                    .readFile(path)
                    .map(file -> file.toString()
                            .lines()
                            .map(line -> line.replaceAll("#.*", "").trim().split("\\s+"))
                            .filter(words -> words.length >= 2)
                            .map(words -> new Peer(words[1], words[1], words[0], null))
                            .toList());
        }

        @Override
        public Future<Optional<Peer>> self() {
            return Future.succeededFuture(Optional.empty());
        }
    }
}
