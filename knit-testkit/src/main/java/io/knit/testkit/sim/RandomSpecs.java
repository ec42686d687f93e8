package io.knit.testkit.sim;

import io.knit.api.model.Constraint;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.OnFailure;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Resources;
import io.knit.api.model.Strategy;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Specs that differ in all that matters: few names, images and fixed ports, so that they meet. */
final class RandomSpecs {
    /** Host ports that several deployments wish for. */
    static final List<Integer> CONTESTED_PORTS = List.of(8080, 8081, 8082);

    static final String TEMPLATE_DESTINATION = "/etc/app/instance.conf";

    private static final List<String> NAMES = List.of("api", "web", "db", "cache", "worker");
    /** The name of the one that is on each node: a mode can't change. */
    private static final String GLOBAL = "log";

    private static final String JOB = "batch";
    /** Every so many-th spec. */
    private static final int START_FIRST = 4;

    /** One in so many has its fixed port relayed. */
    private static final int RELAYED = 2;

    /** One in so many of the others wants the same port for itself. */
    private static final int CROSSED = 3;

    /** No program outside of Knit has it: a simulated agent does not see which ports its host has. */
    private static final int RELAYED_PORT = 8090;

    /** As often another one, if it has no fixed port. */
    private static final int EXPOSED = 5;

    /** One in so many has containers kept that failed. */
    private static final int KEEPS_FAILED = 7;

    private static final String CRON = "report";

    private static final List<String> IMAGES = List.of("app:1", "app:2", "app:latest", "busybox");

    private final RandomGenerator random;
    private final RandomGenerator later;
    private final RandomGenerator newest;
    private final RandomGenerator modes;
    private final RandomGenerator ranks;
    private final RandomGenerator silences;
    private final RandomGenerator storage;
    private final int times;
    private int made;

    /**
     * @param later for fields that came later, so that older seeds still give what they did
     * @param newest for fields that came after those
     * @param modes for what is not replicated
     * @param ranks for who goes first, and what waits for others
     * @param silences for what is wished while server and node do not hear each other
     * @param storage for what is kept over revisions
     * @param times so many times as many replicas
     */
    RandomSpecs(
            RandomGenerator random,
            RandomGenerator later,
            RandomGenerator newest,
            RandomGenerator modes,
            RandomGenerator ranks,
            RandomGenerator silences,
            RandomGenerator storage,
            int times) {
        this.storage = storage;
        this.ranks = ranks;
        this.silences = silences;
        this.newest = newest;
        this.modes = modes;
        this.times = times;
        this.random = random;
        this.later = later;
    }

    String name() {
        String name = pick(NAMES);
        return switch (modes.nextInt(8)) {
            case 0 -> GLOBAL;
            case 1 -> JOB;
            case 2 -> CRON;
            default -> name;
        };
    }

    DeploymentSpec spec(String name) {
        DeploymentSpecBuilder spec = DeploymentSpec.builder(name, pick(IMAGES))
                .env("VERSION", Integer.toString(++made))
                .replicas(times * random.nextInt(5));
        switch (random.nextInt(6)) {
            case 0 -> spec.nodeSelector("region", "eu");
            case 1 -> spec.nodeSelector("role", "api");
            case 2 -> spec.nodeSelector("region", "eu").nodeSelector("role", "api");
            default -> {}
        }
        if (chance(0.04)) {
            spec.nodeSelector("region", "mars");
        }
        boolean fixed = chance(0.4);
        if (fixed) {
            String ip = chance(0.5) ? "127.0.0.1" : null;
            int drawn = pick(CONTESTED_PORTS);
            boolean relay = made % RELAYED == 0;
            int port = relay || made % CROSSED == 0 ? RELAYED_PORT : drawn;
            spec.port(new PortSpec(ip, port, 80, Protocol.TCP, relay, made % (2 * RELAYED) == 0 && relay));
        } else if (made % EXPOSED == 0) {
            spec.expose(CONTESTED_PORTS.get(made / EXPOSED % CONTESTED_PORTS.size()));
        }
        if (chance(0.4)) {
            spec.port(new PortSpec(null, 0, 81, chance(0.5) ? Protocol.TCP : Protocol.UDP));
        }
        if (chance(0.4)) {
            spec.template(TEMPLATE_DESTINATION, "{{ deployment.name }} {{ instance.id }}");
        }
        if (chance(0.1)) {
            spec.args(List.of("exit " + random.nextInt(3)));
        }
        if (chance(0.2)) {
            spec.pull(pick(List.of(PullPolicy.ALWAYS, PullPolicy.MISSING)));
        }
        if (later.nextInt(8) == 0) {
            spec.init(false);
        }
        if (later.nextInt(8) == 0) {
            spec.resources(new Resources(100));
        }
        spec.update(update());
        place(spec);
        rank(spec, name);
        spec.disconnect(disconnect());
        keep(spec);
        if (made % KEEPS_FAILED == 0) {
            spec.keepFailed(1 + made / KEEPS_FAILED % 2);
        }
        if (name.equals(GLOBAL)) {
            spec.mode(Mode.GLOBAL).replicas(1);
        }
        if (name.equals(JOB)) {
            job(spec);
        }
        if (name.equals(CRON)) {
            job(spec);
            cron(spec);
        }
        return spec.build();
    }

