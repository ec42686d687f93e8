package io.knit.core.server.alive;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What heartbeats and connections told of nodes, and since when anybody listens, all by the loop's {@code elapsed}: a clock that is set says nothing about a
 * node. Written on the loop, read on any thread.
 */
final class Heard {
    private final Map<String, Duration> heartbeats = new ConcurrentHashMap<>();
    private final Map<String, Duration> closed = new ConcurrentHashMap<>();
    private final Map<String, Duration> clocks = new ConcurrentHashMap<>();
    private volatile Duration listening;

    Heard(Duration listening) {
        this.listening = listening;
    }

    /** Who was away has heard nobody meanwhile: nobody is silent for longer than since now. */
    void listenAnew(Duration now) {
        listening = now;
    }

    /** Since when nobody was away. */
    Duration listening() {
        return listening;
    }

    void heartbeat(String node, Duration at) {
        heartbeats.merge(node, at, Heard::later);
        closed.remove(node);
    }

    void opened(String node) {
        closed.remove(node);
    }

    void closed(String node, Duration at) {
        closed.put(node, at);
    }

    void clock(String node, Duration ahead) {
        clocks.put(node, ahead);
    }

    /** How far the clock of its agent is ahead of this server's; null: it was not told. */
    @Nullable
    Duration clock(String node) {
        return clocks.get(node);
    }

    void forget(String node) {
        clocks.remove(node);
        heartbeats.remove(node);
        closed.remove(node);
    }

    /** When a node spoke last; null: never since this server began to listen. */
    @Nullable
    Duration heartbeat(String node) {
        return heartbeats.get(node);
    }

    /** Since when a node is counted as silent, if it does not speak now. */
    Duration silent(String node) {
        Duration last = heartbeats.get(node);
        return last == null ? listening : later(last, listening);
    }

    /** Since when a node's connection counts as closed; null: it is not. */
    @Nullable
    Duration closed(String node) {
        Duration at = closed.get(node);
        return at == null ? null : later(at, listening);
    }

    private static Duration later(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
