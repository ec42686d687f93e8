package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.ids;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.command.Commands;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.Sealing;
import io.knit.core.spec.Reads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The pure controller, with nodes that do at once what they are told, and a clock that goes from alarm to alarm. */
final class PureCluster {
    private static final Sealing SEALING = new Sealing(KeyRing.of(List.of(KeyRing.keyOf("key"))), "chance");

    private final IdSource ids = ids();
    private final Map<String, Instant> alarms = new TreeMap<>();
    private final Says says;
    private final Runnable watch;
    /** Ids of instances that do not stop yet. */
    final Set<String> slow = new HashSet<>();

    private ClusterState state = ClusterState.empty("c").servedAt(NOW);
    private Instant now = NOW;

    /** What nodes say of an instance that they are to run. */
    @FunctionalInterface
    interface Says {
        /** Null: nothing new. */
        @org.jspecify.annotations.Nullable
        Observed of(Instance instance, Instant now);
    }

    /** Runs from the first moment on. */
    static final Says RUNS = (instance, now) ->
            instance.observed().state() == null ? new Observed(InstanceState.RUNNING, "", 0, false, 1, now) : null;

    /** @param watch what is looked at after each decision */
    PureCluster(Says says, Runnable watch) {
        this.says = says;
        this.watch = watch;
    }

    ClusterState state() {
        return state;
    }

    Instant now() {
        return now;
    }

    List<Instance> instances(String deployment) {
        return state.instancesOf(deployment);
    }

    Deployment deployment(String name) {
        return Objects.requireNonNull(state.deployment(name));
    }

    void run(Command<?> command) {
        put(Commands.decide(command, Caller.PROGRAM, state, now, SEALING).changes());
    }

    /** Sets all that a spec reads of variables, secrets and files. */
    void keep(DeploymentSpec spec) {
        for (String at : Reads.of(spec).keySet()) {
            Value.Kind kind =
                    Value.Kind.valueOf(at.substring(0, at.indexOf('/')).toUpperCase(Locale.ROOT));
            String name = at.substring(at.indexOf('/') + 1);
            run(new Command.SetValue(kind, name, Value.Content.of("A=1")));
        }
    }

    void join(Node node) {
        put(List.of(new Change.PutNode(node)));
    }

    void judge(String node, NodeState next) {
        put(List.of(new Change.PutJudgement(node, new NodeJudgement(next, "", now, List.of()))));
    }

    /** Not heard from now on, and judged down for it at once. */
    void silence(String node) {
        NodeJudgement down = new NodeJudgement(NodeState.DOWN, "", now, List.of()).silentSince(state.served());
        put(List.of(new Change.PutJudgement(node, down)));
    }

    void put(List<Change> changes) {
        step(changes, Set.of());
    }

    /** Lets changes, or what is due, have their consequences until everybody waits. */
    private void step(List<Change> changes, Set<String> due) {
        List<Change> said = changes;
        Set<String> looked = due;
        do {
            ClusterState before = state;
            apply(said);
            Outcome outcome = ControlLoop.decide(new Question(before, state, said, looked, 1_000, now), ids);
            outcome.alarms().forEach((name, at) -> {
                alarms.remove(name);
                at.ifPresent(time -> alarms.put(name, time));
            });
            apply(outcome.changes());
            watch.run();
            said = answers();
            looked = outcome.left();
        } while (!said.isEmpty() || !looked.isEmpty());
    }

    private void apply(List<Change> changes) {
        for (Change change : changes) {
            state = change.applyTo(state);
        }
    }

    private List<Change> answers() {
        List<Change> said = new ArrayList<>();
        for (Instance instance : state.instances().values()) {
            Node node = instance.node() == null ? null : state.node(instance.node());
            if (node == null || node.state() == NodeState.DOWN) {
                continue;
            }
            if (instance.order() == Order.STOP) {
                if (slow.contains(instance.id())) {
                    continue;
                }
                said.add(new Change.RemoveInstance(instance.id()));
            } else if (instance.decided().lost()) {
                said.add(new Change.PutInstance(instance.found(now, now)));
            } else {
                Observed next = says.of(instance, now);
                if (next != null) {
                    Instant healthy = next.healthySince().equals(Instant.EPOCH) ? Instant.EPOCH : state.served();
                    said.add(new Change.PutObserved(instance.id(), next.healthySince(healthy)));
                }
            }
        }
        return said;
    }

    /** Time goes on to the next moment that the controller asked for; says whether there was one. */
    boolean goOn() {
        Optional<Map.Entry<String, Instant>> next = alarms.entrySet().stream().min(Map.Entry.comparingByValue());
        next.ifPresent(alarm -> {
            Duration wait = Duration.between(state.served(), alarm.getValue());
            pass(wait.isNegative() ? Duration.ZERO : wait);
            alarms.remove(alarm.getKey());
            step(List.of(), Set.of(alarm.getKey()));
        });
        return next.isPresent();
    }

    void pass(Duration time) {
        now = now.plus(time);
        state = state.servedAt(state.served().plus(time));
    }

    /** Time goes on to that moment of the day, over all that the controller asked for until then. */
    void goTo(Instant moment) {
        while (now.isBefore(moment)) {
            Instant end = state.served().plus(Duration.between(now, moment));
            boolean due = alarms.values().stream().anyMatch(at -> !at.isAfter(end));
            if (!due) {
                pass(Duration.between(now, moment));
            } else {
                goOn();
            }
        }
    }

    /** No server is there for so long, and the one that comes knows what was stored. */
    void away(Duration time) {
        now = now.plus(time);
        alarms.clear();
        step(List.of(), Set.copyOf(state.deployments().keySet()));
    }

    /** The clock is set. */
    void setClock(Duration by) {
        now = now.plus(by);
    }

    void settle() {
        for (int i = 0; i < 200 && goOn(); i++) {
            // until nobody waits for a time
        }
    }
}
