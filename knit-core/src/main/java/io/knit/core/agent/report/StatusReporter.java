package io.knit.core.agent.report;

import io.knit.api.AgentTiming;
import io.knit.api.error.KnitException;
import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PullProgress;
import io.knit.api.model.StartTimes;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.core.agent.fetch.Asking;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.StatusAck;
import io.knit.core.wire.StatusReport;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest status of each instance and sends it until the server has it. Only on the loop.
 *
 * <p>Several reports may be under way at once, so that a lost one does not hold up newer statuses.
 */
public final class StatusReporter {
    private static final int MOST_PER_REPORT = 200;
    private static final int MOST_WORDS = 1000;
    /** About what a status takes on the wire without its reason. */
    private static final int BESIDE_WORDS = 250;

    private final Loop loop;
    private final Asking asking;
    private final AgentTiming timing;
    private final String node;
    private final String identity;
    private final Consumer<String> malformed;
    private final Map<String, Entry> entries = new TreeMap<>();
    private @Nullable String cluster;
    private boolean flushing;
    /** Something waits until less is under way. */
    private boolean held;

    private boolean stopped;

    /**
     * @param malformed told of each answer that could not be used
     */
    public StatusReporter(
            Loop loop,
            Transport transport,
            AgentTiming timing,
            String node,
            String identity,
            Consumer<String> malformed) {
        this.loop = loop;
        this.asking = new Asking(loop, transport, timing.requestTimeout());
        this.timing = timing;
        this.node = node;
        this.identity = identity;
        this.malformed = malformed;
    }

    /** From now on reports go to this cluster's server. */
    public void joined(String cluster) {
        this.cluster = cluster;
        flushSoon();
    }

    /** The newest status of an instance; nothing happens if it is the one already given. */
    public void status(
            String instance,
            InstanceState state,
            String reason,
            int restarts,
            boolean failing,
            Health health,
            StartTimes start,
            @Nullable Integer exitCode) {
        // the cause stands last
        String words = reason.length() <= MOST_WORDS ? reason : "…" + reason.substring(reason.length() - MOST_WORDS);
        Entry entry = entries.computeIfAbsent(instance, key -> new Entry());
        Said said = new Said(state, words, restarts, failing, health, start, exitCode, null);
        if (state != InstanceState.RUNNING || failing) {
            // the next run of its container may have another
            entry.address = null;
        }
        if (entry.newest == null || !said.equals(entry.newest.pulling(null))) {
            put(entry, said);
        }
    }

    /** How far the pull of an instance's image has come, until its next other status; nothing happens if it has none yet. */
    public void pulling(String instance, PullProgress progress) {
        Entry entry = entries.get(instance);
        if (entry != null && entry.newest != null && !progress.equals(entry.newest.pull())) {
            put(entry, entry.newest.pulling(progress));
        }
    }

    private void put(Entry entry, Said said) {
        entry.newest = said;
        anew(entry);
    }

    /** It is to be said, for it is another than before. */
    private void anew(Entry entry) {
        entry.seq = Math.max(entry.seq + 1, loop.now().toEpochMilli());
        entry.acked = false;
        entry.dueAt = null;
        flushSoon();
    }

    /** What an instance of which a status was given wrote last before it failed. */
    public void lastOutput(String instance, String text) {
        Entry entry = entries.get(instance);
        if (entry == null || entry.newest == null || entry.last || text.equals(entry.lastOutput)) {
            return;
        }
        entry.lastOutput = text;
        anew(entry);
    }

    /** Where others reach the container of an instance that does its work, until its next status that says otherwise; nothing happens if that is known. */
    public void address(String instance, String address) {
        Entry entry = entries.get(instance);
        if (entry == null || entry.newest == null || entry.last || address.equals(entry.address)) {
            return;
        }
        if (entry.newest.state() == InstanceState.RUNNING && !entry.newest.failing()) {
            entry.address = address;
            anew(entry);
        }
    }

    /** Nothing more will be said of this instance: it need not be remembered once the server has its last status. */
    public void last(String instance) {
        Entry entry = entries.get(instance);
        if (entry != null && entry.acked) {
            entries.remove(instance);
        } else if (entry != null) {
            entry.last = true;
        }
    }

    /** Sends all that is not acknowledged at once: the server is there again. */
    public void connected() {
        entries.values().forEach(entry -> {
            entry.dueAt = null;
            // what was on its way then is mostly lost, and on a slow link waited for longest
            entry.underWay = 0;
        });
        flushSoon();
    }

    /** Sends all anew: the server was started, perhaps from a backup that is older than its acknowledgements. */
    public void again() {
        entries.values().forEach(entry -> entry.acked = false);
        connected();
    }

    /** How many statuses the server does not have yet. */
    public int waiting() {
        return (int) entries.values().stream().filter(entry -> !entry.acked).count();
    }

    public void stop() {
        stopped = true;
    }

    private void flushSoon() {
        if (!flushing && !stopped) {
            flushing = true;
            loop.execute(() -> {
                flushing = false;
                flush();
            });
        }
    }

