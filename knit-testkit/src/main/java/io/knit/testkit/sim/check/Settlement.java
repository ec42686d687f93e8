package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Constraint;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Reservation;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.FileMount;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.sim.host.SimulatedHost;
import io.knit.testkit.sim.host.SimulatedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What must hold once faults have stopped and there was time: every slot runs the newest revision where a node fits, once in
 * the whole fleet, and nothing else is left. It looks at engines and disks, and judges the server's state by them.
 */
public final class Settlement {
    /** What is said of one for which no node was asked yet. */
    private static final String UNASKED = "waits to be placed";

    private final List<SimulatedHost> hosts;
    private final SimulatedServer server;
    private final Wishes wishes;
    private final Safety safety;
    private final List<String> faults = new ArrayList<>();
    private final Set<String> expected = new HashSet<>();
    /** Instances that the server knows: one that waits to be started again has its ports. */
    private final Set<String> known = new HashSet<>();
    /** By instance. */
    private final Map<String, List<Found>> containers = new HashMap<>();

    private Settlement(List<SimulatedHost> hosts, SimulatedServer server, Wishes wishes, Safety safety) {
        this.hosts = hosts;
        this.server = server;
        this.wishes = wishes;
        this.safety = safety;
    }

    private record Found(SimulatedHost host, ContainerSnapshot container) {}

    /** What is still wrong, in words; empty if all is well. */
    public static List<String> faults(List<SimulatedHost> hosts, SimulatedServer server, Wishes wishes, Safety safety) {
        return new Settlement(hosts, server, wishes, safety).look();
    }

    private List<String> look() {
        Optional<ClusterSnapshot> snapshot = server.snapshot();
        if (snapshot.isEmpty() || !wishes.allKnown()) {
            return List.of("the server has not answered everything");
        }
        hosts.forEach(this::gather);
        snapshot.get().deployments().forEach(view -> view.instances().forEach(it -> known.add(it.id())));
        snapshot.get().nodes().stream()
                .filter(node ->
                        node.state() != NodeState.READY || !node.condition().isEmpty())
                .forEach(node -> faults.add("node " + node.id() + " is " + node.state() + " " + node.condition()));
        // once it does, what waits goes there
        snapshot.get().nodes().stream()
                .filter(node -> node.judgement().isHeld())
                .forEach(node -> faults.add("node " + node.id() + " takes no new work yet"));
        wishes.settled().forEach((name, spec) -> {
            Optional<DeploymentView> view = snapshot.get().deployment(name);
            if (spec.isPresent() && view.isPresent()) {
                look(view.get(), spec.get());
            } else if (spec.isPresent() || view.isPresent()) {
                faults.add("deployment " + name + " should be " + spec + " and is " + view);
            }
        });
        if (faults.isEmpty()) {
            // all disks are walked for it: only once nothing else is wrong
            lookForLeftovers();
        }
        snapshot.get().volumes().stream()
                .filter(volume -> volume.removing() != null)
                .filter(volume ->
                        hosts.stream().anyMatch(host -> host.name().equals(volume.node()) && !host.isFirstRelease()))
                .forEach(volume -> faults.add("still to go: " + volume));
        return faults;
    }

    private void gather(SimulatedHost host) {
        for (ContainerSnapshot container : host.engine().containers()) {
            String instance = container.labels().get(KnitLabels.INSTANCE);
            if (instance != null) {
                containers.computeIfAbsent(instance, none -> new ArrayList<>()).add(new Found(host, container));
            }
        }
    }

