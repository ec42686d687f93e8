package io.knit.core.agent;

import io.knit.api.error.KnitException;
import io.knit.api.model.Capacity;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Peer;
import io.knit.api.model.PullProgress;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.Displaced;
import io.knit.core.agent.failed.KeptFailed;
import io.knit.core.agent.fetch.Asking;
import io.knit.core.agent.fetch.DroppedMessages;
import io.knit.core.agent.follow.LiveFiles;
import io.knit.core.agent.image.OldImages;
import io.knit.core.agent.image.SharedImages;
import io.knit.core.agent.inside.EarlyJoins;
import io.knit.core.agent.inside.HostReading;
import io.knit.core.agent.inside.InsideInstances;
import io.knit.core.agent.output.LastOutput;
import io.knit.core.agent.output.OutputFolder;
import io.knit.core.agent.output.Readings;
import io.knit.core.agent.output.SecretMask;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.agent.pull.ServerLogins;
import io.knit.core.agent.pull.ServerPinning;
import io.knit.core.agent.pull.ValueQuestions;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.agent.relay.PortRelay;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.agent.render.RenderedFiles;
import io.knit.core.agent.render.SecretFiles;
import io.knit.core.agent.report.StatusReporter;
import io.knit.core.agent.run.Clearance;
import io.knit.core.agent.run.InstanceRunner;
import io.knit.core.agent.run.Preparer;
import io.knit.core.agent.run.RunListener;
import io.knit.core.agent.run.RunnerParts;
import io.knit.core.agent.session.AgentSession;
import io.knit.core.agent.session.HostFacts;
import io.knit.core.agent.session.KeptMeshIp;
import io.knit.core.agent.session.MeshSelf;
import io.knit.core.agent.session.SessionListener;
import io.knit.core.agent.volume.GoingVolumes;
import io.knit.core.agent.volume.HeldVolumes;
import io.knit.core.agent.volume.LeftVolumes;
import io.knit.core.agent.volume.VolumeFiles;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.Features;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.stream.GivingStreams;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands on what session, runner and reporter tell each other. Only on the loop. */
final class AgentWork {
    private static final Logger LOG = LoggerFactory.getLogger(AgentWork.class);
    /** The first heartbeat waits so long for the engine's and the mesh's answers: a node without an address gets the wrong ports. */
    private static final Duration MOST_BEFORE_FIRST_HEARTBEAT = Duration.ofSeconds(1);

    private final Loop loop;
    private final AgentHome home;
    private final DroppedMessages dropped;
    private final AgentSession session;
    private final InstanceRunner runner;
    private final Preparer preparer;
    private final LeftVolumes left;
    private final KeptFailed failed;
    private final OldImages oldImages;
    private final GoingVolumes going;
    private final VolumeFiles volumes;
    private final StatusReporter reporter;
    private final MeshSelf mesh;
    private final KeptMeshIp meshIp;
    private final AgentParts parts;
    private final AgentNames names;
    private final PortRelay relay;
    private final GivingStreams streams;
    private final FileMaking files;
    private final LiveFiles live;
    private List<String> withVolumes = List.of();
    private Set<String> withFailed = Set.of();
    private volatile @Nullable String cluster;
    private @Nullable Clearance clearance;

