package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Capacity;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.Bridge;
import io.knit.api.spi.runtime.ContainerHealth;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ContainerUsage;
import io.knit.api.spi.runtime.HostImage;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.api.spi.runtime.ImagePresence;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.api.spi.runtime.VolumeSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A container engine in memory. It outlives the {@link FakeRuntime}s of the agents that use it, refuses a host port that a running
 * container holds, and remembers everything. A container whose last argument is {@code exit N} ends by itself with that code; what is echoed
 * in it it writes when it starts.
 * Thread-safe.
 */
public final class FakeEngine {
    private static final Capacity CAPACITY = new Capacity(4, 8L << 30);
    private static final int KILLED = 137;
    /** What a program gives that ends on SIGTERM, so that the history tells a removal from an engine's end. */
    private static final int STOPPED = 143;

    private final String name;
    private final Loop loop;
    private final EngineScript script = new EngineScript();
    private final Map<String, FakeContainer> containers = new LinkedHashMap<>();
    private final FakeImages images = new FakeImages();
    private final List<Bridge> bridges = new ArrayList<>();
    private final Set<String> noAddresses = new HashSet<>();
    private final FakeVolumes volumes = new FakeVolumes();
    private final List<String> refusedRemovals = new ArrayList<>();
    private final List<EngineEvent> events = new ArrayList<>();
    /** So many events; asked for after each event of a whole fleet. */
    private volatile int changes;
    /** So many volumes were removed; asked for as often. */
    private volatile int volumeRemovals;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> readings = new CopyOnWriteArrayList<>();
    private Supplier<ImageDisk> disk = () -> ImageDisk.UNKNOWN;
    private Supplier<Duration> lifetimes = () -> Duration.ofMillis(20);
    private String os = "";
    private String arch = "";
    private String note = "";
    private boolean up = true;
    private long made;
    private String id;

    /**
     * An engine without containers and images; its registry has every image.
     *
     * @param name begins its containers' ids
     * @param loop the host's: not that of an agent, which may die
     */
    public FakeEngine(String name, Loop loop) {
        this.name = Objects.requireNonNull(name, "name");
        this.id = "engine-of-" + name;
        this.loop = Objects.requireNonNull(loop, "loop");
    }

    /** What goes wrong. */
    public EngineScript script() {
        return script;
    }

    /** What it runs on, in the words of images, and what its images are for unless another platform is asked for. */
    public synchronized FakeEngine withPlatform(String os, String arch) {
        this.os = Objects.requireNonNull(os, "os");
        this.arch = Objects.requireNonNull(arch, "arch");
        images.platform(os + "/" + arch);
        return this;
    }

    /** Puts an image on the engine. */
    public synchronized FakeEngine withImage(String image) {
        images.add(image);
        return this;
    }

    /**
     * An image that is there without a pull.
     *
     * @param digest by which a registry has it: {@code sha256:} and 64 digits; empty: none has
     */
    public synchronized FakeEngine withImage(String image, String digest) {
        images.add(image, digest);
        return this;
    }

    /** From now on its registry has this under the tag, and what it had before by its digest alone. */
    public synchronized FakeEngine registryTags(String image, String digest) {
        images.tag(image, digest);
        return this;
    }

    /** From now on its registry has nothing by this digest. */
    public synchronized FakeEngine registryForgets(String digest) {
        images.forget(digest);
        return this;
    }

    /** Says at which paths an image wants volumes. */
    public synchronized FakeEngine withVolumes(String image, String... paths) {
        images.volumes(image, Set.of(paths));
        return this;
    }

    /** The host has this folder, which containers may be given. */
    public synchronized FakeEngine withFolder(String path) {
        volumes.addFolder(path);
        return this;
    }

    /** Every volume there is. */
    public synchronized List<VolumeSnapshot> volumes() {
        return volumes.all();
    }

    /** The instances of which a container was started with the volume, each once, the first first. */
    public synchronized List<String> usersOf(String volume) {
        return volumes.usersOf(volume);
    }

    /** The volumes that were removed from it, the first first; also those that are there again. */
    public synchronized List<RemovedVolume> removedVolumes() {
        return volumes.removed();
    }

    /** How many {@link #removedVolumes()} there are. */
    public int volumeRemovals() {
        return volumeRemovals;
    }

