package io.knit.testkit.sim.host;

import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.transport.Network;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** A network that loses, doubles, delays and therefore reorders, and of which hosts can be cut off without noticing. */
public final class SimulatedNetwork implements Network {
    private static final String HEARTBEAT = "knit.agent.heartbeat.";
    private static final long LATENCY_MICROS = 2_000;
    private static final long MOST_LATE_MICROS = 6_000_000;

    private final EventQueue queue;
    private final RandomGenerator random;
    private final Trace trace;
    private final Set<String> silent = new TreeSet<>();
    private final Unanswered silences;
    private BooleanSupplier serves = () -> true;
    private Heartbeats heartbeats = Heartbeats.NOBODY;
    private double lost;
    private double doubled;
    private double late;

    /** When the last came, by who sent it to whom on which stream's subject, in microseconds. */
    private final Map<String, Long> streamed = new HashMap<>();

    public SimulatedNetwork(EventQueue queue, RandomGenerator random, Trace trace) {
        this.queue = queue;
        this.random = random;
        this.trace = trace;
        this.silences = new Unanswered(queue.now());
    }

    /** How large a part of the messages is lost, doubled and late from now on: each 0–1. */
    public void weather(double lost, double doubled, double late) {
        this.lost = lost;
        this.doubled = doubled;
        this.late = late;
    }

    /** What it sends vanishes from now on, and its connection seems to stand. */
    public void silence(String name, boolean fromIt, boolean toIt) {
        if (fromIt) {
            silent.add(name + ">");
        }
        if (toIt) {
            silent.add(">" + name);
        }
    }

    public void hear(String name) {
        silent.remove(name + ">");
        silent.remove(">" + name);
    }

    /** No faults any more; what is late still arrives. */
    public void calm() {
        silent.clear();
        weather(0, 0, 0);
    }

    /** Whether a server is there that gives answers: one that starts, or was killed since, gives none that count. */
    public void serves(BooleanSupplier now) {
        serves = now;
    }

    /** Who wants to know of heartbeats. */
    public interface Heartbeats {
        Heartbeats NOBODY = new Heartbeats() {
            @Override
            public void arrived(String host, Instant sent, boolean late) {}

            @Override
            public void answered(String host, Instant sent) {}
        };

        /** The one that was sent then came to the server's process. */
        void arrived(String host, Instant sent, boolean late);

        /** The server's process answers the one that was sent then: one that stood still answers the oldest first. */
        void answered(String host, Instant sent);
    }

    public void listen(Heartbeats listener) {
        heartbeats = listener;
    }

    /** The longest time of the last minute for which a host's agent had no answer of a server; it may go on. */
    public Duration silenceOf(String host) {
        return silences.of(host, queue.now());
    }

    @Override
    public void carry(String from, String to, String subject, Runnable arrive) {
        carry(from, to, subject, () -> {}, arrive);
    }

    @Override
    public void answer(String from, String to, String subject, Duration ago, Runnable arrive) {
        Instant sent = queue.now().minus(ago);
        boolean counts = subject.startsWith(HEARTBEAT) && from.equals(SimulatedServer.NAME);
        if (counts) {
            heartbeats.answered(to, sent);
        }
        Runnable seen = () -> {
            if (counts && serves.getAsBoolean()) {
                silences.answered(to, sent, queue.now());
            }
        };
        carry(from, to, subject, seen, arrive);
    }

    /** @param prompt to be run before each arrival that is not late: what comes late may come to nobody */
    private void carry(String from, String to, String subject, Runnable prompt, Runnable arrive) {
        boolean cut = silent.contains(from + ">") || silent.contains(">" + to);
        if (cut || random.nextDouble() < lost) {
            trace.add(from, "lost on the way to " + to + ": " + subject);
            return;
        }
        deliver(from, to, subject, prompt, arrive);
        if (random.nextDouble() < doubled) {
            deliver(from, to, subject + " (again)", prompt, arrive);
        }
    }

    private void deliver(String from, String to, String subject, Runnable prompt, Runnable arrive) {
        Instant sent = queue.now();
        long micros = 100 + random.nextLong(LATENCY_MICROS);
        boolean isLate = random.nextDouble() < late;
        if (isLate) {
            micros += random.nextLong(random.nextInt(10) == 0 ? 10 * MOST_LATE_MICROS : MOST_LATE_MICROS);
        }
        // what is sent on one stream's subject arrives in its order, as from a broker
        long at = micros;
        if (subject.startsWith("knit.stream.")) {
            long now = queue.now().getEpochSecond() * 1_000_000 + queue.now().getNano() / 1_000;
            String line = from + ">" + to + " " + subject;
            long last = streamed.getOrDefault(line, 0L);
            at = Math.max(micros, last + 1 - now);
            streamed.put(line, now + at);
        }
        queue.after(Duration.ofNanos(at * 1000), () -> {
            trace.add(to, (isLate ? "late from " : "from ") + from + ": " + subject);
            if (subject.startsWith(HEARTBEAT) && to.equals(SimulatedServer.NAME)) {
                heartbeats.arrived(from, sent, isLate);
            }
            if (!isLate) {
                prompt.run();
            }
            arrive.run();
        });
    }
}
