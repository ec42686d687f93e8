package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.command.Commands;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A deployment on three nodes for whole rollouts: the pure controller, and nodes that start and stop at once what they are told. */
abstract class RolloutStage {
    static final Update FAST = Update.DEFAULT.withMinHealthy(Duration.ofSeconds(5));
    final IdSource ids = ids();
    ClusterState state = ClusterState.empty("c").servedAt(NOW);
    Instant now = NOW;
    final Map<String, Instant> alarms = new TreeMap<>();

    /** Revisions whose containers end as soon as they are started. */
    final Set<Integer> broken = new HashSet<>();

    /** Most and fewest instances of the deployment that worked at once since {@link #deploy}. */
    int most;

    int fewest;

    RolloutStage() {
        apply(List.of(
                new Change.PutNode(node("n1", Map.of())),
                new Change.PutNode(node("n2", Map.of())),
                new Change.PutNode(node("n3", Map.of()))));
    }

    static DeploymentSpec spec(String image, Update update, int replicas) {
        return DeploymentSpec.builder("web", image)
                .replicas(replicas)
                .update(update)
                .build();
    }

    void deploy(DeploymentSpec spec) {
        most = 0;
        fewest = Integer.MAX_VALUE;
        run(new Command.Deploy(spec, null));
    }

    void run(Command<?> command) {
        step(Commands.decide(command, Caller.PROGRAM, state, now).changes(), Set.of());
    }

    /** Lets a command's changes, or what is due, have their consequences until everybody waits. */
    void step(List<Change> changes, Set<String> due) {
        ClusterState before = state;
        List<Change> said = changes;
        Set<String> looked = due;
        do {
            apply(said);
            Outcome outcome = ControlLoop.decide(new Question(before, state, said, looked, 1_000, now), ids);
            outcome.alarms().forEach((name, at) -> {
                alarms.remove(name);
                at.ifPresent(time -> alarms.put(name, time));
            });
            apply(outcome.changes());
            before = state;
            count();
            said = answers();
            looked = outcome.left();
        } while (!said.isEmpty() || !looked.isEmpty());
    }

    void apply(List<Change> changes) {
        for (Change change : changes) {
            state = change.applyTo(state);
        }
    }

    private void count() {
        long working = instances().stream().filter(Instance::isHealthy).count();
        if (state.deployment("web") != null && (fewest < Integer.MAX_VALUE || working > 0)) {
            fewest = (int) Math.min(fewest, working);
        }
        most = (int) Math.max(
                most,
                instances().stream().filter(i -> i.node() != null && i.isLive()).count());
    }

    private List<Change> answers() {
        List<Change> said = new ArrayList<>();
        for (Instance instance : instances()) {
            if (instance.node() == null) {
                continue;
            }
            if (instance.order() == Order.STOP) {
                said.add(new Change.RemoveInstance(instance.id()));
            } else if (instance.observed().state() == null) {
                boolean ends = broken.contains(instance.revision());
                Observed first =
                        new Observed(InstanceState.RUNNING, ends ? "it ended with exit code 3" : "", 0, ends, 1, now);
                said.add(new Change.PutObserved(
                        instance.id(), first.healthySince(ends ? Instant.EPOCH : state.served())));
            }
        }
        return said;
    }

    void pass(Duration time) {
        now = now.plus(time);
        state = state.servedAt(state.served().plus(time));
    }

    /** Time goes on to the next moment that the controller asked for; says whether there was one. */
    boolean goOn() {
        Optional<Map.Entry<String, Instant>> next = alarms.entrySet().stream().min(Map.Entry.comparingByValue());
        next.ifPresent(alarm -> {
            pass(Duration.between(state.served(), alarm.getValue()));
            step(List.of(), Set.of(alarm.getKey()));
        });
        return next.isPresent();
    }

    void settle() {
        for (int i = 0; i < 200 && goOn(); i++) {
            // until nobody waits for a time
        }
    }

    List<Instance> instances() {
        return state.instancesOf("web");
    }

    Deployment web() {
        return Objects.requireNonNull(state.deployment("web"));
    }

    Rollout rollout() {
        return web().rollout();
    }

    Map<Integer, Long> byRevision() {
        return instances().stream()
                .filter(Instance::isLive)
                .collect(Collectors.groupingBy(Instance::revision, TreeMap::new, Collectors.counting()));
    }

    void healthyWith(int replicas, Update update) {
        deploy(spec("web:1", update, replicas));
        settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(rollout().healthy()).isEqualTo(1);
    }
}