    /** Its host has an address on a network of containers; one that is not told of has none. */
    public synchronized FakeEngine withBridge(String gateway, String subnet) {
        bridges.add(new Bridge(gateway, subnet));
        return this;
    }

    /** Whether its host has an address, from now on; it has all unless told. */
    public synchronized FakeEngine withAddress(String ip, boolean there) {
        if (there) {
            noAddresses.remove(ip);
        } else {
            noAddresses.add(ip);
        }
        return this;
    }

    synchronized List<Bridge> bridges() {
        return List.copyOf(bridges);
    }

    synchronized List<VolumeSnapshot> volumesOf(String cluster) {
        requireUp();
        return volumes.all().stream()
                .filter(volume -> cluster.equals(volume.labels().get(KnitLabels.CLUSTER)))
                .toList();
    }

    synchronized void removeVolume(String volume) {
        requireUp();
        if (containers.values().stream().anyMatch(container -> container.volumes.contains(volume))) {
            refusedRemovals.add(volume);
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the volume " + volume + " is in use by a container");
        }
        volumes.remove(volume, note);
        volumeRemovals = volumes.removed().size();
    }

    /** The volumes that it was asked to remove while a container had them, the first first. */
    public synchronized List<String> refusedRemovals() {
        return List.copyOf(refusedRemovals);
    }

    /** What the engine calls itself, else by its name; empty: nothing. */
    public synchronized FakeEngine id(String id) {
        this.id = Objects.requireNonNull(id, "id");
        return this;
    }

    /** Somebody takes an image away from the engine. */
    public synchronized void removeImage(String image) {
        images.removeWhole(image);
    }

    /** Whether images that are not on the engine can be had. */
    public synchronized void setRegistryUp(boolean up) {
        images.setRegistryUp(up);
    }

    /** Somebody else removes a container with its image, as a person's {@code docker system prune -a} does. */
    public void prune(String id) {
        removeImage(spec(id).image());
        remove(id);
    }

    /** Whom alone its registry gives images to, from now on; null: anybody. */
    public synchronized void demandLogin(@Nullable RegistryAuth login) {
        images.demand(login);
    }

    /** How long a container with {@code exit N} runs. */
    public synchronized FakeEngine lifetimes(Supplier<Duration> lifetimes) {
        this.lifetimes = Objects.requireNonNull(lifetimes, "lifetimes");
        return this;
    }

    /** The engine's process dies, which its runtimes notice: every call fails, its containers run on. */
    public void kill() {
        synchronized (this) {
            up = false;
        }
        changed();
    }

    /** The engine starts again after {@link #kill()}, which ends all its containers, as Docker's does without live-restore. */
    public void start() {
        List<String> running;
        synchronized (this) {
            up = true;
            running = containers.values().stream()
                    .filter(container -> container.state == ContainerState.RUNNING)
                    .map(container -> container.id)
                    .toList();
            running.forEach(id -> endNow(id, KILLED));
        }
        changed();
    }

    /** Whether its process runs. */
    public synchronized boolean up() {
        return up;
    }

    /** A running container ends by itself with this code. */
    public void end(String id, int code) {
        synchronized (this) {
            endNow(id, code);
        }
        changed();
    }

    /** Stops a running container from running on, as {@code docker pause} does, or takes that back. */
    public void pause(String id, boolean paused) {
        synchronized (this) {
            existing(id).paused = paused;
        }
        changed();
    }

    /** A container writes a line, now. */
    public void write(String id, String text) {
        synchronized (this) {
            FakeContainer container = existing(id);
            container.wrote.add(new LogLine(loop.now(), false, true, text));
        }
        readings.forEach(Runnable::run);
    }

    /** A container writes so much that the engine lets go of it before anybody can read it. */
    public synchronized void writeTooMuch(String id) {
        FakeContainer container = existing(id);
        container.gaps.add(container.wrote.size());
    }

    synchronized boolean isGapBefore(String id, int line) {
        FakeContainer container = containers.get(id);
        return container != null && container.gaps.contains(line);
    }

