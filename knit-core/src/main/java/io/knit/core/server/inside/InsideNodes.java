package io.knit.core.server.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun.Attempt;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.ProcessSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.view.EndedAttempts;
import io.knit.core.wire.Features;
import io.knit.core.wire.InstanceIds;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.LogText;
import io.knit.core.wire.asked.ShellAsked;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.stream.AskingStreams;
import io.knit.core.wire.stream.StreamEnd;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks the agents of the nodes on which instances are. Thread-safe. */
public final class InsideNodes implements Inside {
    /** Of one deployment, so many are read at once. */
    static final int MOST_INSTANCES = 50;

    /** The spec's field: who knows it waits for who joins early, too. */
    private static final String STDIN = "stdin";

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    /** After so long in vain it is said why nothing comes of an instance; it is asked on. */
    private static final Duration AWAY = Duration.ofSeconds(30);

    /** After which a deployment gets no more instances. */
    private static final Set<DeploymentStatus> ENDS =
            EnumSet.of(DeploymentStatus.DELETING, DeploymentStatus.COMPLETED, DeploymentStatus.FAILED);

    private final Loop loop;
    private final AskingStreams streams;
    private final Function<String, Optional<Instance>> instances;
    private final Function<String, Optional<DeploymentView>> deployments;
    private final Function<String, Optional<Node>> nodes;
    private final Supplier<Collection<Node>> everywhere;
    private final Function<Instance, Optional<ProcessSpec>> processes;

    /** The functions give what is known now, on any thread. */
    public InsideNodes(
            Loop loop,
            AskingStreams streams,
            Function<String, Optional<Instance>> instances,
            Function<String, Optional<DeploymentView>> deployments,
            Function<String, Optional<Node>> nodes,
            Supplier<Collection<Node>> everywhere,
            Function<Instance, Optional<ProcessSpec>> processes) {
        this.loop = loop;
        this.streams = streams;
        this.instances = instances;
        this.deployments = deployments;
        this.nodes = nodes;
        this.everywhere = everywhere;
        this.processes = processes;
    }

    @Override
    public Optional<String> deploymentOf(String instance) {
        return instances.apply(instance).map(Instance::deployment);
    }

    @Override
    public Optional<ProcessSpec> processOf(String instance) {
        return instances.apply(instance).flatMap(processes);
    }

    @Override
    public Reading logs(String instance, String deployment, LogRange range, LineListener reader) {
        LogReading reading = new LogReading(loop, range.follow(), reader);
        loop.execute(() -> {
            try {
                if (!instance.isEmpty() && instances.apply(instance).isEmpty()) {
                    search(reading, instance, range);
                } else {
                    List<Attempt> ended = instance.isEmpty() ? ended(deployment) : List.of();
                    List<Instance> all = instance.isEmpty() ? of(deployment) : List.of(known(instance));
                    int window = window(all.size() + ended.size());
                    if (all.isEmpty()) {
                        reading.readsWhatIsOver(EndedAttempts.gone(deployment));
                    }
                    ended.forEach(one -> begin(reading, one, range, window));
                    if (instance.isEmpty() && range.follow()) {
                        new Newcomers(deployment, reading, range, window).begin(all);
                    } else {
                        all.forEach(one -> begin(reading, one, range, window));
                    }
                }
                reading.complete();
            } catch (KnitException e) {
                reader.failed(e);
            }
        });
        return reading;
    }

    @Override
    public Pipe open(String node, StreamRequest request, PipeReader reader) {
        NodePipe pipe = new NodePipe(loop, reader);
        loop.execute(() -> {
            try {
                String asked = node.isEmpty() ? node(present(request.instance())) : able(node, "node " + node);
                if (request.isOfVolume()) {
                    require(asked, Features.VOLUME_FILES, "does not reach what is in volumes");
                } else if (request.kind().equals(StreamRequest.IMAGE_IN)) {
                    require(asked, Features.IMAGES, "can't take images");
                } else if (request.kind().equals(StreamRequest.IMAGES)) {
                    require(asked, Features.IMAGE_LIST, "does not say which images it has");
                }
                ShellAsked shell = request.shell();
                if (shell != null && shell.part() != null) {
                    requireParts(asked);
                }
                if (shell != null && shell.early()) {
                    require(asked, STDIN, "gives an instance's own process nothing to read");
                }
                pipe.open(streams, asked, request);
            } catch (KnitException e) {
                reader.failed(e);
            }
        });
        return pipe;
    }