    private void look(DeploymentView view, DeploymentSpec spec) {
        if (spec.mode() == Mode.CRON) {
            faults.addAll(Crons.faults(view, expected, it -> !isHeld(view, spec) && fitsSomewhere(it, view, spec)));
            return;
        }
        if (spec.mode() == Mode.JOB) {
            lookAtJob(view, spec);
            return;
        }
        // a rollout that failed and can't go back leaves what it began
        boolean blocked = view.deployment().rollout().phase() == Rollout.Phase.PAUSED;
        List<Instance> live =
                view.instances().stream().filter(i -> i.order() == Order.RUN).toList();
        Set<String> stay = live.stream()
                .filter(it -> staysFor(it, live, spec))
                .map(Instance::id)
                .collect(Collectors.toSet());
        int surge = (blocked ? spec.update().maxParallel() : 0) + stay.size();
        Set<SlotKey> wanted = Slots.of(spec, server.snapshot().orElseThrow().nodes());
        long placed = live.stream().filter(i -> i.node() != null).count();
        if (live.size() != view.instances().size() || placed > wanted.size() + surge) {
            faults.add(view.name() + " has more than " + wanted.size() + " running slots: " + view.instances());
        }
        if (isJudgedSoon(view.deployment()) && !isHeld(view, spec)) {
            faults.add(view.name() + " may yet fail for want of progress: "
                    + view.deployment().rollout());
        }
        Set<SlotKey> slots = new HashSet<>();
        blocked |= live.stream().anyMatch(instance -> isBlocked(instance, view, spec));
        for (Instance instance : live) {
            slots.add(instance.slotKey());
            boolean after = blocked
                    && instance.state() == InstanceState.PENDING
                    && instance.revision() != view.deployment().revision();
            if (instance.state() == InstanceState.RUNNING) {
                lookAtContainer(instance);
                hosts.stream()
                        .filter(host -> host.name().equals(instance.node())
                                && !host.knows(view.deployment().spec()))
                        .filter(host -> instance.revision() == view.deployment().revision())
                        .forEach(host -> faults.add(instance.id() + " runs on " + host.name()
                                + ", whose agent knows not all that " + view.name() + " asks for"));
            } else if (hasEndedForGood(instance, spec)) {
                expected.add(instance.id());
            } else if (instance.reason().endsWith(UNASKED) || !after && !isBlocked(instance, view, spec)) {
                faults.add(instance.id() + " is " + instance.state() + " on " + instance.node() + ": "
                        + instance.reason());
            }
        }
        // while a slot that ran before fits nowhere, those that nothing ever ran in wait for it, also with an older
        // revision
        boolean filled = slots.equals(wanted);
        if (!filled && !blocked) {
            faults.add(view.name() + " fills the slots " + slots + " of " + wanted);
        }
        int newest = view.deployment().revision();
        // a revision that does not come up for want of room leaves the rest as it was
        if (!blocked) {
            live.stream()
                    .filter(instance -> instance.revision() != newest && !stay.contains(instance.id()))
                    .forEach(old -> faults.add(old.id() + " runs revision " + old.revision() + " and not " + newest));
        }
    }

    /** Whether a rollout that does not come on is about to go back or pause for that. */
    private static boolean isJudgedSoon(Deployment deployment) {
        Rollout rollout = deployment.rollout();
        Update rules = deployment.spec().update();
        return rollout.phase() == Rollout.Phase.MOVING
                && rollout.from() > 0
                && rules.onFailure() != OnFailure.CONTINUE
                && rules.progressDeadline().compareTo(Update.DEFAULT.progressDeadline()) < 0;
    }

    /** Whether it is not started again, as its spec wants it, or wanted it when it ended. */
    private static boolean hasEndedForGood(Instance instance, DeploymentSpec spec) {
        return instance.isOver() && (!instance.failing() || spec.restart().condition() == RestartSpec.Condition.NEVER);
    }

    /** Whether a rollout that goes on left it in its place until what is to follow it, and fails, works. */
    private static boolean staysFor(Instance old, List<Instance> live, DeploymentSpec spec) {
        return spec.update().onFailure() == OnFailure.CONTINUE
                && live.stream().anyMatch(next -> next.id().equals(old.decided().until()) && next.failing());
    }

