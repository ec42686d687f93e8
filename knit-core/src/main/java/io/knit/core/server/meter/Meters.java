package io.knit.core.server.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The histograms of one server, and how often its store failed. Thread-safe. */
public final class Meters {
    /** Of most things, from what one step takes to what somebody waits for. */
    private static final Duration[] QUICK = millis(1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000);

    /** Of what whole containers and rollouts take. */
    private static final Duration[] SLOW =
            millis(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Timer> requests = new ConcurrentHashMap<>();
    private final Map<String, Timer> others = new ConcurrentHashMap<>();
    private final Timer control = timer("knit.control", "Planning and placing what follows from one commit's changes");
    private final Timer search =
            timer("knit.schedule", "Looking for nodes for the instances of one deployment that wait");
    private final Timer commit = timer("knit.commit", "From a commit's first decision until it is stored");
    private final Counter failed = Counter.builder("knit.commit.failures")
            .description("Commits that the store did not take, each attempt")
            .register(registry);
    private final Timer publish = timer("knit.transport.publish", "Until the transport has taken a task for agents");

    /** One for each kind from the start, so that an alert finds it before the first comes. */
    public Meters() {
        for (AgentWord word : AgentWord.values()) {
            heard(word);
        }
        for (StartPhase phase : StartPhase.values()) {
            phase(phase);
        }
        for (RolloutEnd end : RolloutEnd.values()) {
            rollout(end);
        }
    }

    private static Duration[] millis(double... bounds) {
        Duration[] durations = new Duration[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            durations[i] = Duration.ofNanos((long) (bounds[i] * 1_000_000));
        }
        return durations;
    }

    private Timer timer(String name, String help, String... labels) {
        return register(name, help, QUICK, labels);
    }

    private Timer register(String name, String help, Duration[] bounds, String... labels) {
        return Timer.builder(name)
                .description(help)
                .tags(labels)
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    /**
     * A request was answered.
     *
     * @param route of the table, {@code /deployments/:name}; {@code other} where it has none
     * @param method of those that routes have; {@code OTHER} for what strangers make up
     * @param status its class, {@code 2xx}
     */
    public void answered(String route, String method, String status, long nanos) {
        requests.computeIfAbsent(
                        route + " " + method + " " + status,
                        first -> timer(
                                "knit.http.request",
                                "From a request's head until its answer was sent",
                                "route",
                                route,
                                "method",
                                method,
                                "status",
                                status))
                .record(Duration.ofNanos(nanos));
    }

    /** The controller decided what follows from a commit's changes. */
    public void decided(Duration took) {
        control.record(took);
    }

    /** The scheduler looked for nodes for what waits of one deployment, found or not. */
    public void searched(Duration took) {
        search.record(took);
    }

    /** A commit was stored, its decisions included. */
    public void stored(Duration took) {
        commit.record(took);
    }

    /** A commit was not stored, or nobody knows. */
    public void storeFailed() {
        failed.increment();
    }

    /** A task for agents was handed to the transport, which has taken it. */
    public void published(Duration took) {
        publish.record(took);
    }

    /** An agent's message was dealt with, since it came. */
    public void heard(AgentWord word, Duration took) {
        heard(word).record(took);
    }

    private Timer heard(AgentWord word) {
        return others.computeIfAbsent(
                "agent " + word,
                first -> timer(
                        "knit.agent.message",
                        "From when an agent's message came until it was dealt with",
                        "kind",
                        word.label()));
    }

    void phase(StartPhase phase, Duration took) {
        phase(phase).record(took);
    }

    private Timer phase(StartPhase phase) {
        return others.computeIfAbsent(
                "phase " + phase,
                first -> register(
                        "knit.instance.start",
                        "What the phases of instances' starts took: the scheduler's until placed, the others on their node",
                        SLOW,
                        "phase",
                        phase.label()));
    }

    void rollout(RolloutEnd end, Duration took) {
        rollout(end).record(took);
    }

    private Timer rollout(RolloutEnd end) {
        return others.computeIfAbsent(
                "rollout " + end,
                first -> register(
                        "knit.rollout",
                        "From when a deployment had a new revision until every slot ran it, or it failed",
                        SLOW,
                        "outcome",
                        end.label()));
    }

    /** All of it in Prometheus' text format. */
    public String text() {
        return registry.scrape();
    }
}
