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

    private final Loop loop;
    private final EngineScript script = new EngineScript();
    private final FakeImages images = new FakeImages();
    private final List<Bridge> bridges = new ArrayList<>();
    private final FakeVolumes volumes = new FakeVolumes();
    private final FakeContainers containers;
    private final List<String> refusedRemovals = new ArrayList<>();
    /** So many volumes were removed; asked for after each event of a whole fleet. */
    private volatile int volumeRemovals;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> readings = new CopyOnWriteArrayList<>();
    private Supplier<ImageDisk> disk = () -> ImageDisk.UNKNOWN;
    private Supplier<Duration> lifetimes = () -> Duration.ofMillis(20);
    private String os = "";
    private String arch = "";
    private boolean up = true;
    private String id;

    /**
     * An engine without containers and images; its registry has every image.
     *
     * @param name begins its containers' ids
     * @param loop the host's: not that of an agent, which may die
     */
    public FakeEngine(String name, Loop loop) {
        this.id = "engine-of-" + Objects.requireNonNull(name, "name");
        this.loop = Objects.requireNonNull(loop, "loop");
        this.containers = new FakeContainers(name, loop, script, images, volumes);
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
        containers.address(ip, there);
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
        if (containers.all().stream().anyMatch(container -> container.volumes.contains(volume))) {
            refusedRemovals.add(volume);
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the volume " + volume + " is in use by a container");
        }
        volumes.remove(volume, containers.note());
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
            running = containers.all().stream()
                    .filter(container -> container.state == ContainerState.RUNNING)
                    .map(container -> container.id)
                    .toList();
            running.forEach(id -> containers.end(id, KILLED));
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
            containers.end(id, code);
        }
        changed();
    }

    /** Stops a running container from running on, as {@code docker pause} does, or takes that back. */
    public void pause(String id, boolean paused) {
        synchronized (this) {
            containers.existing(id).paused = paused;
        }
        changed();
    }

    /** A container writes a line, now. */
    public void write(String id, String text) {
        synchronized (this) {
            FakeContainer container = containers.existing(id);
            container.wrote.add(new LogLine(loop.now(), false, true, text));
        }
        readings.forEach(Runnable::run);
    }

    /** A container writes so much that the engine lets go of it before anybody can read it. */
    public synchronized void writeTooMuch(String id) {
        FakeContainer container = containers.existing(id);
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
        return containers.isRunning(id);
    }

    /** Whether it is there and was never started. */
    synchronized boolean isMade(String id) {
        FakeContainer container = containers.get(id);
        return container != null && container.state == ContainerState.CREATED;
    }

    /** Whether who joins it with input is the only one. */
    synchronized boolean giveInput(String id) {
        FakeContainer container = containers.existing(id);
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
        if (!containers.isRunning(id)) {
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
        return containers.all().stream().map(FakeContainer::snapshot).toList();
    }

    /** What the container was made of. */
    public synchronized ContainerSpec spec(String id) {
        return containers.existing(id).spec;
    }

    public synchronized EngineHistory history() {
        return new EngineHistory(containers.events());
    }

    /** The {@link #history()} without its first {@code count} events. */
    public synchronized List<EngineEvent> eventsAfter(int count) {
        List<EngineEvent> events = containers.events();
        return List.copyOf(events.subList(count, events.size()));
    }

    /** How many events the {@link #history()} has: rises when anything changes. */
    public int changes() {
        return containers.changes();
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
        return containers.noting(words, work);
    }

    synchronized PulledImage pull(ImageRequest request) {
        requireUp();
        return images.pull(request);
    }

    synchronized Set<String> usedImages() {
        requireUp();
        return containers.all().stream().map(it -> it.spec.image()).collect(Collectors.toSet());
    }

    synchronized List<HostImage> images() {
        requireUp();
        return images.all(containers.all().stream().map(it -> it.spec.image()).toList());
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
        return containers.create(spec);
    }

    synchronized String reach(String volume, String container, Map<String, String> labels) {
        requireUp();
        return containers.reach(volume, container, labels);
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
            FakeContainer container = containers.start(id);
            if (container == null) {
                return;
            }
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

    /** Whether a container is in the network that the one which it joins has now. */
    public synchronized boolean hasJoined(String id) {
        return containers.hasJoined(id);
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
                containers.end(container.id, code);
            }
            changed();
        });
    }

    /** Stops it without removing it. */
    void stop(String id) {
        synchronized (this) {
            requireUp();
            containers.end(id, STOPPED);
        }
        changed();
    }

    /** Ends it as an agent asks, who says by which signal. */
    void stop(String id, String signal) {
        synchronized (this) {
            requireUp();
            containers.end(id, STOPPED, signal);
        }
        changed();
    }

    /** How a command in a running container goes. */
    synchronized FakeCheck exec(String id, List<String> command) {
        requireUp();
        return script.check(containers.exec(id, command).spec.labels());
    }

    /** Sends one that runs a signal, which nothing comes of. */
    synchronized void signal(String id, String signal) {
        requireUp();
        containers.signal(id, signal);
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
            containers.existing(id).health = health;
        }
        changed();
    }

    void remove(String id) {
        synchronized (this) {
            requireUp();
            containers.end(id, STOPPED);
            if (!containers.remove(id)) {
                return;
            }
        }
        changed();
    }

    synchronized RuntimeSnapshot snapshot(String cluster) {
        requireUp();
        return new RuntimeSnapshot(
                "fake 1.0",
                CAPACITY,
                containers.all().stream()
                        .filter(container -> container.isOf(cluster))
                        .map(container -> container.listed(loop.now()))
                        .toList(),
                id,
                os,
                arch);
    }

    private void requireUp() {
        if (!up) {
            throw new KnitException(ErrorCode.RUNTIME_UNAVAILABLE, "the engine does not run");
        }
    }

    private void changed() {
        listeners.forEach(Runnable::run);
        readings.forEach(Runnable::run);
    }
}