    /** It is over, or waits for a node that fits; of one that failed the last attempt is kept. */
    private void lookAtJob(DeploymentView view, DeploymentSpec spec) {
        JobRun run = view.deployment().run();
        if (run == null || run.revision() != view.deployment().revision()) {
            faults.add(view.name() + " has not begun: " + run);
            return;
        }
        for (Instance instance : view.instances()) {
            boolean waits = instance.state() == InstanceState.PENDING
                    && (isHeld(view, spec) || !fitsSomewhere(instance, view, spec));
            if (run.phase() == JobRun.Phase.FAILED && instance.state() == InstanceState.FAILED) {
                expected.add(instance.id());
            } else if (!run.isUnderWay() || !waits) {
                faults.add(instance.id() + " is " + instance.state() + ", and its job " + run);
            }
        }
        // a slot whose attempt failed is empty until the next begins
        JobSpec job = Objects.requireNonNull(view.deployment().spec().job());
        int left =
                Math.min(job.parallelism(), job.completions() - run.completed().size());
        if (run.isUnderWay() && !view.deployment().paused() && view.instances().size() < left) {
            faults.add(view.name() + " is to run in " + left + " slots, has "
                    + view.instances().size() + ", and is " + run);
        }
    }

    /** Whether it waits for another: nothing of it is healthy, and something that it depends on is not. */
    private boolean isHeld(DeploymentView view, DeploymentSpec spec) {
        return view.instances().stream().noneMatch(Instance::isHealthy) && lacksOthers(spec);
    }

    private boolean lacksOthers(DeploymentSpec spec) {
        ClusterSnapshot snapshot = server.snapshot().orElseThrow();
        return spec.dependsOn().stream()
                .map(snapshot::deployment)
                .anyMatch(other -> other.isEmpty() || !isDone(other.get(), snapshot));
    }

    private static boolean isDone(DeploymentView other, ClusterSnapshot snapshot) {
        JobRun run = other.deployment().run();
        if (other.deployment().spec().mode() == Mode.JOB) {
            return run != null && run.phase() == JobRun.Phase.COMPLETED;
        }
        Set<SlotKey> healthy = other.instances().stream()
                .filter(Instance::isHealthy)
                .map(Instance::slotKey)
                .collect(Collectors.toSet());
        return !other.deployment().deleting()
                && healthy.containsAll(Slots.of(other.deployment().spec(), snapshot.nodes()));
    }

    private boolean isBlocked(Instance instance, DeploymentView view, DeploymentSpec spec) {
        return instance.state() != InstanceState.RUNNING
                && isWaiting(instance)
                && (isHeld(view, spec) || !fitsSomewhere(instance, view, spec));
    }

    private static boolean isWaiting(Instance instance) {
        return instance.state() == InstanceState.PENDING || instance.attempt() > 0;
    }

    private boolean fitsSomewhere(Instance instance, DeploymentView view, DeploymentSpec spec) {
        // who is told to run beside the old one needs its room, too
        boolean beside = spec.update().order() == UpdateOrder.START_FIRST;
        Set<String> mates = view.instances().stream()
                .filter(i -> beside ? i.id().equals(instance.id()) : i.slotKey().equals(instance.slotKey()))
                .map(Instance::id)
                .collect(Collectors.toSet());
        return hosts.stream()
                .filter(host -> spec.mode() != Mode.GLOBAL
                        || instance.key() == null
                        || instance.key().equals(host.name()))
                .filter(host -> hasItsVolumes(host.name(), instance, spec))
                .anyMatch(host -> fits(host, mates, spec) && hasRoom(host.name(), view.name(), mates, spec));
    }

    private boolean hasItsVolumes(String host, Instance instance, DeploymentSpec spec) {
        return spec.mode() == Mode.GLOBAL
                || server.snapshot().orElseThrow().volumes().stream()
                        .filter(SlotVolume::isInForce)
                        .filter(it -> spec.allVolumes().stream()
                                .anyMatch(volume -> volume.pins() && isIt(it, volume, instance)))
                        .allMatch(it -> it.node().equals(host));
    }

    /** Whether a volume is the one that a spec means: one of its own slot, or of another deployment's first. */
    private static boolean isIt(SlotVolume there, VolumeSpec volume, Instance instance) {
        return there.name().equals(volume.name())
                && there.deployment().equals(volume.isShared() ? volume.of() : instance.deployment())
                && there.slot().equals(volume.isShared() ? "0" : Integer.toString(instance.slot()));
    }