    AgentWork(AgentParts parts, AgentHome home, Runnable joined, Consumer<KnitException> refused) {
        this.parts = parts;
        this.loop = parts.loop();
        this.home = home;
        dropped = new DroppedMessages(loop);
        names = new AgentNames(parts, home.identity().node(), dropped, this::namesFault, this::servicesChanged);
        relay = new PortRelay(loop, parts.runtime(), parts.relay(), names.local());
        session = new AgentSession(
                loop,
                parts.transport(),
                parts.timing(),
                home.dataDir(),
                new AgentSession.Kept(
                        home.identity(),
                        home.assignments(),
                        home.trouble(),
                        home.key().forServers(),
                        Features.of(parts.runtime().keepsPlatforms())),
                HostFacts.atStart(
                        parts.hostname(),
                        parts.agentVersion(),
                        parts.labels(),
                        parts.gpus(),
                        parts.reserve(),
                        parts.allow(),
                        parts.containerSubnets()),
                dropped,
                new FromSession(joined, refused));
        files = new FileMaking(
                new RenderedFiles(parts.dataDir(), parts.renderer()),
                new SecretFiles(parts.memory()),
                home.key(),
                names::services);
        HeldVolumes held = new HeldVolumes(home.identity().node());
        volumes = new VolumeFiles(
                parts.streams(), parts.runtime(), home.identity().node(), held, this::freeVolumes, parts.ids());
        going = new GoingVolumes(
                loop,
                parts.runtime(),
                home.identity().node(),
                held,
                parts.timing().heartbeat(),
                volume -> parts.streams().execute(() -> volumes.abandon(volume)),
                session::volumesGone);
        OutputFolder output = new OutputFolder(parts.dataDir());
        Readings readings = new Readings();
        ValueQuestions questions = new ValueQuestions(
                new Asking(loop, parts.transport(), parts.timing().requestTimeout()),
                home.identity(),
                home.key().forServers(),
                () -> cluster);
        failed = new KeptFailed(loop, parts.keepImages(), this::failedOf, this::lookAgain);
        oldImages = new OldImages(loop, parts.runtime(), parts.dataDir(), parts.keepImages(), failed);
        ImagePulls images = new ImagePulls(
                loop,
                new ServerLogins(questions, home.key()).or(parts.logins()),
                new ServerPinning(questions),
                oldImages::fetched);
        EarlyJoins early = new EarlyJoins(loop);
        runner = new InstanceRunner(new RunnerParts(
                loop,
                parts.runtime(),
                images,
                parts.timing(),
                parts.dataDir(),
                files,
                parts.connections(),
                this::node,
                home.instances(),
                parts.allow(),
                new LastOutput(loop, parts.runtime(), output, readings, this::mask),
                failed,
                (in, order) -> going.free(in, order)
                        .compose(free -> held.free(loop, in, order))
                        .compose(free -> relay.held(in, order)),
                names::resolver,
                early,
                new FromRunner()));
        live = new LiveFiles(
                loop,
                parts.runtime(),
                files,
                this::node,
                names::services,
                names::isKnown,
                runner::isMoving,
                most -> Math.floorMod(parts.ids().next(12).hashCode(), most),
                runner::tried,
                this::mask,
                runner::retell,
                runner::mended);
        preparer = new Preparer(loop, parts.runtime(), images, parts.timing().restartFirst(), session::prepared);
        left = new LeftVolumes(
                loop, parts.runtime(), home.identity().node(), parts.timing().heartbeat(), this::volumesOf);
        reporter = new StatusReporter(
                loop,
                parts.transport(),
                parts.timing(),
                home.identity().node(),
                home.identity().identity(),
                dropped::drop);
        String node = home.identity().node();
        streams = new GivingStreams(
                parts.streams(),
                parts.transport(),
                node,
                new InsideInstances(
                        parts.streams(),
                        parts.runtime(),
                        node,
                        () -> cluster,
                        output,
                        readings,
                        new HostReading(Path.of("/proc"), parts.dataDir()),
                        volumes,
                        new SharedImages(loop, oldImages),
                        early));
        meshIp = new KeptMeshIp(loop, parts.dataDir(), home.meshIp());
        mesh = new MeshSelf(loop, parts.discovery(), this::meshed);
    }