    private void flush() {
        if (stopped || cluster == null) {
            return;
        }
        List<InstanceStatus> batch = new ArrayList<>();
        int size = 0;
        Duration now = loop.elapsed();
        held = false;
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            Entry entry = each.getValue();
            if (!entry.isDue(now)) {
                continue;
            }
            if (asking.isFull()) {
                // what is under way makes room when it is answered, or given up
                held = true;
                break;
            }
            InstanceStatus status = entry.toStatus(each.getKey());
            batch.add(status);
            size += BESIDE_WORDS + status.reason().length();
            size += status.lastOutput() == null ? 0 : status.lastOutput().length();
            if (batch.size() == MOST_PER_REPORT || size >= asking.bytes()) {
                send(cluster, batch);
                batch = new ArrayList<>();
                size = 0;
            }
        }
        if (!batch.isEmpty()) {
            send(cluster, batch);
        }
    }

    private void send(String to, List<InstanceStatus> batch) {
        Duration sentAt = loop.elapsed();
        batch.forEach(status -> entryOf(status).underWay = status.seq());
        byte[] report = WireCodec.encode(new StatusReport(WireCodec.VERSION, to, node, identity, batch));
        asking.ask(Subjects.status(node), report).onComplete(answer -> {
            batch.forEach(status -> landed(status, sentAt));
            if (answer.succeeded()) {
                acknowledged(answer.result(), to);
            }
            if (batch.stream().anyMatch(status -> isOpen(status.instance()))) {
                resendAfter(sentAt);
            }
            if (held) {
                flushSoon();
            }
        });
    }

    private void landed(InstanceStatus status, Duration sentAt) {
        Entry entry = entries.get(status.instance());
        if (entry != null && entry.underWay == status.seq()) {
            entry.underWay = 0;
            if (entry.seq == status.seq()) {
                entry.dueAt = sentAt.plus(timing.statusResend());
            }
        }
    }

    private void acknowledged(byte[] answer, String to) {
        try {
            StatusAck ack = WireCodec.decode(answer, StatusAck.class);
            if (!to.equals(ack.cluster())) {
                malformed.accept("an acknowledgement of another cluster");
                return;
            }
            for (StatusAck.Acked acked : Objects.requireNonNull(ack.acked())) {
                acknowledged(acked);
            }
        } catch (KnitException | NullPointerException e) {
            malformed.accept("an acknowledgement that can't be read");
        }
    }

    private void acknowledged(StatusAck.Acked acked) {
        Entry entry = entries.get(acked.instance());
        if (entry == null || acked.seq() < entry.seq) {
            return;
        }
        if (acked.seq() > entry.seq) {
            // the server knows a later number than this clock gives: it took ours for an old one
            entry.seq = acked.seq() + 1;
            entry.acked = false;
            entry.dueAt = null;
            return;
        }
        entry.acked = true;
        if (entry.last) {
            entries.remove(acked.instance());
        }
    }

    private void resendAfter(Duration sentAt) {
        Duration now = loop.elapsed();
        Duration left = sentAt.plus(timing.statusResend()).minus(now);
        boolean dueNow = entries.values().stream().anyMatch(entry -> entry.isDue(now));
        if (dueNow || left.isNegative() || left.isZero()) {
            flushSoon();
        }
        if (!left.isNegative() && !left.isZero()) {
            loop.after(left, this::flushSoon);
        }
    }

    private boolean isOpen(String instance) {
        Entry entry = entries.get(instance);
        return entry != null && !entry.acked;
    }

    private Entry entryOf(InstanceStatus status) {
        return entries.computeIfAbsent(status.instance(), key -> new Entry());
    }

    private record Said(
            InstanceState state,
            String reason,
            int restarts,
            boolean failing,
            Health health,
            StartTimes start,
            @Nullable Integer exitCode,
            @Nullable PullProgress pull) {
        Said pulling(@Nullable PullProgress progress) {
            return new Said(state, reason, restarts, failing, health, start, exitCode, progress);
        }
    }

    private static final class Entry {
        @Nullable
        Said newest;

        @Nullable
        String lastOutput;

        @Nullable
        String address;

        long seq;
        /** The highest number of this instance in a report that is not answered yet; 0: none. */
        long underWay;
        /** When to send it again, by {@link Loop#elapsed}; null: at once. */
        @Nullable
        Duration dueAt;

        boolean acked;
        boolean last;

        boolean isDue(Duration now) {
            return newest != null && !acked && underWay != seq && (dueAt == null || now.compareTo(dueAt) >= 0);
        }

        InstanceStatus toStatus(String instance) {
            Said said = Objects.requireNonNull(newest);
            return new InstanceStatus(
                    instance,
                    seq,
                    said.state(),
                    said.reason(),
                    said.restarts(),
                    said.failing(),
                    said.health(),
                    said.start(),
                    said.exitCode(),
                    said.pull(),
                    lastOutput,
                    address);
        }
    }
}