    private boolean hasRoom(String host, String name, Set<String> mates, DeploymentSpec spec) {
        ClusterSnapshot snapshot = server.snapshot().orElseThrow();
        Reservation free = snapshot.nodes().stream()
                .filter(node -> node.id().equals(host))
                .map(Node::offers)
                .findFirst()
                .orElse(Reservation.NONE);
        int own = 0;
        for (DeploymentView view : snapshot.deployments()) {
            for (Instance instance : view.instances()) {
                boolean stays = !spec.preempt()
                        || mates.size() > 1
                        || instance.order() == Order.STOP
                        || view.deployment().spec().priority() >= spec.priority();
                if (host.equals(instance.node()) && !mates.contains(instance.id()) && stays) {
                    free = free.minus(instance.setAside());
                    own += view.name().equals(name) && !instance.isOver() ? 1 : 0;
                }
            }
        }
        return free.covers(spec.resources().reserved()) && (spec.maxPerNode() == 0 || own < spec.maxPerNode());
    }

    /**
     * @param mates those of its slot: what is replaced does not stand in the way
     */
    private boolean fits(SimulatedHost host, Set<String> mates, DeploymentSpec spec) {
        Map<String, String> labels = server.snapshot().orElseThrow().nodes().stream()
                .filter(node -> node.id().equals(host.name()))
                .map(Node::labels)
                .findFirst()
                .orElse(Map.of());
        boolean selected = labels.entrySet().containsAll(spec.nodeSelector().entrySet());
        boolean otherwise = spec.constraints().stream()
                .noneMatch(
                        it -> it.op() == Constraint.Op.NOT_EQUAL && Objects.equals(it.value(), labels.get(it.key())));
        return selected
                && otherwise
                && host.knows(spec)
                && spec.published().stream()
                        .filter(port -> port.hostPort() != 0)
                        .map(port -> binding(host, port))
                        .noneMatch(port -> isHeld(host, port, mates) || isRelayed(host, port, mates, spec.name()));
    }

    /** Held by an agent for another one; those of the deployment share it, if this one is relayed, too. */
    private boolean isRelayed(SimulatedHost host, PortBinding port, Set<String> mates, String deployment) {
        return server.snapshot().orElseThrow().deployments().stream()
                .flatMap(view -> view.instances().stream())
                .filter(it -> host.name().equals(it.node()) && !mates.contains(it.id()))
                .anyMatch(it -> it.ports().stream()
                        .anyMatch(held -> held.relay()
                                && held.clashesWith(port)
                                && !(it.deployment().equals(deployment) && held.isSharedWith(port))));
    }

    private static PortBinding binding(SimulatedHost host, PortSpec port) {
        String ip = port.hostIp() == null ? host.address() : port.hostIp();
        return new PortBinding(
                ip, port.hostPort(), port.containerPort(), port.protocol(), port.relay(), port.proxyProtocol());
    }

    private boolean isHeld(SimulatedHost host, PortBinding port, Set<String> mates) {
        return host.engine().containers().stream()
                .filter(container -> !mates.contains(container.labels().getOrDefault(KnitLabels.INSTANCE, "")))
                .filter(container -> container.state() == ContainerState.RUNNING
                        || known.contains(container.labels().getOrDefault(KnitLabels.INSTANCE, ""))
                        || container.labels().containsKey(KnitLabels.INSTANCE)
                                && !container.labels().containsKey(KnitLabels.KEEP_FAILED))
                .anyMatch(container ->
                        host.engine().spec(container.id()).ports().stream().anyMatch(port::clashesWith));
    }