    void start() {
        String known = home.identity().cluster();
        if (known != null) {
            cluster = known;
            reporter.joined(known);
            parts.streams().execute(() -> volumes.joined(known));
        }
        parts.streams().execute(streams::start);
        session.start();
        // a server that has no other set does not give this one again
        oldImages.adopt(home.assignments());
        oldImages.start();
        if (home.assignments().known()) {
            Set<String> own = home.assignments().assignments().keySet();
            loop.blocking(() -> {
                files.deleteSecretsBut(own);
                return null;
            });
        }
        relay.adopt(home.assignments());
        Future<Void> looked = runner.start(known, home.assignments());
        Future.join(looked, mesh.start(), names.start(known)).onComplete(any -> session.open());
        loop.after(MOST_BEFORE_FIRST_HEARTBEAT, session::open);
    }

    /** Succeeds when nothing is under way any more. */
    Future<Void> stop() {
        session.stop();
        reporter.stop();
        mesh.stop();
        preparer.stop();
        left.stop();
        live.stop();
        oldImages.stop();
        going.stop();
        parts.streams().execute(() -> {
            streams.close();
            volumes.stop();
        });
        if (clearance != null) {
            clearance.stop();
        }
        return Future.join(names.stop(), relay.stop(), runner.stop()).mapEmpty();
    }

    /** Nobody looks any more after what it ran: it takes that away, says so, and sees to it that it does not come back as this node. */
    private Future<?> clear(Displaced displaced) {
        Clearance begun =
                new Clearance(loop, parts.runtime(), parts.timing(), runner::stopOf, runner.endings(), displaced);
        clearance = begun;
        return begun.run()
                .compose(all -> all ? giveUp(displaced, begun.removed()) : Future.succeededFuture())
                .onFailure(
                        e -> LOG.warn("can't keep that {} is another agent's now: {}", displaced.node(), e.toString()));
    }

    private Future<Void> giveUp(Displaced displaced, int removed) {
        LOG.info(
                "removed the {} containers that it ran, for {} runs on another engine now. To have this host as a node of its own, start"
                        + " the agent with an empty data folder",
                removed,
                displaced.node());
        return loop.<Void>blocking(() -> {
                    home.dataDir().giveUp(displaced);
                    InstanceRunner.deleteLeftovers(parts.dataDir(), AssignmentSet.NONE);
                    files.deleteSecretsBut(Set.of());
                    return null;
                })
                .eventually(() -> session.lastWord(removed));
    }

    AgentHome home() {
        return home;
    }

    long droppedMessages() {
        return dropped.count();
    }

    private void namesFault(String fault) {
        session.names(PlainText.of(fault));
    }

    private void lookAgain() {
        runner.lookAgain();
    }

    private void freeVolumes(Set<String> containers) {
        loop.execute(() -> failed.letGo(containers));
    }

    private void volumesOf(List<String> deployments) {
        withVolumes = deployments;
        tellLeftovers();
    }

    private Future<SecretMask> mask(String instance) {
        Assignment order = runner.order(instance);
        return order == null || order.reads().stream().noneMatch(ReadValue::isSealed)
                ? Future.succeededFuture(SecretMask.NONE)
                : loop.blocking(() -> files.mask(order));
    }

    private void failedOf(Set<String> deployments) {
        withFailed = deployments;
        tellLeftovers();
    }

    private void tellLeftovers() {
        session.leftovers(Stream.concat(withVolumes.stream(), withFailed.stream())
                .distinct()
                .limit(Heartbeat.MOST_LEFTOVERS)
                .toList());
    }

    private void servicesChanged() {
        live.changed();
        runner.servicesChanged();
    }

    private void meshed(Optional<Peer> self) {
        session.mesh(self);
        if (meshIp.told(self)) {
            live.changed();
        }
    }

    private NodeModel node() {
        HostFacts facts = session.facts();
        return new NodeModel(home.identity().node(), facts.hostname(), facts.labels(), meshIp.get());
    }

    private final class FromSession implements SessionListener {
        private final Runnable joined;
        private final Consumer<KnitException> refused;

        FromSession(Runnable joined, Consumer<KnitException> refused) {
            this.joined = joined;
            this.refused = refused;
        }