    private void keep(DeploymentSpecBuilder spec) {
        if (storage.nextInt(4) == 0) {
            spec.volume(VolumeSpec.named(storage.nextBoolean() ? "data" : "more", "/data"));
        }
        if (storage.nextInt(12) == 0) {
            spec.volume(new VolumeSpec(
                    "share", "", "/share", true, VolumeSpec.LOCAL, Map.of("type", "nfs", "device", ":/share")));
        }
    }

    private void job(DeploymentSpecBuilder spec) {
        // most of them end, and some of those well; the others run until they have run long enough
        switch (modes.nextInt(4)) {
            case 0 -> spec.args(List.of("exit 1"));
            case 1 -> {}
            default -> spec.args(List.of("exit 0"));
        }
        spec.update(Update.DEFAULT)
                .replicas(1)
                .job(new JobSpec(
                        1 + modes.nextInt(6),
                        1 + modes.nextInt(3),
                        modes.nextInt(4),
                        Duration.ofSeconds(20 + modes.nextInt(40))));
    }

    private DisconnectSpec disconnect() {
        // faults last up to 40 s
        boolean longer = silences.nextInt(4) == 0;
        boolean stops = silences.nextInt(4) == 0;
        return new DisconnectSpec(
                longer ? Duration.ofSeconds(12 + silences.nextInt(60)) : null,
                stops ? Duration.ofSeconds(10 + silences.nextInt(30)) : null,
                silences.nextInt(3) == 0
                        ? DisconnectSpec.Reconcile.KEEP_ORIGINAL
                        : DisconnectSpec.Reconcile.NEWEST_HEALTHY);
    }

    private void cron(DeploymentSpecBuilder spec) {
        String schedule = modes.nextInt(3) == 0 ? "*/2 * * * *" : "* * * * *";
        spec.cron(CronSpec.of(schedule)
                .withOverlap(CronSpec.Overlap.values()[modes.nextInt(3)])
                .withHistory(modes.nextInt(3))
                .withCatchUp(Duration.ofMinutes(modes.nextInt(3))));
    }

    private Update update() {
        Update rules = Update.DEFAULT
                .withMaxParallel(1 + later.nextInt(3))
                .withMinHealthy(Duration.ofSeconds(later.nextInt(6)))
                .withFailures(OnFailure.values()[later.nextInt(3)], later.nextInt(2));
        if (later.nextInt(3) == 0) {
            return rules.withOrder(UpdateOrder.STOP_FIRST);
        }
        return made % START_FIRST == 0 ? rules.withOrder(UpdateOrder.START_FIRST) : rules;
    }

    private void place(DeploymentSpecBuilder spec) {
        if (newest.nextInt(6) == 0) {
            // a node has four cores
            spec.resources(Resources.DEFAULT
                    .withCpu(300 * (1 + newest.nextInt(5)))
                    .withMemory((long) (1 + newest.nextInt(20)) * 64 << 20));
        }
        if (newest.nextInt(8) == 0) {
            spec.maxPerNode(1 + newest.nextInt(2));
        }
        if (newest.nextInt(8) == 0) {
            spec.spreadBy("region");
        }
        if (newest.nextInt(8) == 0) {
            spec.strategy(Strategy.BINPACK);
        }
        if (newest.nextInt(8) == 0) {
            spec.constraint(new Constraint("region", Constraint.Op.NOT_EQUAL, "eu", List.of()));
        }
    }

    private void rank(DeploymentSpecBuilder spec, String name) {
        if (ranks.nextInt(3) == 0) {
            spec.priority(25 * ranks.nextInt(5));
        }
        if (ranks.nextInt(3) == 0) {
            spec.preempt(true);
        }
        if (ranks.nextInt(8) == 0) {
            // on those before it alone, so that there is no circle
            int place = NAMES.indexOf(name);
            spec.dependsOn(place > 0 ? NAMES.get(ranks.nextInt(place)) : place < 0 ? pick(NAMES, ranks) : "nothing");
        }
    }

    private static <T> T pick(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