    /**
     * Whether it stays since it failed, for people to look at: of a slot of what is deployed, and no more of them on a host than a spec of its said.
     *
     * @param kept how many there are of each slot so far
     */
    private boolean isKept(Found found, Map<String, Integer> kept) {
        Map<String, String> labels = found.container().labels();
        String deployment = labels.getOrDefault(KnitLabels.DEPLOYMENT, "");
        Integer code = found.container().exitCode();
        if (found.container().state() != ContainerState.EXITED || code == null || code == 0) {
            return false;
        }
        int most = server.snapshot()
                .flatMap(snapshot -> snapshot.deployment(deployment))
                .map(view -> Math.max(
                        mostKept(deployment), Integer.parseInt(labels.getOrDefault(KnitLabels.KEEP_FAILED, "0"))))
                .orElse(0);
        String slot = found.host().name() + " " + deployment + " " + labels.get(KnitLabels.SLOT);
        return kept.merge(slot, 1, Integer::sum) <= most;
    }

    /** A node goes by the newest revision that it was given something of, which need not be the newest. */
    private int mostKept(String deployment) {
        return server.running().stream()
                .flatMap(running -> running.revisions(deployment).stream())
                .mapToInt(revision -> revision.spec().keepFailed())
                .max()
                .orElse(0);
    }

    private void lookAtContainer(Instance instance) {
        expected.add(instance.id());
        List<Found> all = containers.getOrDefault(instance.id(), List.of());
        List<Found> found = all.stream().filter(it -> !isBesideItsMain(it)).toList();
        if (found.size() != 1 || !found.get(0).host().name().equals(instance.node())) {
            faults.add(instance.id() + " should have one container, on " + instance.node() + "; there are " + found);
            return;
        }
        SimulatedHost host = found.get(0).host();
        ContainerSnapshot container = found.get(0).container();
        ContainerSpec spec = host.engine().spec(container.id());
        if (container.state() != ContainerState.RUNNING && !endsByItself(spec)) {
            faults.add(instance.id() + " runs, but its container " + container.id() + " is " + container.state());
        }
        List<PortBinding> published =
                instance.ports().stream().filter(port -> !port.relay()).toList();
        if (!spec.ports().equals(published)) {
            faults.add(instance.id() + " has the ports " + instance.ports() + ", its container " + spec.ports());
        }
        spec.mounts().forEach(mount -> lookAtFile(host, instance, mount));
    }

    private static boolean isBesideItsMain(Found found) {
        String id = found.container().id();
        return found.container().labels().containsKey(KnitLabels.MAIN)
                && found.host().engine().hasJoined(id);
    }

    public static boolean endsByItself(ContainerSpec spec) {
        return endsByItself(spec.args());
    }

    /** @param args of its program */
    public static boolean endsByItself(List<String> args) {
        return args.stream().anyMatch(arg -> arg.startsWith("exit"));
    }

    private void lookAtFile(SimulatedHost host, Instance instance, FileMount mount) {
        FileSystem disk = host.dataDir().getFileSystem();
        try {
            String content = Files.readString(disk.getPath(mount.source()));
            if (!content.equals(instance.deployment() + " " + instance.id())) {
                faults.add(mount.source() + " of " + instance.id() + " holds \"" + content + "\"");
            }
        } catch (IOException e) {
            faults.add(mount.source() + " of " + instance.id() + " can't be read: " + e);
        }
    }

    private void lookForLeftovers() {
        Map<String, Integer> kept = new HashMap<>();
        containers.forEach((instance, found) -> found.stream()
                .filter(it -> !expected.contains(instance) || it.container().state() == ContainerState.CREATED)
                .filter(it -> !isKept(it, kept))
                .forEach(it -> faults.add("left on " + it.host().name() + ": " + it.container())));
        Set<String> gone = new HashSet<>(safety.instances());
        gone.removeAll(expected);
        for (SimulatedHost host : hosts) {
            try (Stream<Path> files = Files.walk(host.dataDir())) {
                // what an instance wrote last stays for a week
                files.filter(file -> !file.startsWith(host.dataDir().resolve("output")))
                        .map(Path::getFileName)
                        .map(Path::toString)
                        .filter(gone::contains)
                        .forEach(file -> faults.add("left on the disk of " + host.name() + ": " + file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
