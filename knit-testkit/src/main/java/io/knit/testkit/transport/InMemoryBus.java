package io.knit.testkit.transport;

import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A message bus in memory, with an endpoint for each server and agent. Over a plain loop messages arrive soon, once and in order; over a
 * {@link Network} as that pleases. Thread-safe where its loop is.
 */
public final class InMemoryBus {
    private final Loop loop;
    private final Network network;
    private final List<InMemoryTransport> endpoints = new ArrayList<>();
    private final Set<String> cut = new HashSet<>();
    private boolean down;

    /** A bus without losses, which delivers on this loop. */
    public InMemoryBus(Loop loop) {
        this(loop, (from, to, subject, arrive) -> loop.execute(arrive));
    }

    /** A bus over a network of which it can't be sure. */
    public InMemoryBus(Loop loop, Network network) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.network = Objects.requireNonNull(network, "network");
    }

    /**
     * A new endpoint.
     *
     * @param name of the server or agent; several endpoints may have one name, as a restarted process has its predecessor's
     */
    public InMemoryTransport connect(String name) {
        InMemoryTransport endpoint = new InMemoryTransport(this, Objects.requireNonNull(name, "name"));
        synchronized (this) {
            endpoints.add(endpoint);
        }
        refresh();
        return endpoint;
    }

    /** Cuts the connection of every endpoint of this name until {@link #heal}; both sides notice. */
    public void cut(String name) {
        synchronized (this) {
            cut.add(name);
        }
        refresh();
    }

    public void heal(String name) {
        synchronized (this) {
            cut.remove(name);
        }
        refresh();
    }

    /** Stops the broker: every connection is lost. */
    public void stop() {
        setDown(true);
    }

    /** Starts the broker: every endpoint reconnects. */
    public void start() {
        setDown(false);
    }

    private void setDown(boolean down) {
        synchronized (this) {
            this.down = down;
        }
        refresh();
    }

    Loop loop() {
        return loop;
    }

    synchronized List<InMemoryTransport> connected() {
        return endpoints.stream().filter(InMemoryTransport::connected).toList();
    }

    void remove(InMemoryTransport endpoint) {
        synchronized (this) {
            endpoints.remove(endpoint);
        }
        tellPeers(endpoint, false);
    }

    void carry(InMemoryTransport from, InMemoryTransport to, String subject, Runnable arrive) {
        network.carry(from.name(), to.name(), subject, arrive);
    }

    /** @param sent when its question was, by the bus's loop */
    void answer(InMemoryTransport from, InMemoryTransport to, String subject, Duration sent, Runnable arrive) {
        network.answer(from.name(), to.name(), subject, loop.elapsed().minus(sent), arrive);
    }

    /** Brings every endpoint's connection to what it should be now. */
    private void refresh() {
        List<InMemoryTransport> all;
        Predicate<String> reachable;
        synchronized (this) {
            all = List.copyOf(endpoints);
            Set<String> unreachable = Set.copyOf(cut);
            boolean stopped = down;
            reachable = name -> !stopped && !unreachable.contains(name);
        }
        for (InMemoryTransport endpoint : all) {
            boolean stands = reachable.test(endpoint.name());
            if (endpoint.setConnected(stands)) {
                tellPeers(endpoint, stands);
            }
        }
    }

    private void tellPeers(InMemoryTransport about, boolean stands) {
        connected().stream().filter(peer -> peer != about).forEach(peer -> peer.tellPeer(about.name(), stands));
    }
}