    /** One that does not know them would take the main container instead. */
    private void requireParts(String node) {
        require(node, Features.PART_STREAMS, "does not reach the containers beside a main one");
    }

    private void require(String node, String feature, String lacks) {
        if (nodes.apply(node).stream().noneMatch(it -> it.features().contains(feature))) {
            throw new KnitException(
                    ErrorCode.VERSION_NOT_SPOKEN,
                    "the agent on " + node + " is of a release that " + lacks + "; upgrade it");
        }
    }

    private Instance present(String id) {
        return instances
                .apply(id)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no instance named \"" + PlainText.of(id, 128) + "\"; GET /deployments lists them"));
    }

    /**
     * What may be kept here of each of so many whose lines are read at once, in bytes. A line of which the end has not come is taken by nobody, so that
     * there must be room for the longest: else neither would its end ever come.
     */
    static int window(int instances) {
        return Math.max(LogText.LONGEST, StreamEnd.WINDOW / Math.max(1, instances));
    }

    /** One that ended, and is not in the state any more: its node may keep what it wrote last. */
    private void search(LogReading reading, String instance, LogRange range) {
        KnitException nowhere = unknown(instance);
        List<Node> able = InstanceIds.isId(instance)
                ? everywhere.get().stream()
                        .filter(node -> node.state() != NodeState.DOWN
                                && node.features()
                                        .contains(range.part() == null ? Features.STREAMS : Features.PART_STREAMS))
                        .toList()
                : List.of();
        if (able.isEmpty() || able.size() > MOST_INSTANCES) {
            throw nowhere;
        }
        reading.searches(nowhere);
        for (Node node : able) {
            LogReading.Source source = reading.add(instance);
            source.end = streams.ask(node.id(), StreamRequest.ofLogs(instance, range), LogText.LONGEST, source);
        }
    }

    private void begin(LogReading reading, Instance instance, LogRange range, int window) {
        begin(reading, instance.id(), () -> node(instance), range, window);
    }

    private void begin(LogReading reading, Attempt ended, LogRange range, int window) {
        String words = "node " + ended.node() + " any more, on which " + ended.instance() + " was";
        begin(reading, ended.instance(), () -> able(ended.node(), words), range, window);
    }

    private void begin(LogReading reading, String id, Supplier<String> node, LogRange range, int window) {
        ask(reading.add(id), id, node, range, window);
    }

    private void ask(LogReading.Source source, String id, Supplier<String> node, LogRange range, int window) {
        try {
            String asked = node.get();
            if (range.part() != null) {
                requireParts(asked);
            }
            source.end = streams.ask(asked, StreamRequest.ofLogs(id, range), window, source);
        } catch (KnitException e) {
            source.failed(e);
        }
    }

    /** One that is read, and what was asked of it. */
    private record Followed(LogReading.Source source, LogRange range) {}

    /** Has those read, too, that a followed deployment gets later, and goes on with those to which the way broke. On the loop. */
    private final class Newcomers {
        private final String deployment;
        private final LogReading reading;
        private final LogRange range;
        private final int window;
        private Map<String, Followed> known = Map.of();

        Newcomers(String deployment, LogReading reading, LogRange range, int window) {
            this.deployment = deployment;
            this.reading = reading;
            this.range = range;
            this.window = window;
        }

        /** @param all that have a node; of one that has not begun to run there is nothing to read yet */
        void begin(List<Instance> all) {
            reading.expectMore();
            Map<String, Followed> begun = new HashMap<>();
            for (Instance instance : all) {
                if (hasBegun(instance)) {
                    begun.put(instance.id(), follow(instance, reading.add(instance.id()), range));
                }
            }
            known = begun;
            loop.after(BETWEEN_LOOKS, this::look);
        }

        private void look() {
            if (reading.isOver()) {
                return;
            }
            DeploymentView view = deployments.apply(deployment).orElse(null);
            if (view == null) {
                noMore();
                return;
            }
            Map<String, Followed> there = new HashMap<>();
            for (Instance instance : view.instances()) {
                Followed followed = known.get(instance.id());
                boolean room = reading.open() < MOST_INSTANCES;
                if (followed == null && hasBegun(instance) && room) {
                    // all that it wrote: who follows was there when it began
                    followed = follow(instance, reading.add(instance.id()), range.ofNewcomer());
                } else if (followed != null && followed.source().isBroken()) {
                    followed = goingOn(instance, followed, room);
                }
                if (followed != null) {
                    there.put(instance.id(), followed);
                }
            }
            known.forEach((id, followed) -> {
                if (!there.containsKey(id)) {
                    followed.source().giveUp();
                }
            });
            known = there;
            if (ENDS.contains(view.status())) {
                noMore();
            } else {
                loop.after(BETWEEN_LOOKS, this::look);
            }
        }

        /** @param room whether it may be asked now: others may have come meanwhile */
        private Followed goingOn(Instance instance, Followed before, boolean room) {
            LogReading.Source broken = before.source();
            broken.tellAfter(AWAY);
            return room ? follow(instance, reading.again(broken), before.range().goingOn(broken.last())) : before;
        }

        private Followed follow(Instance instance, LogReading.Source source, LogRange from) {
            ask(source, instance.id(), () -> node(instance), from, window);
            return new Followed(source, from);
        }

        private void noMore() {
            known.values().forEach(followed -> followed.source().giveUp());
            reading.noMore();
        }

        private boolean hasBegun(Instance instance) {
            return instance.node() != null
                    && (instance.state().compareTo(InstanceState.RUNNING) >= 0 || instance.failing())
                    && instance.state() != InstanceState.REJECTED;
        }
    }

    private DeploymentView view(String name) {
        return deployments
                .apply(name)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no deployment \"" + PlainText.of(name, 63) + "\"; GET /deployments lists all"));
    }

    private List<Attempt> ended(String name) {
        return EndedAttempts.of(view(name));
    }

    /** Those that have a node; there may be none only where others have ended. */
    private List<Instance> of(String name) {
        DeploymentView view = view(name);
        List<Instance> placed = view.instances().stream()
                .filter(instance -> instance.node() != null)
                .toList();
        if (placed.isEmpty() && EndedAttempts.of(view).isEmpty()) {
            throw EndedAttempts.nothing(view);
        }
        if (placed.size() > MOST_INSTANCES) {
            throw new KnitException(
                    ErrorCode.TOO_LARGE,
                    name + " has " + placed.size() + " instances, and at most " + MOST_INSTANCES
                            + " are read at once; ask for one by its id, GET /instances/{id}/logs");
        }
        return placed;
    }

    private Instance known(String id) {
        return instances.apply(id).orElseThrow(() -> unknown(id));
    }

    private static KnitException unknown(String id) {
        return new KnitException(
                ErrorCode.NOT_FOUND,
                "there is no instance named \"" + PlainText.of(id, 128)
                        + "\", and no node that can be asked keeps what it wrote; GET /deployments lists those that there are");
    }

    /** The node whose agent can be asked. */
    private String node(Instance instance) {
        String id = instance.node();
        if (id == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND,
                    instance.id() + " has no node yet, so there is nothing to see of it: " + instance.reason());
        }
        return able(id, "node " + id + " any more, on which " + instance.id() + " was");
    }

    /**
     * That node's id, whose agent can be asked.
     *
     * @param what it is, in words
     */
    private String able(String id, String what) {
        Node node = nodes.apply(id)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND, "there is no " + PlainText.of(what, 200) + "; GET /nodes lists all"));
        if (node.state() == NodeState.DOWN) {
            throw new KnitException(
                    ErrorCode.TRANSPORT_UNAVAILABLE,
                    "node " + id + " is down, so nothing there can be seen until it is back");
        }
        if (!node.features().contains(Features.STREAMS)) {
            throw new KnitException(
                    ErrorCode.VERSION_NOT_SPOKEN,
                    "the agent on " + id + " is of a release that shows nothing of its instances; upgrade it");
        }
        return id;
    }
}
