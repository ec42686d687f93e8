package io.knit.core.server.alive;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.Loop;
import io.knit.core.rules.IpAddress;
import io.knit.core.server.agenda.Agenda;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the discovery now and then. A discovery that fails is warned of once, then asked again in silence. Loop-bound, but for what it knows already. */
public final class MeshWatch {
    private static final Logger LOG = LoggerFactory.getLogger(MeshWatch.class);
    /** Its answer is there before a suspect node is judged down, 5 s later by default. */
    private static final Duration SOON = Duration.ofSeconds(4);

    /** Who was not told of for so long is forgotten; much longer than anybody is waited for. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    /** A clock that went so much otherwise than time was set, and what is stamped by so much more than it says is of another clock. */
    private static final Duration SET = Duration.ofSeconds(1);

    private static final String NEXT = "mesh";
    private static final String AND_SOON = "mesh again";

    private final Loop loop;
    private final Agenda agenda;
    private final Discovery discovery;
    private final Duration interval;
    private volatile Mesh mesh = Mesh.of(List.of());
    /** By a peer's key; never changed once it stands here. */
    private volatile Map<String, Sighting> sightings = Map.of();

    /** When it was last asked and answered; null: never. */
    private volatile @Nullable Duration answered;

    /** What this host's clock said when {@code elapsed} began, as it was with the last answer; null: there was none. */
    private @Nullable Instant clock;

    private Runnable onAnswer = () -> {};
    private boolean warned;
    private boolean asking;
    private Duration asked = Duration.ZERO;
    private boolean closed;

    public MeshWatch(Loop loop, Agenda agenda, Discovery discovery, Duration interval) {
        this.loop = loop;
        this.agenda = agenda;
        this.discovery = discovery;
        this.interval = interval;
    }

    public void start() {
        ask();
        agenda.after(NEXT, interval, this::again);
    }

    public void close() {
        closed = true;
        agenda.cancel(NEXT);
        agenda.cancel(AND_SOON);
    }

    /** Called after each answer of the mesh; to be set before the start. */
    public void onAnswer(Runnable listener) {
        onAnswer = listener;
    }

    /** The peers of the last answer, by name and address. Any thread. */
    public List<Peer> peers() {
        return mesh.peers();
    }

    /** The one of that key. Any thread. */
    public Optional<Peer> peer(String key) {
        return Optional.ofNullable(mesh.byKey().get(key));
    }

    /** Whether there was ever an answer. Any thread. */
    boolean isAnswered() {
        return answered != null;
    }

    /**
     * When the mesh last heard of a peer, by the loop's {@code elapsed}; empty: it never did, as far as is known. The mesh tells a time of the day, of a clock
     * that may be set at any moment; so what counts is that it moved since the answer before, and how long before this answer that clock says it was. Any thread.
     */
    public Optional<Duration> heardOf(String key) {
        return Optional.ofNullable(sightings.get(key)).map(Sighting::at);
    }

    /** Whose the address is, as the mesh says. */
    public Optional<Peer> owner(@Nullable String meshIp) {
        return meshIp == null
                ? Optional.empty()
                : Optional.ofNullable(mesh.byIp().get(IpAddress.spelled(meshIp)));
    }

    /**
     * @param lastSeen as the mesh told it
     * @param at when the host was heard of, and {@code told} when the mesh last said so, both by the loop's {@code elapsed}
     * @param ahead whether that was a time to come by this host's clock
     */
    private record Sighting(Instant lastSeen, Duration at, Duration told, boolean ahead) {}

    private void look(List<Peer> peers) {
        Duration now = loop.elapsed();
        Instant zero = loop.now().minus(now);
        boolean isSet = clock == null || Duration.between(clock, zero).abs().compareTo(SET) > 0;
        clock = zero;
        // who is missing was heard of all the same: a mesh that was started anew knows nobody yet
        Map<String, Sighting> next = new HashMap<>(sightings);
        next.values().removeIf(it -> it.told().plus(REMEMBERED).compareTo(now) < 0);
        for (Peer peer : peers) {
            Instant lastSeen = peer.lastSeen();
            if (lastSeen != null) {
                next.put(peer.key(), sighting(sightings.get(peer.key()), lastSeen, now, isSet));
            }
        }
        sightings = next;
        answered = now;
    }

    /** @param isSet whether this host's clock was set since the answer before */
    private Sighting sighting(@Nullable Sighting before, Instant lastSeen, Duration now, boolean isSet) {
        Duration since = Duration.between(lastSeen, loop.now());
        boolean ahead = since.plus(SET).isNegative();
        if (before != null && before.lastSeen().equals(lastSeen)) {
            return new Sighting(lastSeen, before.at(), now, ahead);
        }
        // of a mesh that was started anew with what it wrote down when the clock was ahead; a mesh whose clock always
        // is means what it says
        if (before != null && ahead && !before.ahead() && !isSet) {
            return new Sighting(lastSeen, before.at(), now, true);
        }
        Duration ago = since.isNegative() ? Duration.ZERO : since;
        if (before == null) {
            return new Sighting(lastSeen, now.minus(ago), now, ahead);
        }
        // what went back is of a clock that was set back, and right by it, or of a mesh that was started anew and is no
        // news
        Duration unheard = now.minus(before.told());
        boolean isLong = ago.compareTo(unheard) > 0 && lastSeen.isAfter(before.lastSeen());
        Duration at = now.minus(isLong ? unheard : ago);
        return new Sighting(lastSeen, at.compareTo(before.at()) > 0 ? at : before.at(), now, ahead);
    }

    /** The last answer, and where to find each of it: every heartbeat asks. */
    private record Mesh(List<Peer> peers, Map<String, Peer> byKey, Map<String, Peer> byIp) {
        static Mesh of(List<Peer> peers) {
            Map<String, Peer> byKey = new HashMap<>();
            Map<String, Peer> byIp = new HashMap<>();
            for (Peer peer : peers) {
                byKey.putIfAbsent(peer.key(), peer);
                byIp.putIfAbsent(IpAddress.spelled(peer.meshIp()), peer);
            }
            return new Mesh(peers, byKey, byIp);
        }
    }

    /** Asks now, unless it was asked since that moment, by the loop's {@code elapsed}. */
    void lookSince(Duration moment) {
        if (asked.compareTo(moment) < 0) {
            ask();
        }
    }

    /** Asks now: somebody needs a fresh witness; and once more a little later, as {@code last_seen} needs time to move. */
    public void lookSoon() {
        ask();
        Duration soon = SOON.compareTo(interval) < 0 ? SOON : interval;
        agenda.atLatest(AND_SOON, loop.elapsed().plus(soon), this::ask);
    }

    private void again() {
        if (!closed) {
            ask();
            agenda.after(NEXT, interval, this::again);
        }
    }

    private void ask() {
        if (asking || closed) {
            return;
        }
        asking = true;
        asked = loop.elapsed();
        loop.bring(discovery.peers()).onComplete(result -> {
            asking = false;
            if (result.succeeded()) {
                mesh = Mesh.of(result.result().stream()
                        .sorted(Comparator.comparing(Peer::hostname).thenComparing(Peer::key))
                        .toList());
                look(mesh.peers());
                if (warned) {
                    LOG.info(
                            "The mesh can be read again: {} peers", mesh.peers().size());
                }
                warned = false;
                onAnswer.run();
            } else if (!warned) {
                warned = true;
                LOG.warn(
                        "Works without a mesh until it can be read, and looks again in silence: {}",
                        result.cause().getMessage());
            }
        });
    }
}
