package io.knit.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Peer;
import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.Role;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.Measured;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that fail in each way that there is, between others that do not. */
class PluginsTest {
    private static final Peer PEER = new Peer("key", "host", "10.54.0.2", null);

    @TempDir
    Path dir;

    private Vertx vertx;

    @BeforeEach
    void start() {
        Made.made.clear();
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** A discovery that remembers whether it was closed. */
    private static final class Made implements Discovery {
        static final List<Made> made = new ArrayList<>();

        private final Supplier<Future<Void>> closing;
        boolean closed;

        Made(Supplier<Future<Void>> closing) {
            this.closing = closing;
            made.add(this);
        }

        @Override
        public Future<List<Peer>> peers() {
            return Future.succeededFuture(List.of(PEER));
        }

        @Override
        public Future<Optional<Peer>> self() {
            return Future.succeededFuture(Optional.of(PEER));
        }

        @Override
        public Future<Void> close() {
            closed = true;
            return closing.get();
        }
    }

    private record Factory(String name, Supplier<Future<Discovery>> making) implements PluginFactory<Discovery> {
        @Override
        public Class<Discovery> spi() {
            return Discovery.class;
        }

        @Override
        public Future<Discovery> create(PluginConfig config, PluginContext context) {
            return making.get();
        }
    }

    private static Future<Discovery> well() {
        return Future.succeededFuture(new Made(Future::succeededFuture));
    }

    private static Future<Discovery> old() {
        throw new NoSuchMethodError("'void io.knit.api.spi.Gone.it()'");
    }

    /** One that is made for another Knit, between two that are not. */
    public static final class Between implements KnitPlugin {
        @Override
        public List<PluginFactory<?>> factories() {
            return List.of(
                    new Factory("first", PluginsTest::well),
                    new Factory("old", PluginsTest::old),
                    new Factory("last", PluginsTest::well));
        }
    }

    /** One whose answer fails so, and of which the other one can't be closed. */
    public static final class Later implements KnitPlugin {
        @Override
        public List<PluginFactory<?>> factories() {
            return List.of(
                    new Factory(
                            "sticks",
                            () -> Future.succeededFuture(new Made(() -> {
                                throw new IllegalStateException("stuck");
                            }))),
                    new Factory("first", PluginsTest::well),
                    new Factory(
                            "late", () -> Future.failedFuture(new NoClassDefFoundError("com/example/lib/Library"))));
        }
    }

    /** One that has nothing to give. */
    public static final class Throwing implements KnitPlugin {
        @Override
        public List<PluginFactory<?>> factories() {
            throw new IllegalStateException();
        }
    }

    /** One that can't be made itself. */
    public static final class Unmade implements KnitPlugin {
        public Unmade() {
            throw new NoClassDefFoundError("com/example/lib/Library");
        }

        @Override
        public List<PluginFactory<?>> factories() {
            return List.of();
        }
    }

    private Plugins load(Class<? extends KnitPlugin> plugin) throws IOException {
        Path service = dir.resolve("META-INF/services/" + KnitPlugin.class.getName());
        Files.createDirectories(service.getParent());
        Files.writeString(service, plugin.getName());
        URL[] urls = {dir.toUri().toURL()};
        return Plugins.load(new URLClassLoader("some.jar", urls, getClass().getClassLoader()));
    }

    private Future<List<Discovery>> all(Class<? extends KnitPlugin> plugin) throws IOException {
        return load(plugin)
                .createAll(Discovery.class, PluginConfig.empty(), new PluginContext(Role.SERVER, "server", vertx, dir));
    }

    @Test
    void onePluginThatDoesNotFitIsNamedAndWhatOthersMadeIsClosed() throws IOException {
        Future<List<Discovery>> failed = all(Between.class);
        assertThat(failed.cause())
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                .hasMessageContaining("plugin \"old\"")
                .hasMessageContaining("does not fit this Knit")
                .hasMessageContaining("Gone.it()");
        assertThat(Made.made).hasSize(2).allMatch(each -> each.closed);
    }

    @Test
    void soIsOneThatFailsLaterThoughAnotherCanNotBeClosed() throws IOException {
        Future<List<Discovery>> failed = all(Later.class);
        assertThat(failed.cause())
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("plugin \"late\"")
                .hasMessageContaining("lacks a library")
                .hasMessageContaining("com/example/lib/Library");
        assertThat(Made.made).hasSize(2).allMatch(each -> each.closed);
    }

    @Test
    void onePluginOutOfSeveralIsNamedToo() throws IOException {
        PluginConfig chosen = PluginConfig.of(Map.of("discovery", "old"));
        Future<Discovery> failed = load(Between.class)
                .create(Discovery.class, "discovery", chosen, new PluginContext(Role.SERVER, "server", vertx, dir));
        assertThat(failed.cause()).isInstanceOf(KnitException.class).hasMessageContaining("plugin \"old\"");
    }

    @Test
    void whatFailsBeforeItHasAFactoryIsToldInWords() {
        assertThatThrownBy(() -> load(Throwing.class))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_FAILED))
                .hasMessageContaining("can't be loaded")
                .hasMessageContaining("IllegalStateException");
        assertThatThrownBy(() -> load(Unmade.class))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining(Unmade.class.getName())
                .hasMessageContaining("lacks a library")
                .hasMessageContaining("com/example/lib/Library");
    }

    @Test
    void allDiscoveriesAreClosedAndAskedThoughOneThrows() {
        Discovery old = new Discovery() {
            @Override
            public Future<List<Peer>> peers() {
                throw new NoSuchMethodError("it");
            }

            @Override
            public Future<Optional<Peer>> self() {
                throw new IllegalStateException("it");
            }

            @Override
            public Future<Void> close() {
                throw new NoSuchMethodError("it");
            }
        };
        Made well = new Made(Future::succeededFuture);
        AllDiscoveries all = new AllDiscoveries(List.of(old, well));

        assertThat(all.peers().result()).containsExactly(PEER);
        assertThat(all.self().result()).contains(PEER);
        assertThat(all.close().failed()).isTrue();
        assertThat(well.closed).isTrue();
        assertThat(new AllDiscoveries(List.of(old)).peers().failed()).isTrue();
    }

    @Test
    void allDiscoveriesShowWhatTheirsMeasureThoughOneThrows() {
        Figure one = Figure.counter("knit_one_total", "One", 1);
        Figure other = Figure.counter("knit_other_total", "Another", 2);
        AllDiscoveries all = new AllDiscoveries(List.of(
                measured(() -> List.of(one)),
                new Made(Future::succeededFuture),
                measured(() -> {
                    throw new NoSuchMethodError("it");
                }),
                measured(() -> List.of(other))));

        assertThat(all.figures()).containsExactly(one, other);
    }

    private static Discovery measured(Supplier<List<Figure>> figures) {
        final class Counted implements Discovery, Measured {
            @Override
            public Future<List<Peer>> peers() {
                return Future.succeededFuture(List.of());
            }

            @Override
            public Future<Optional<Peer>> self() {
                return Future.succeededFuture(Optional.empty());
            }

            @Override
            public List<Figure> figures() {
                return figures.get();
            }
        }
        return new Counted();
    }
}
