package io.knit.core.wiring;

import io.knit.api.spi.Component;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.Role;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.RandomIds;
import io.knit.core.loop.VertxLoop;
import io.knit.core.plugin.AllDiscoveries;
import io.knit.core.plugin.Plugins;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the parts of a server or an agent: what the builder was given, else what the class path has. */
public final class Wiring {
    private final Closers closers;
    private final PluginConfig config;
    private final ClassLoader loader;
    private final @Nullable Vertx vertx;
    private final Loop loop;
    private @Nullable Loop streams;
    private @Nullable Plugins plugins;

    public Wiring(
            Closers closers,
            Map<String, String> config,
            ClassLoader loader,
            @Nullable Vertx givenVertx,
            @Nullable Loop givenLoop,
            Role role) {
        this.closers = closers;
        this.config = PluginConfig.of(config);
        this.loader = loader;
        if (givenLoop != null) {
            this.vertx = givenVertx;
            this.loop = givenLoop;
        } else {
            this.vertx = givenVertx != null ? givenVertx : ownVertx(closers);
            // a server decides for many, and is asked meanwhile
            VertxLoop own =
                    role == Role.SERVER ? VertxLoop.onThreadOfItsOwn(vertx, "knit-control") : new VertxLoop(vertx);
            closers.add(own::close);
            this.loop = own;
        }
    }

    private static Vertx ownVertx(Closers closers) {
        // Knit serves no files: copies of such would be a folder among the temporary files, which stays when the
        // process is killed
        Vertx own = Vertx.vertx(new VertxOptions()
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        closers.add(own::close);
        return own;
    }

    public Loop loop() {
        return loop;
    }

    /** For what is looked at inside of instances: a context of its own, unless a loop was given. */
    public synchronized Loop streams() {
        if (streams == null) {
            streams = vertx == null || !(loop instanceof VertxLoop) ? loop : own(vertx);
        }
        return streams;
    }

    private Loop own(Vertx on) {
        VertxLoop made = new VertxLoop(on);
        closers.add(made::close);
        return made;
    }

    /** Whether it does I/O by itself; false on a loop of its own. */
    public boolean hasVertx() {
        return vertx != null;
    }

    /** The Vert.x, given or own; there is one unless a loop was given. */
    public Vertx vertx() {
        return Objects.requireNonNull(vertx, "a server or agent on a loop of its own has no Vert.x");
    }

    public static IdSource ids(@Nullable IdSource given) {
        return given != null ? given : new RandomIds();
    }

    public PluginContext context(Role role, String name, Path dataDir) {
        return new PluginContext(role, name, vertx(), dataDir);
    }

    /** The given one, which stays its owner's to close, or a new one, which is closed with the rest. */
    public <T extends Component> Future<T> part(
            Class<T> spi, String key, @Nullable T given, java.util.function.Supplier<PluginContext> context) {
        if (given != null) {
            return Future.succeededFuture(given);
        }
        return plugins()
                .compose(found -> found.create(spi, key, config, context.get()))
                .onSuccess(made -> closers.add(made::close));
    }

    /** All discoveries of the class path as one, or the given one, which stays its owner's to close; what it throws is a failed answer. */
    public Future<Discovery> discovery(@Nullable Discovery given, java.util.function.Supplier<PluginContext> context) {
        if (given != null) {
            return Future.succeededFuture(new AllDiscoveries(List.of(given)));
        }
        return plugins()
                .compose(found -> found.createAll(Discovery.class, config, context.get()))
                .map(made -> {
                    Discovery all = new AllDiscoveries(made);
                    closers.add(all::close);
                    return all;
                });
    }

    private synchronized Future<Plugins> plugins() {
        try {
            if (plugins == null) {
                plugins = Plugins.load(loader);
            }
            return Future.succeededFuture(plugins);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