        @Override
        public void joined(String joinedCluster) {
            cluster = joinedCluster;
            reporter.joined(joinedCluster);
            runner.joined(joinedCluster);
            left.joined(joinedCluster, home.assignments());
            going.joined(joinedCluster);
            parts.streams().execute(() -> volumes.joined(joinedCluster));
            names.joined(joinedCluster);
            joined.run();
        }

        @Override
        public void adopted(AssignmentSet set) {
            // before anything is stopped
            relay.adopt(set);
            runner.adopt(set);
            live.adopt(set);
            preparer.prepare(set.prepare());
            left.adopt(set);
            oldImages.adopt(set);
            going.adopt(set);
        }

        @Override
        public void heard(Duration sent, boolean confirmed) {
            runner.heard(sent, confirmed);
            going.heard(confirmed);
        }

        @Override
        public void gone(List<String> deployments) {
            failed.gone(deployments);
            // what is kept holds volumes: they are told of until they are gone, too
            left.gone(
                    deployments.stream().filter(it -> !withFailed.contains(it)).toList());
        }

        @Override
        public void disk(String trouble) {
            runner.disk(trouble);
        }

        @Override
        public void connected() {
            reporter.connected();
        }

        @Override
        public void names(String inCluster, AgentIdentity who, String digest) {
            names.told(inCluster, who, digest);
        }

        @Override
        public void serverStarted() {
            reporter.again();
        }

        @Override
        public void refused(KnitException why, @Nullable Displaced displaced) {
            Future<Void> stopped = stop();
            if (displaced == null) {
                refused.accept(why);
            } else {
                stopped.compose(done -> clear(displaced)).onComplete(any -> refused.accept(why));
            }
        }
    }

    private static String reason(InstanceMemory memory, String files) {
        return memory.reason().isEmpty() || files.isEmpty() ? memory.reason() + files : memory.reason() + "; " + files;
    }

    private final class FromRunner implements RunListener {
        @Override
        public void instance(String instance, InstanceMemory memory) {
            if (names.instance(instance, memory)) {
                servicesChanged();
                relay.changed();
            }
            if (memory.state() == InstanceState.STOPPED) {
                relay.over(instance);
            } else {
                relay.failed(
                        instance, memory.state() == InstanceState.FAILED || memory.state() == InstanceState.REJECTED);
            }
            live.told(instance, AgentNames.isWell(memory));
            if (memory.state() != InstanceState.ASSIGNED) {
                reporter.status(
                        instance,
                        memory.state(),
                        PlainText.of(reason(memory, live.fault(instance))),
                        memory.restarts(),
                        memory.failing(),
                        memory.check().health(),
                        memory.start().times(),
                        memory.exitCode());
                route(instance);
            }
        }

        /** Where others reach its container, if the mesh leads there. */
        private void route(String instance) {
            names.routed(instance).ifPresent(address -> reporter.address(instance, address));
        }

        @Override
        public void seen(List<ContainerSnapshot> containers, AssignmentSet set) {
            names.seen(containers, set);
            set.assignments().keySet().forEach(this::route);
            relay.changed();
            live.seen(containers, set);
        }

        @Override
        public void lastOutput(String instance, String text) {
            reporter.lastOutput(instance, text);
        }

        @Override
        public void pulling(String instance, PullProgress progress) {
            reporter.pulling(instance, progress);
        }

        @Override
        public void forgotten(String instance) {
            names.forgotten(instance);
            relay.over(instance);
            reporter.last(instance);
        }

        @Override
        public Future<Void> ending(String instance, Duration grace) {
            return relay.ending(instance, grace);
        }

        @Override
        public void ended(String instance) {
            relay.ended(instance);
        }

        @Override
        public void engineId(String id) {
            session.engineId(id);
        }

        @Override
        public void platform(String os, String arch) {
            session.platform(PlainText.of(os), PlainText.of(arch));
        }

        @Override
        public void engine(String version, Capacity capacity, String condition) {
            session.engine(PlainText.of(version), capacity, PlainText.of(condition));
        }
    }
}