    /** The lines of a container after the first so many; null: it is not there, or its engine is not. */
    synchronized @Nullable List<LogLine> linesAfter(String id, int count) {
        FakeContainer container = containers.get(id);
        return container == null || !up ? null : List.copyOf(container.wrote.subList(count, container.wrote.size()));
    }

    synchronized boolean isRunning(String id) {
        FakeContainer container = containers.get(id);
        return container != null && container.state == ContainerState.RUNNING;
    }

    /** Whether it is there and was never started. */
    synchronized boolean isMade(String id) {
        FakeContainer container = containers.get(id);
        return container != null && container.state == ContainerState.CREATED;
    }

    /** Whether who joins it with input is the only one. */
    synchronized boolean giveInput(String id) {
        FakeContainer container = existing(id);
        boolean first = !container.inputGiven;
        container.inputGiven = true;
        return first || !container.spec.inputOnce();
    }

    /** Its one input has ended; what was not started yet reads that at once when it is. */
    synchronized void endInput(String id) {
        FakeContainer container = containers.get(id);
        if (container != null) {
            container.inputEnded = true;
        }
    }

    /** Of what has ended; of what is gone as if it was killed. */
    synchronized int exitCode(String id) {
        FakeContainer container = containers.get(id);
        return container == null || container.exitCode == null ? KILLED : container.exitCode;
    }

