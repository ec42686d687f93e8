package io.knit.testkit.sim.mesh;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.testkit.loop.EventQueue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A mesh as the daemon on the server's host tells of it. Each host is heard of every 5 or 10 s, as wg-mesh's hosts are, and stamped by the clock of the server's
 * host; the daemon may hear nothing of some, be away, be slow, or have been started anew, and then knows nobody, or only what it wrote down long before. What it
 * heard in truth, and what it told of that, is kept beside it.
 */
public final class SimulatedMesh implements Discovery {
    private static final Duration REMEMBERED = Duration.ofMinutes(2);
    /** Who was not heard of for so long is left out, as wg-mesh does. */
    private static final Duration LISTED = Duration.ofMinutes(5);

    private static final int ANSWER_MILLIS = 100;

    private final EventQueue queue;
    private final RandomGenerator random;
    private final Supplier<Duration> clockError;
    private final Map<String, Member> members = new TreeMap<>();
    private final Set<String> unheard = new TreeSet<>();
    private boolean away;
    private Instant wellSince = Instant.MIN;
    /** Which server asks, counted. */
    private int asker;

    private Duration slowest = Duration.ofMillis(ANSWER_MILLIS);

    /** @param clockError how far the clock of the server's host is ahead of the queue's, asked at each stamp */
    public SimulatedMesh(EventQueue queue, RandomGenerator random, Supplier<Duration> clockError) {
        this.queue = queue;
        this.random = random;
        this.clockError = clockError;
    }

    private static final class Member {
        private final Peer peer;
        private final Duration every;
        /** When it was heard of in truth, the last two minutes. */
        private final List<Instant> heard = new ArrayList<>();
        /** What the daemon tells; null: nothing. */
        private @Nullable Stamp present;
        /** What it wrote down once. */
        private @Nullable Stamp written;
        /** The newest true hearing of which the present server was told, and when it was. */
        private @Nullable Hearing told;

        Member(Peer peer, Duration every) {
            this.peer = peer;
            this.every = every;
        }
    }

    /**
     * @param heard when it was in truth
     * @param lastSeen when it was by the clock
     */
    private record Stamp(Instant heard, Instant lastSeen) {}

    /** A host was heard of, and the server was told so. */
    record Hearing(Instant heard, Instant told) {}

    /** A host whose agent is told by its own daemon that it is this peer. */
    public void join(String host, Peer peer) {
        Member member = new Member(peer, Duration.ofSeconds(random.nextBoolean() ? 5 : 10));
        members.put(host, member);
        queue.after(within(member.every), () -> hear(host, member));
    }

    private void hear(String host, Member member) {
        if (!unheard.contains(host)) {
            Instant now = queue.now();
            member.heard.removeIf(it -> it.isBefore(now.minus(REMEMBERED)));
            member.heard.add(now);
            stamp(member);
        }
        // never quite as often as it is meant to be
        queue.after(member.every.plusMillis(random.nextInt(200)), () -> hear(host, member));
    }

    private void stamp(Member member) {
        member.present = new Stamp(queue.now(), clock());
        if (member.written == null || random.nextInt(6) == 0) {
            member.written = member.present;
        }
    }

    /** Hears nothing of the host until {@link #hearAgain}. */
    public void lose(String host) {
        unheard.add(host);
    }

    public void hearAgain(String host) {
        unheard.remove(host);
    }

    /** Whether it gives no answers. */
    void setAway(boolean away) {
        wellSince = queue.now();
        this.away = away;
    }

    /** It takes up to so long for an answer. */
    void setSlowest(Duration slowest) {
        // what was asked of a slow one comes late, and is not asked twice
        wellSince = queue.now().plus(slowest);
        this.slowest = slowest;
    }

    void hasten() {
        wellSince = queue.now().plus(slowest);
        slowest = Duration.ofMillis(ANSWER_MILLIS);
    }

    /** It is started anew, and knows nobody before it heard of him. */
    void forget() {
        wellSince = queue.now();
        members.values().forEach(member -> member.present = null);
    }

    /** It is started anew with what it wrote down once, and knows everybody as of then. */
    void goBack() {
        wellSince = queue.now();
        members.values().forEach(member -> member.present = member.written);
    }

    /** No faults any more. */
    public void calm() {
        unheard.clear();
        away = false;
        wellSince = queue.now().plus(slowest);
        slowest = Duration.ofMillis(ANSWER_MILLIS);
    }

    /** The server ended: the next was told nothing, also by what the last one had asked for. */
    public void serverDied() {
        asker++;
        members.values().forEach(member -> member.told = null);
    }

    /** When a host was heard of in truth, the last two minutes. */
    List<Instant> heard(String host) {
        Member member = members.get(host);
        return member == null ? List.of() : member.heard;
    }

    Optional<Hearing> told(String host) {
        return Optional.ofNullable(members.get(host)).map(member -> member.told);
    }

    /** Whether it answered soon all the time, and told what it had heard. */
    boolean isWellSince(Instant moment) {
        boolean isWell = !away && slowest.toMillis() <= ANSWER_MILLIS;
        return isWell && wellSince.isBefore(moment);
    }

    @Override
    public Future<List<Peer>> peers() {
        Promise<List<Peer>> answer = Promise.promise();
        int asks = asker;
        queue.after(within(slowest), () -> {
            if (away) {
                answer.fail(new KnitException(ErrorCode.DISCOVERY_UNAVAILABLE, "the mesh's daemon is away"));
            } else {
                answer.complete(tell(asks == asker));
            }
        });
        return answer.future();
    }

    /** @param toPresent whether who asked is still there */
    private List<Peer> tell(boolean toPresent) {
        List<Peer> peers = new ArrayList<>();
        for (Member member : members.values()) {
            Stamp present = member.present;
            if (present == null || present.heard().isBefore(queue.now().minus(LISTED))) {
                continue;
            }
            boolean isNews = member.told == null || member.told.heard().isBefore(present.heard());
            if (isNews && toPresent) {
                member.told = new Hearing(present.heard(), queue.now());
            }
            Peer peer = member.peer;
            peers.add(
                    random.nextInt(peers.size() + 1),
                    new Peer(peer.key(), peer.hostname(), peer.meshIp(), present.lastSeen(), peer.routableNetworks()));
        }
        return peers;
    }

    private Instant clock() {
        return queue.now().plus(clockError.get());
    }

    @Override
    public Future<Optional<Peer>> self() {
        return Future.succeededFuture(Optional.empty());
    }

    private Duration within(Duration length) {
        return Duration.ofNanos(random.nextLong(length.toNanos()));
    }
}
