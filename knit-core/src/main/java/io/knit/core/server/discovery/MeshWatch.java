package io.knit.core.server.discovery;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the discovery now and then. A discovery that fails is warned of once, then asked again in silence. Loop-bound, but for {@link #peers}. */
public final class MeshWatch {
    private static final Logger LOG = LoggerFactory.getLogger(MeshWatch.class);
    /** Its answer is there before a suspect node is judged down, 5 s later by default. */
    private static final Duration SOON = Duration.ofSeconds(4);

    private final Loop loop;
    private final Discovery discovery;
    private final Duration interval;
    private volatile List<Peer> peers = List.of();
    private Runnable onAnswer = () -> {};
    private boolean warned;
    private boolean asking;
    private boolean soon;
    private boolean closed;

    public MeshWatch(Loop loop, Discovery discovery, Duration interval) {
        this.loop = loop;
        this.discovery = discovery;
        this.interval = interval;
    }

    public void start() {
        ask();
        loop.after(interval, this::again);
    }

    public void close() {
        closed = true;
    }

    /** Called after each answer of the mesh; to be set before the start. */
    public void onAnswer(Runnable listener) {
        onAnswer = listener;
    }

    /** The peers of the last answer, by name and address. Any thread. */
    public List<Peer> peers() {
        return peers;
    }

    public Optional<Peer> peer(String key) {
        return peers.stream().filter(peer -> peer.key().equals(key)).findFirst();
    }

    /** Asks now: somebody needs a fresh witness; and once more a little later, as {@code last_seen} needs time to move. */
    public void lookSoon() {
        ask();
        if (!soon) {
            soon = true;
            loop.after(SOON.compareTo(interval) < 0 ? SOON : interval, () -> {
                soon = false;
                ask();
            });
        }
    }

    private void again() {
        if (!closed) {
            ask();
            loop.after(interval, this::again);
        }
    }

    private void ask() {
        if (asking || closed) {
            return;
        }
        asking = true;
        loop.bring(discovery.peers()).onComplete(result -> {
            asking = false;
            if (result.succeeded()) {
                peers = result.result().stream()
                        .sorted(Comparator.comparing(Peer::hostname).thenComparing(Peer::key))
                        .toList();
                if (warned) {
                    LOG.info("The mesh can be read again: {} peers", peers.size());
                }
                warned = false;
                onAnswer.run();
            } else if (!warned) {
                warned = true;
                LOG.warn(
                        "The mesh can't be read, and is tried again in silence: {}",
                        result.cause().getMessage());
            }
        });
    }
}
