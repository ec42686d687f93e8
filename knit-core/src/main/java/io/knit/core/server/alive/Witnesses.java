package io.knit.core.server.alive;

import io.knit.api.ServerTiming;
import io.knit.api.model.Absence;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeJudgement.Witness;
import io.knit.api.model.NodeState;
import io.knit.api.model.Peer;
import io.knit.api.model.Testimony;
import io.knit.api.spi.Durations;
import io.knit.api.spi.loop.Loop;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the witnesses what they say of a node now; nothing of it is stored. Thread-safe. */
public final class Witnesses {
    private final Loop loop;
    private final ServerTiming timing;
    private final Supplier<Instant> served;
    private final Heard heard;
    private final MeshWatch mesh;

    Witnesses(Loop loop, ServerTiming timing, Supplier<Instant> served, Heard heard, MeshWatch mesh) {
        this.loop = loop;
        this.timing = timing;
        this.served = served;
        this.heard = heard;
        this.mesh = mesh;
    }

    /** Of a node of this cluster. */
    public Liveness of(Node node) {
        Duration now = loop.elapsed();
        Instant clock = loop.now();
        List<Testimony> all = new ArrayList<>();
        Testimony heartbeats = heartbeats(node.id(), now, clock);
        all.add(heartbeats);
        Duration closed = heard.closed(node.id());
        if (closed != null) {
            Duration ago = ago(closed, now);
            all.add(new Testimony(
                    Witness.CONNECTION,
                    false,
                    whole(clock.minus(ago)),
                    "its connection closed " + words(ago) + " ago"));
        }
        Testimony host = host(node, now, heartbeats.alive());
        if (host != null) {
            all.add(host);
        }
        boolean silent = node.state() == NodeState.SUSPECT || node.state() == NodeState.DOWN;
        return new Liveness(all, silent ? absence(node, now, clock) : null, heard.clock(node.id()));
    }

    private Testimony heartbeats(String id, Duration now, Instant clock) {
        Duration last = heard.heartbeat(id);
        if (last == null) {
            String listens = words(ago(heard.listening(), now));
            return new Testimony(
                    Witness.HEARTBEAT,
                    false,
                    null,
                    "no heartbeat since this server began to listen " + listens + " ago");
        }
        Duration ago = ago(last, now);
        boolean alive = ago(heard.silent(id), now).compareTo(timing.suspectAfter()) < 0;
        return new Testimony(
                Witness.HEARTBEAT,
                alive,
                whole(clock.minus(ago)),
                alive ? "heartbeat " + words(ago) + " ago" : "no heartbeat for " + words(ago));
    }

    /** Null: nobody knows who that would be on a mesh, or no mesh was ever asked. */
    private @Nullable Testimony host(Node node, Duration now, boolean heartbeats) {
        String key = node.meshKey();
        if (key == null || !mesh.isAnswered()) {
            return null;
        }
        Peer peer = mesh.peer(key).orElse(null);
        Duration last = mesh.heardOf(key).orElse(null);
        Instant at = peer == null ? null : peer.lastSeen();
        // one that is missing now was heard of all the same
        if (last == null) {
            return new Testimony(
                    Witness.MESH,
                    false,
                    null,
                    peer == null ? "the mesh does not know the host" : "the mesh never heard of the host");
        }
        String ago = words(ago(last, now));
        return heartbeats || isHeardSince(node, last)
                ? new Testimony(Witness.MESH, true, at, "the mesh heard of the host " + ago + " ago")
                : new Testimony(
                        Witness.MESH,
                        false,
                        at,
                        "the mesh heard of the host " + ago + " ago, and not since its heartbeats stopped");
    }

    private boolean isHeardSince(Node node, Duration last) {
        return last.compareTo(heard.silent(node.id()).plus(timing.connectionLostAfter())) > 0;
    }

    private @Nullable Absence absence(Node node, Duration now, Instant clock) {
        boolean onMesh = node.meshKey() != null
                && mesh.heardOf(node.meshKey())
                        .filter(last -> isHeardSince(node, last))
                        .isPresent();
        if (node.state() == NodeState.DOWN) {
            Instant since = node.judgement().silentSince();
            return since == null
                    ? null
                    : new Absence(
                            whole(clock.minus(Duration.between(since, served.get()))),
                            whole(node.judgement().since()),
                            onMesh);
        }
        Duration last = heard.silent(node.id());
        Duration wait = onMesh ? timing.downThoughAlive() : timing.downAfter();
        Instant since = clock.minus(ago(last, now));
        return new Absence(whole(since), whole(since.plus(wait)), onMesh);
    }

    private static Duration ago(Duration then, Duration now) {
        return then.compareTo(now) < 0 ? now.minus(then) : Duration.ZERO;
    }

    private static Instant whole(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String words(Duration ago) {
        return ago.toSeconds() < 120 ? ago.toSeconds() + " s" : Durations.text(Duration.ofSeconds(ago.toSeconds()));
    }
}
