package io.knit.core.agent;

import io.knit.api.error.KnitException;
import io.knit.api.model.Capacity;
import io.knit.api.model.InstanceState;
import io.knit.api.spi.Loop;
import io.knit.core.agent.reconcile.InstanceMemory;
import io.knit.core.agent.report.StatusReporter;
import io.knit.core.agent.run.InstanceRunner;
import io.knit.core.agent.run.NodeModel;
import io.knit.core.agent.run.Preparer;
import io.knit.core.agent.run.RunListener;
import io.knit.core.agent.session.AgentSession;
import io.knit.core.agent.session.DroppedMessages;
import io.knit.core.agent.session.MeshSelf;
import io.knit.core.agent.session.NodeFacts;
import io.knit.core.agent.session.SessionListener;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.PlainText;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;

/** Hands on what session, runner and reporter tell each other. Only on the loop. */
final class AgentWork {
    /** The first heartbeat waits so long for the engine's and the mesh's answers: a node without an address gets the wrong ports. */
    private static final Duration MOST_BEFORE_FIRST_HEARTBEAT = Duration.ofSeconds(1);

    private final Loop loop;
    private final AgentHome home;
    private final DroppedMessages dropped;
    private final AgentSession session;
    private final InstanceRunner runner;
    private final Preparer preparer;
    private final StatusReporter reporter;
    private final MeshSelf mesh;

    AgentWork(AgentParts parts, AgentHome home, Runnable joined, Consumer<KnitException> refused) {
        this.loop = parts.loop();
        this.home = home;
        dropped = new DroppedMessages(loop);
        session = new AgentSession(
                loop,
                parts.transport(),
                parts.timing(),
                home.dataDir(),
                new AgentSession.Kept(home.identity(), home.assignments()),
                NodeFacts.atStart(parts.hostname(), parts.agentVersion(), parts.labels()),
                dropped,
                new FromSession(joined, refused));
        runner = new InstanceRunner(
                loop, parts.runtime(), parts.timing(), parts.dataDir(), parts.renderer(), this::node, new FromRunner());
        preparer = new Preparer(loop, parts.runtime(), parts.timing().restartFirst(), session::prepared);
        reporter = new StatusReporter(
                loop,
                parts.transport(),
                parts.timing(),
                home.identity().node(),
                home.identity().identity(),
                dropped::drop);
        mesh = new MeshSelf(loop, parts.discovery(), session::mesh);
    }

    void start() {
        String cluster = home.identity().cluster();
        if (cluster != null) {
            reporter.joined(cluster);
        }
        session.start();
        Future<Void> looked = runner.start(cluster, home.assignments());
        Future.join(looked, mesh.start()).onComplete(any -> session.open());
        loop.after(MOST_BEFORE_FIRST_HEARTBEAT, session::open);
    }

    /** Succeeds when nothing is under way any more. */
    Future<Void> stop() {
        session.stop();
        reporter.stop();
        mesh.stop();
        preparer.stop();
        return runner.stop();
    }

    AgentHome home() {
        return home;
    }

    long droppedMessages() {
        return dropped.count();
    }

    private NodeModel node() {
        NodeFacts facts = session.facts();
        return new NodeModel(home.identity().node(), facts.hostname(), facts.labels(), facts.meshIp());
    }

    private final class FromSession implements SessionListener {
        private final Runnable joined;
        private final Consumer<KnitException> refused;

        FromSession(Runnable joined, Consumer<KnitException> refused) {
            this.joined = joined;
            this.refused = refused;
        }

        @Override
        public void joined(String cluster) {
            reporter.joined(cluster);
            runner.joined(cluster);
            joined.run();
        }

        @Override
        public void adopted(AssignmentSet set) {
            runner.adopt(set);
            preparer.prepare(set.prepare());
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
        public void serverStarted() {
            reporter.again();
        }

        @Override
        public void refused(KnitException why) {
            stop();
            refused.accept(why);
        }
    }

    private final class FromRunner implements RunListener {
        @Override
        public void instance(String instance, InstanceMemory memory) {
            if (memory.state() != InstanceState.ASSIGNED) {
                reporter.status(
                        instance, memory.state(), PlainText.of(memory.words()), memory.restarts(), memory.failing());
            }
        }

        @Override
        public void forgotten(String instance) {
            reporter.last(instance);
        }

        @Override
        public void engine(String version, Capacity capacity, String condition) {
            session.engine(PlainText.of(version), capacity, PlainText.of(condition));
        }
    }
}
