package io.knit.core.agent.session;

import io.knit.api.AgentTiming;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Capacity;
import io.knit.api.model.Peer;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.DataDir;
import io.knit.core.agent.disk.Displaced;
import io.knit.core.agent.disk.KeptIdentity;
import io.knit.core.agent.fetch.Asking;
import io.knit.core.agent.fetch.AssignmentKeeper;
import io.knit.core.agent.fetch.DroppedMessages;
import io.knit.core.agent.fetch.TaskSubscriptions;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.InstanceIds;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.Prepared;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.Task;
import io.knit.core.wire.VolumeRemoval;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks with the server: heartbeats, their replies, tasks. Only on the loop.
 *
 * <p>It never waits for an answer: a heartbeat is sent when its time has come or something in it changed, whatever became of the
 * one before.
 */
public final class AgentSession {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);

    private static final int LONGEST_NOTICE = 2_000;

    private final Loop loop;
    private final Transport transport;
    private final AgentTiming timing;
    private final DroppedMessages dropped;
    private final SessionListener listener;
    private final Asking asking;
    private final AssignmentKeeper assignments;
    private final TaskSubscriptions tasks;
    private final KeptIdentity who;
    private final String troubleAtStart;
    private HostFacts facts;
    private final List<String> features;
    private Loop.@Nullable Timer timer;
    private final Silence silence = new Silence();
    private final ClockTelling clock;
    private List<Prepared> prepared = List.of();
    private List<String> leftovers = List.of();
    private List<VolumeRemoval> volumesGone = List.of();
    private boolean open;
    private boolean beatAsked;
    private boolean joined;
    private boolean stopped;
    private @Nullable Long serverSession;
    private String notice = "";
    private String awaits = "";
    private String ofIdentity = "";
    private String ofSet = "";

    public AgentSession(
            Loop loop,
            Transport transport,
            AgentTiming timing,
            DataDir dataDir,
            Kept kept,
            HostFacts facts,
            DroppedMessages dropped,
            SessionListener listener) {
        this.loop = loop;
        this.clock = new ClockTelling(loop);
        this.transport = transport;
        this.timing = timing;
        this.who = new KeptIdentity(loop, dataDir, timing.heartbeat(), kept.identity(), words -> disk(words, ofSet));
        this.troubleAtStart = kept.trouble();
        this.facts = facts;
        this.features = kept.features();
        this.dropped = dropped;
        this.listener = listener;
        this.asking = new Asking(loop, transport, timing.requestTimeout());
        this.assignments = new AssignmentKeeper(
                loop,
                transport,
                timing,
                dataDir,
                kept.set(),
                dropped,
                this::adopted,
                words -> disk(ofIdentity, words),
                kept.sealTo());
        this.tasks = new TaskSubscriptions(loop, transport, timing, this::onTask);
    }

    /**
     * What an agent starts with.
     *
     * @param trouble why its identity could not be written, or empty: it is
     * @param sealTo for what servers seal secrets; null: it reads none
     * @param features what it can do
     */
    public record Kept(
            AgentIdentity identity,
            AssignmentSet set,
            String trouble,
            @Nullable String sealTo,
            List<String> features) {}

    /** Listens, and speaks after {@link #open}. */
    public void start() {
        who.start(troubleAtStart);
        tasks.start(who.get().node());
        transport.onConnection(connected -> loop.execute(() -> {
            if (connected && !stopped) {
                clock.connected();
                beatSoon();
                listener.connected();
            }
        }));
    }

    /** Begins to send heartbeats; called when there is something to tell. May be called more than once. */
    public void open() {
        if (!open && !stopped) {
            open = true;
            beat();
        }
    }

    /** Says nothing any more and takes nothing in. */
    public void stop() {
        stopped = true;
        assignments.stop();
        who.stop();
        tasks.stop();
        if (timer != null) {
            timer.cancel();
        }
    }

    /** What the engine is, or why it is out of reach. */
    public void engine(String version, Capacity capacity, String condition) {
        change(old -> version.isEmpty()
                ? old.condition(condition)
                : old.engine(version, old.engineId(), capacity, condition));
    }

    /** Which engine it is; empty: it has no id. */
    public void engineId(String id) {
        change(old -> old.engine(old.engine(), id.isEmpty() ? null : id, old.capacity(), old.condition()));
    }

    /** What its containers run on; empty: not known. */
    public void platform(String os, String arch) {
        change(old -> old.platform(os, arch));
    }

    /** Why containers here can't ask this agent for names; empty: they can. */
    public void names(String fault) {
        change(old -> old.names(fault));
    }

    /** Who this host is on the mesh. */
    public void mesh(Optional<Peer> self) {
        change(old -> old.mesh(
                self.map(Peer::meshIp).orElse(null), self.map(Peer::key).orElse(null)));
    }

    /** What became of what was to be made ready. */
    public void prepared(List<Prepared> results) {
        if (!results.equals(prepared)) {
            prepared = List.copyOf(results);
            beatSoon();
        }
    }

    /** Deployments of which something is left here that goes with them. */
    public void leftovers(List<String> deployments) {
        if (!deployments.equals(leftovers)) {
            leftovers = List.copyOf(deployments);
            beatSoon();
        }
    }

    /** Volumes that were to go and are gone, or were not there. */
    public void volumesGone(List<VolumeRemoval> volumes) {
        if (!volumes.equals(volumesGone)) {
            volumesGone = List.copyOf(volumes);
            beatSoon();
        }
    }

    public HostFacts facts() {
        return facts;
    }

    private void change(UnaryOperator<HostFacts> how) {
        HostFacts next = how.apply(facts);
        if (!next.equals(facts)) {
            facts = next;
            beatSoon();
        }
    }

    /** Several changes of one moment make one heartbeat. */
    private void beatSoon() {
        if (open && !beatAsked) {
            beatAsked = true;
            loop.execute(() -> {
                beatAsked = false;
                beat();
            });
        }
    }

    private void beat() {
        if (stopped) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timer = loop.after(timing.heartbeat(), this::beat);
        Duration sent = loop.elapsed();
        asking.ask(Subjects.heartbeat(who.get().node()), WireCodec.encode(heartbeat(null)))
                .onSuccess(answer -> {
                    silence.broken();
                    answered(answer, sent);
                })
                .onFailure(silence::heard);
    }

    /** Tells the server, after a refusal, how many containers were removed for it. It is one message, and no harm if it is lost. */
    public Future<Void> lastWord(int removed) {
        return asking.ask(Subjects.heartbeat(who.get().node()), WireCodec.encode(heartbeat(removed)))
                .mapEmpty();
    }

    private Heartbeat heartbeat(@Nullable Integer removed) {
        AssignmentSet set = assignments.held();
        return new Heartbeat(
                WireCodec.VERSION,
                who.get().cluster(),
                who.get().node(),
                who.get().identity(),
                who.get().session(),
                facts.hostname(),
                facts.labels(),
                facts.capacity().cpus(),
                facts.capacity().memoryBytes(),
                facts.engine(),
                facts.agentVersion(),
                facts.meshIp(),
                facts.meshKey(),
                set.revision(),
                set.known() ? set.digest() : "",
                facts.condition(),
                features,
                prepared.isEmpty() ? null : prepared,
                facts.engineId(),
                removed,
                Speaks.OURS,
                orNull(facts.os()),
                orNull(facts.arch()),
                facts.gpus() == 0 ? null : facts.gpus(),
                facts.reserve(),
                facts.allows().isEmpty() ? null : facts.allows(),
                leftovers.isEmpty() ? null : leftovers,
                volumesGone.isEmpty() ? null : volumesGone,
                orNull(facts.namesFault()),
                facts.containerSubnets().isEmpty() ? null : facts.containerSubnets(),
                clock.next());
    }

    private static @Nullable String orNull(String told) {
        return told.isEmpty() ? null : told;
    }

    private void answered(byte[] answer, Duration sent) {
        if (stopped) {
            return;
        }
        HeartbeatReply reply;
        try {
            reply = WireCodec.decode(answer, HeartbeatReply.class);
        } catch (KnitException e) {
            dropped.drop("an answer to the heartbeat that can't be read");
            return;
        }
        if (reply.cluster() == null
                // it becomes a label's value and stands on disk
                || !InstanceIds.isId(reply.cluster())) {
            dropped.drop("an answer to the heartbeat that names no cluster");
        } else if (reply.refusal() != null) {
            refused(reply, RefusedByServer.byServer(who.get().node(), reply.refusal(), reply.message()));
        } else if (!Speaks.OURS.includes(reply.v())) {
            await(RefusedByServer.version(reply.v()));
        } else if (who.get().cluster() == null) {
            pin(reply, sent);
        } else if (!who.get().cluster().equals(reply.cluster())) {
            await(RefusedByServer.wrongCluster(who.get().cluster(), reply.cluster()));
        } else {
            takenIn(who.get().cluster(), reply, sent);
        }
    }

    private void takenIn(String cluster, HeartbeatReply reply, Duration sent) {
        welcome(cluster, reply);
        listener.heard(sent, !reply.fetch());
        if (reply.gone() != null && !reply.fetch()) {
            listener.gone(reply.gone());
        }
    }

    /** The agent belongs to the first cluster that welcomes it, and knows so after any kill before it acts on it. */
    private void pin(HeartbeatReply reply, Duration sent) {
        if (!who.isSaving()) {
            who.join(reply.cluster()).onSuccess(done -> {
                if (!stopped) {
                    takenIn(reply.cluster(), reply, sent);
                }
            });
        }
    }

    /** What somebody mends at the server is waited for; what is wrong with this agent ends it. */
    private void refused(HeartbeatReply reply, KnitException why) {
        String code = String.valueOf(reply.refusal());
        if (code.equals(ErrorCode.WRONG_CLUSTER.wireName()) || code.equals(ErrorCode.VERSION_NOT_SPOKEN.wireName())) {
            await(why);
        } else {
            refuse(why, reply);
        }
    }

    /** The server was started with other data, or is of another release: when its own is back, the agent goes on. What runs runs on. */
    private void await(KnitException why) {
        String words = PlainText.of(String.valueOf(why.getMessage()), LONGEST_NOTICE);
        if (!words.equals(awaits)) {
            awaits = words;
            LOG.warn("is not taken in now and asks again, containers run on: {}", words);
        }
    }

    private void welcome(String cluster, HeartbeatReply reply) {
        if (!awaits.isEmpty()) {
            awaits = "";
            LOG.info("is taken in");
        }
        if (!joined) {
            joined = true;
            listener.joined(cluster);
        }
        if (reply.serverSession() != null && !reply.serverSession().equals(serverSession)) {
            serverSession = reply.serverSession();
            // the first one, too: what was acknowledged before it may have been taken for lost since
            listener.serverStarted();
            if (!assignments.held().notGiven().isEmpty()) {
                assignments.fetch(cluster, who.get(), reply.assignmentsRevision());
            }
        }
        noticed(reply.notice());
        if (reply.names() != null) {
            listener.names(cluster, who.get(), reply.names());
        }
        if (reply.fetch()) {
            assignments.fetch(cluster, who.get(), reply.assignmentsRevision());
        }
    }

    private void noticed(@Nullable String words) {
        String plain = words == null ? "" : PlainText.of(words, LONGEST_NOTICE);
        if (!plain.equals(notice)) {
            notice = plain;
            if (plain.isEmpty()) {
                LOG.info("the server takes all that this node tells");
            } else {
                LOG.warn("the server gives this node no new work: {}", plain);
            }
        }
    }

    private void refuse(KnitException why, HeartbeatReply reply) {
        String holder = reply.cluster().equals(who.get().cluster()) ? reply.holderEngine() : null;
        if (holder != null && "".equals(facts.engineId())) {
            // whether what runs here is the other agent's is known when the engine answers
            await(why);
            return;
        }
        LOG.error("the server refused this agent ({}): {}", why.code().wireName(), why.getMessage());
        stop();
        String own = facts.engineId();
        if (holder == null || holder.isEmpty() || own == null || holder.equals(own)) {
            listener.refused(why, null);
        } else {
            listener.refused(why, new Displaced(reply.cluster(), who.get().node(), holder));
        }
    }

    private void adopted(AssignmentSet set) {
        listener.adopted(set);
        beatSoon();
    }

    /** One folder, and two things in it that may not be kept. */
    private void disk(String identity, String set) {
        ofIdentity = identity;
        ofSet = set;
        if (!stopped) {
            listener.disk(set.isEmpty() ? identity : set);
        }
    }

    private void onTask(byte[] payload) {
        if (stopped || who.get().cluster() == null) {
            // before it belongs to a cluster, nothing can be for it
            return;
        }
        Task task;
        try {
            task = WireCodec.decode(payload, Task.class);
        } catch (KnitException e) {
            dropped.drop("a task that can't be read");
            return;
        }
        if (!Speaks.OURS.includes(task.v()) || task.cluster() == null || task.placements() == null) {
            dropped.drop("a task that is not of this version");
        } else if (!task.cluster().equals(who.get().cluster())) {
            dropped.drop("a task of another cluster");
        } else if (task.revision() > assignments.held().revision() && names(task)) {
            assignments.fetch(task.cluster(), who.get(), task.revision());
        }
    }

    private boolean names(Task task) {
        return task.placements().stream()
                .anyMatch(place -> place != null && who.get().node().equals(place.node()));
    }

    /** Says once that the server is away and once that it is back. */
    private final class Silence {
        private boolean said;

        void heard(Throwable why) {
            if (!said && !stopped) {
                said = true;
                LOG.warn("the server does not answer, containers run on: {}", why.getMessage());
            }
        }

        void broken() {
            if (said) {
                said = false;
                LOG.info("the server answers");
            }
        }
    }
}