    synchronized ContainerUsage usage(String id) {
        requireUp();
        if (!isRunning(id)) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "no such container runs: " + id);
        }
        return new ContainerUsage(0.5, 64L << 20, 1L << 30, 1_000, 2_000, 3_000, 4_000, 2);
    }

    synchronized FakeFiles files(String id) {
        FakeContainer container = containers.get(id);
        if (container == null || !up) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "no such container: " + id);
        }
        return container.files;
    }

    /** How long it takes until what was copied into it is there. */
    synchronized Duration unpacking(String id) {
        FakeContainer container = containers.get(id);
        return container == null
                ? Duration.ZERO
                : container.volumes.stream()
                        .map(script::unpackingOf)
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO);
    }

    /** Whether one of its volumes can't take all that is copied into it. */
    synchronized boolean isFull(String id) {
        FakeContainer container = containers.get(id);
        return container != null && container.volumes.stream().anyMatch(script::isFull);
    }

    /** Called whenever something may have been written, or have ended. */
    void onOutput(Runnable reading) {
        readings.add(reading);
    }

    void noOutput(Runnable reading) {
        readings.remove(reading);
    }

    /** Every container there is, Knit's or not. */
    public synchronized List<ContainerSnapshot> containers() {
        return containers.values().stream().map(FakeContainer::snapshot).toList();
    }

    /** What the container was made of. */
    public synchronized ContainerSpec spec(String id) {
        return existing(id).spec;
    }

    public synchronized EngineHistory history() {
        return new EngineHistory(events);
    }

    /** The {@link #history()} without its first {@code count} events. */
    public synchronized List<EngineEvent> eventsAfter(int count) {
        return List.copyOf(events.subList(count, events.size()));
    }

    /** How many events the {@link #history()} has: rises when anything changes. */
    public int changes() {
        return changes;
    }

    /** Makes and starts a container past Knit, as another user of the host would. */
    public String runForeign(ContainerSpec spec) {
        if (spec.labels().containsKey(KnitLabels.CLUSTER)) {
            throw new IllegalArgumentException("a foreign container has no label " + KnitLabels.CLUSTER);
        }
        withImage(spec.image());
        String id = create(spec);
        start(id);
        return id;
    }

    Loop loop() {
        return loop;
    }

    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /** Does something on whose events there is something to note. */
    synchronized <T> T noting(String words, Supplier<T> work) {
        note = words;
        try {
            return work.get();
        } finally {
            note = "";
        }
    }

    synchronized PulledImage pull(ImageRequest request) {
        requireUp();
        return images.pull(request);
    }

    synchronized Set<String> usedImages() {
        requireUp();
        return containers.values().stream().map(it -> it.spec.image()).collect(Collectors.toSet());
    }

    synchronized List<HostImage> images() {
        requireUp();
        return images.all(
                containers.values().stream().map(it -> it.spec.image()).toList());
    }

    /** What it says of the disk that images lie on, asked each time; else nothing. */
    public synchronized FakeEngine imagesOn(Supplier<ImageDisk> disk) {
        this.disk = Objects.requireNonNull(disk, "disk");
        return this;
    }

    synchronized ImageDisk imageDisk() {
        requireUp();
        return disk.get();
    }

    synchronized void removeUnused(String image) {
        requireUp();
        if (usedImages().stream().anyMatch(used -> images.isSame(image, used))) {
            throw new KnitException(ErrorCode.IN_USE, "a container is made of the image " + image);
        }
        images.remove(image);
    }

    synchronized ImagePresence presence(String image, String id, List<String> layers) {
        requireUp();
        return images.presence(image, id, layers);
    }

    synchronized void load(String image, int files) {
        requireUp();
        images.load(image, files);
    }

    /** Whether an image is there by this name. */
    public synchronized boolean hasImage(String image) {
        return images.isHere(image);
    }

    synchronized String create(ContainerSpec spec) {
        requireUp();
        for (FakeContainer container : containers.values()) {
            if (container.spec.name().equals(spec.name())) {
                if (container.isSameInstanceAs(spec)) {
                    return container.id;
                }
                throw new KnitException(
                        ErrorCode.RUNTIME_REFUSED, "the name " + spec.name() + " is another container's");
            }
        }
        images.require(spec.image(), spec.process().platform());
        FakeContainer container = new FakeContainer(name + "-c" + ++made, spec, loop.now());
        if (spec.joins() != null) {
            FakeContainer main = existing(spec.joins());
            container.volumes.addAll(main.volumes);
            container.files.mountAllOf(main.files);
        }
        volumes.mount(container, images.volumesOf(spec.image()));
        containers.put(container.id, container);
        record(EngineEvent.Kind.CREATED, container, "");
        return container.id;
    }

    synchronized String reach(String volume, String container, Map<String, String> labels) {
        requireUp();
        FakeContainer made = new FakeContainer(
                name + "-c" + ++this.made,
                new ContainerSpec(container, "none", List.of(), List.of(), Map.of(), labels, List.of(), List.of()),
                loop.now());
        volumes.reach(made, volume);
        containers.put(made.id, made);
        record(EngineEvent.Kind.CREATED, made, "");
        return made.id;
    }

    synchronized void makeVolume(String volume, Map<String, String> labels) {
        requireUp();
        volumes.make(volume, labels);
    }

    /** Has a file in a volume that is there, as if a container had written it. */
    public synchronized void writeTo(String volume, String path, byte[] bytes) {
        volumes.write(volume, path, bytes);
    }

    /** What is in a volume, by its path within; empty also where there is none. */
    public synchronized Map<String, byte[]> filesOf(String volume) {
        return volumes.filesOf(volume);
    }

    void start(String id) {
        synchronized (this) {
            requireUp();
            FakeContainer container = existing(id);
            if (container.state == ContainerState.RUNNING) {
                return;
            }
            for (FakeContainer other : containers.values()) {
                if (other.state == ContainerState.RUNNING && container.clashesWith(other)) {
                    throw new KnitException(
                            ErrorCode.PORT_IN_USE,
                            "a port of " + container.spec.name() + " is held by " + other.spec.name());
                }
            }
            container.spec.ports().stream()
                    .filter(port -> noAddresses.contains(port.hostIp()))
                    .findFirst()
                    .ifPresent(port -> {
                        throw new KnitException(
                                ErrorCode.NO_SUCH_ADDRESS,
                                "Port " + port.hostIp() + ":" + port.hostPort()
                                        + " can't be bound: the node does not have this address; choose another host_ip");
                    });
            container.joined = joined(container);
            container.state = ContainerState.RUNNING;
            container.exit = null;
            container.exitCode = null;
            container.starts++;
            volumes.use(container);
            record(EngineEvent.Kind.STARTED, container, "");
            container.speak(loop.now());
            endByItself(container);
            if (container.inputEnded && container.ownEnd() == null) {
                loop.execute(() -> {
                    if (isRunning(id)) {
                        end(id, 0);
                    }
                });
            }
        }
        changed();
    }

    /** An engine starts nothing in the network of what does not run. */
    private int joined(FakeContainer container) {
        String other = container.spec.joins();
        if (other == null) {
            return 0;
        }
        FakeContainer main = containers.get(other);
        if (main == null || main.state != ContainerState.RUNNING) {
            throw new KnitException(
                    ErrorCode.RUNTIME_REFUSED, "cannot join network of a non running container: " + other);
        }
        return main.starts;
    }

    /** Whether a container is in the network that the one which it joins has now. */
    public synchronized boolean hasJoined(String id) {
        FakeContainer container = existing(id);
        String joins = container.spec.joins();
        FakeContainer main = joins == null ? null : containers.get(joins);
        return main != null && main.state == ContainerState.RUNNING && main.starts == container.joined;
    }

    private void endByItself(FakeContainer container) {
        Integer code = script.end(container.spec.labels()).orElseGet(container::ownEnd);
        if (code == null || code < 0) {
            return;
        }
        int start = container.starts;
        loop.after(lifetimes.get(), () -> {
            synchronized (this) {
                if (container.starts != start) {
                    return;
                }
                endNow(container.id, code);
            }
            changed();
        });
    }

    /** Stops it without removing it. */
    void stop(String id) {
        synchronized (this) {
            requireUp();
            endNow(id, STOPPED);
        }
        changed();
    }

    /** Ends it as an agent asks, who says by which signal. */
    void stop(String id, String signal) {
        synchronized (this) {
            requireUp();
            if (containers.containsKey(id)) {
                note = signal;
                endNow(id, STOPPED);
                note = "";
            }
        }
        changed();
    }

    /** How a command in a running container goes. */
    synchronized FakeCheck exec(String id, List<String> command) {
        requireUp();
        FakeContainer container = existing(id);
        if (container.state != ContainerState.RUNNING) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the container does not run");
        }
        record(EngineEvent.Kind.EXECUTED, container, String.join(" ", command));
        return script.check(container.spec.labels());
    }

    /** Sends one that runs a signal, which nothing comes of. */
    synchronized void signal(String id, String signal) {
        requireUp();
        FakeContainer container = existing(id);
        if (container.state != ContainerState.RUNNING) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the container does not run");
        }
        record(EngineEvent.Kind.SIGNALLED, container, signal);
    }

    /** How a check over the network goes: one of what does not run fails. */
    synchronized FakeCheck check(String id) {
        FakeContainer container = containers.get(id);
        return container == null || container.state != ContainerState.RUNNING
                ? FakeCheck.FAILS
                : script.check(container.spec.labels());
    }

    /** From now on the engine says this of a container whose image has a check; null: it has none. */
    public void health(String id, @Nullable ContainerHealth health) {
        synchronized (this) {
            existing(id).health = health;
        }
        changed();
    }

    void remove(String id) {
        synchronized (this) {
            requireUp();
            endNow(id, STOPPED);
            FakeContainer container = containers.remove(id);
            if (container == null) {
                return;
            }
            record(EngineEvent.Kind.REMOVED, container, "");
        }
        changed();
    }

    synchronized RuntimeSnapshot snapshot(String cluster) {
        requireUp();
        return new RuntimeSnapshot(
                "fake 1.0",
                CAPACITY,
                containers.values().stream()
                        .filter(container -> container.isOf(cluster))
                        .map(container -> container.listed(loop.now()))
                        .toList(),
                id,
                os,
                arch);
    }

    private void endNow(String id, int code) {
        FakeContainer container = containers.get(id);
        if (container != null && container.state == ContainerState.RUNNING) {
            container.end(code, loop.now().plus(script.nextListLag()));
            record(EngineEvent.Kind.ENDED, container, "exit code " + code);
        }
    }

    private FakeContainer existing(String id) {
        FakeContainer container = containers.get(id);
        if (container == null) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "no such container: " + id);
        }
        return container;
    }

    private void requireUp() {
        if (!up) {
            throw new KnitException(ErrorCode.RUNTIME_UNAVAILABLE, "the engine does not run");
        }
    }

    private void record(EngineEvent.Kind kind, FakeContainer container, String detail) {
        events.add(new EngineEvent(
                loop.now(),
                kind,
                container.id,
                container.spec.name(),
                container.spec.labels(),
                (detail + " " + note).strip()));
        changes = events.size();
    }

    private void changed() {
        listeners.forEach(Runnable::run);
        readings.forEach(Runnable::run);
    }
}
