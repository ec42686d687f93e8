package io.knit.core.agent.session;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks who this host is on the mesh, now and every 30 s. While there is no answer, the last one stands. Only on the loop. */
public final class MeshSelf {
    private static final Logger LOG = LoggerFactory.getLogger(MeshSelf.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Loop loop;
    private final Discovery discovery;
    private final Consumer<Optional<Peer>> listener;
    private boolean complained;
    private boolean stopped;

    public MeshSelf(Loop loop, Discovery discovery, Consumer<Optional<Peer>> listener) {
        this.loop = loop;
        this.discovery = discovery;
        this.listener = listener;
    }

    /** Asks from now on; completes with the first answer or failure. */
    public Future<Void> start() {
        return ask();
    }

    public void stop() {
        stopped = true;
    }

    private Future<Void> ask() {
        return loop.bring(discovery.self())
                .onSuccess(self -> {
                    complained = false;
                    if (!stopped) {
                        listener.accept(self);
                    }
                })
                .onFailure(this::complain)
                .onComplete(any -> loop.after(INTERVAL, () -> {
                    if (!stopped) {
                        ask();
                    }
                }))
                .mapEmpty();
    }

    private void complain(Throwable why) {
        if (!complained && !stopped) {
            complained = true;
            LOG.warn(
                    "this host's mesh address is not known; asking again every {} s: {}",
                    INTERVAL.toSeconds(),
                    why.getMessage());
        }
    }
}
