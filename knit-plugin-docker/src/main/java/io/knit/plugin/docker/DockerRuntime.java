package io.knit.plugin.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.Bridge;
import io.knit.api.spi.runtime.BridgesAbility;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerUsage;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.HostImage;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.api.spi.runtime.ImageLoadAbility;
import io.knit.api.spi.runtime.ImagePresence;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.ImagesAbility;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.PullListener;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.api.spi.runtime.ShellAbility;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.ShellSession;
import io.knit.api.spi.runtime.SignalAbility;
import io.knit.api.spi.runtime.StopAbility;
import io.knit.api.spi.runtime.UsageAbility;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.api.spi.runtime.VolumesAbility;
import io.knit.plugin.docker.container.CommittedCopies;
import io.knit.plugin.docker.container.ContainerCommand;
import io.knit.plugin.docker.container.ContainerCreation;
import io.knit.plugin.docker.container.ContainerList;
import io.knit.plugin.docker.container.ContainerRemoval;
import io.knit.plugin.docker.container.ContainerSignal;
import io.knit.plugin.docker.container.ContainerStart;
import io.knit.plugin.docker.container.ContainerStop;
import io.knit.plugin.docker.container.EndWords;
import io.knit.plugin.docker.container.EngineEvents;
import io.knit.plugin.docker.container.ToldStates;
import io.knit.plugin.docker.container.VolumeCalls;
import io.knit.plugin.docker.container.VolumeReach;
import io.knit.plugin.docker.engine.Asides;
import io.knit.plugin.docker.engine.Circuit;
import io.knit.plugin.docker.engine.Cpu;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.plugin.docker.engine.EngineErrors;
import io.knit.plugin.docker.engine.EngineFacts;
import io.knit.plugin.docker.engine.Lane;
import io.knit.plugin.docker.engine.Work;
import io.knit.plugin.docker.image.ImageCalls;
import io.knit.plugin.docker.image.Images;
import io.knit.plugin.docker.image.PlatformCheck;
import io.knit.plugin.docker.inside.ContainerShell;
import io.knit.plugin.docker.inside.CopyIn;
import io.knit.plugin.docker.inside.CopyOut;
import io.knit.plugin.docker.inside.ImageLoad;
import io.knit.plugin.docker.inside.LayersPresent;
import io.knit.plugin.docker.inside.UsageReading;
import io.knit.plugin.docker.logs.ContainerLogs;
import io.knit.plugin.docker.network.HostBridges;
import io.knit.plugin.docker.network.NetworkTidying;
import io.knit.plugin.docker.network.UnusedNetworks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Containers on one Docker Engine, from 20.10 to today's. Thread-safe; never blocks; holds no thread while idle but the one of the
 * event stream and up to two timers.
 *
 * <p>Starting and removing share a {@link Circuit}, for it is the engine's networks that lock up. Removals go one at a time on
 * engines before 23, whose networks can lock up for good otherwise (moby#42545). Stops go before them in a lane of their own, so that
 * containers which use their whole grace time do so at the same time.
 */
final class DockerRuntime
        implements ContainerRuntime,
                ExecAbility,
                StopAbility,
                SignalAbility,
                LogsAbility,
                ShellAbility,
                ArchiveAbility,
                UsageAbility,
                VolumesAbility,
                VolumeFilesAbility,
                BridgesAbility,
                ImagesAbility,
                ImageLoadAbility {
    /** From this version on containers are removed several at a time. */
    private static final int PARALLEL_REMOVAL = 23;

    private static final int READS = 4;
    private static final int PULLS = 4;
    /** A stop only waits; as many may at once as a node can be expected to end in one go. */
    private static final int STOPS = 32;
    /** Each stop may begin with one. */
    private static final int COMMANDS = STOPS;
    /** As many as an agent has under way at once. */
    private static final int CHECKS = 16;
    /** Each waits two seconds for its second look. */
    private static final int USAGES = 16;

    private final Deadlines deadlines;
    private final ScheduledThreadPoolExecutor timer = timer();
    private final Circuit reading = new Circuit(this::answersAgain);
    private final Circuit pulling = new Circuit(this::answersAgain);
    private final Circuit creating = new Circuit(this::answersAgain);
    private final Circuit networking = new Circuit(this::answersAgain);
    private final Circuit executing = new Circuit(this::answersAgain);
    private final Circuit checking = new Circuit(this::answersAgain);
    private final EngineClients clients;
    private final Engine engine;
    private final Set<Ongoing<?>> ongoing = ConcurrentHashMap.newKeySet();
    private final Lane reads;
    private final Lane pulls;
    private final Lane creates;
    private final Lane starts;
    private final Lane stops;
    private final Lane removals;
    private final Lane commands;
    private final Lane checks;
    private final Lane usages;
    private final EngineFacts facts;
    private final ToldStates told = new ToldStates();
    private final EndWords ends;
    private final CommittedCopies copies = new CommittedCopies();
    private final ContainerShell.Inputs inputs = new ContainerShell.Inputs();
    private final Asides asides;
    private final EngineEvents events;
    private final Images images;
    private final PlatformCheck platforms;
    private final NetworkTidying networks;

    DockerRuntime(EngineAddress address, Deadlines deadlines) {
        this(address, deadlines, PlatformCheck.of(address));
    }

    DockerRuntime(EngineAddress address, Deadlines deadlines, PlatformCheck platforms) {
        this.deadlines = deadlines;
        this.platforms = platforms;
        this.clients = new EngineClients(address);
        this.engine = new Engine(clients, new EngineErrors(address), deadlines, timer);
        // runc is CPU-bound: more at once than twice the cores gains nothing and starves what runs
        int width = 2 * Runtime.getRuntime().availableProcessors();
        this.reads = new Lane("read", READS, reading, engine);
        this.pulls = new Lane("pull", PULLS, pulling, engine);
        this.creates = new Lane("create", width, creating, engine);
        this.starts = new Lane("start", width, networking, engine);
        this.stops = new Lane("stop", STOPS, networking, engine);
        this.removals = new Lane("remove", 1, networking, engine);
        this.commands = new Lane("exec", COMMANDS, executing, engine);
        this.checks = new Lane("check", CHECKS, checking, engine);
        this.usages = new Lane("usage", USAGES, reading, engine);
        this.facts = new EngineFacts(reads, engine);
        this.ends = new EndWords(facts::cpu);
        this.asides = new Asides(engine, deadlines.read().dividedBy(4));
        this.events = new EngineEvents(engine, told, this::settle, this::engineIsBack);
        this.images = new Images(reads, pulls, deadlines, facts);
        this.networks = new NetworkTidying(
                timer,
                cluster -> reads.call(
                        "looking for networks that nobody uses", deadlines.read(), new UnusedNetworks(cluster)));
    }

    @Override
    public Future<PulledImage> pull(ImageRequest request) {
        return pull(request, (Consumer<String>) remark -> {});
    }

    @Override
    public Future<PulledImage> pull(ImageRequest request, Consumer<String> remarks) {
        return pull(request, PullListener.ofRemarks(Objects.requireNonNull(remarks, "remarks")));
    }

    @Override
    public Future<PulledImage> pull(ImageRequest request, PullListener listener) {
        return images.pull(Objects.requireNonNull(request, "request"), Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public Future<PulledImage> prepare(ImageRequest request) {
        return images.prepare(Objects.requireNonNull(request, "request"), platforms);
    }

    @Override
    public boolean keepsPlatforms() {
        return true;
    }

    @Override
    public Future<String> create(ContainerSpec spec) {
        Objects.requireNonNull(spec, "spec");
        return facts.get()
                .map(EngineFacts.Facts::logDriver)
                .otherwise("")
                .compose(driver -> creates.call(
                        "making container " + spec.name(), deadlines.create(), new ContainerCreation(spec, driver)))
                .onFailure(why -> {
                    if (why instanceof KnitException known && known.code() == ErrorCode.IMAGE_UNAVAILABLE) {
                        images.gone(spec.image());
                    }
                });
    }

    /** {@inheritDoc} A container that could not be started stays as it was made, for the caller to start again or remove. */
    @Override
    public Future<Void> start(String containerId) {
        String what = "starting container " + ContainerCreation.shortId(containerId);
        return starts.<Boolean>call(what, deadlines.start(), client -> {
                    told.starts(containerId);
                    return new ContainerStart(containerId).run(client);
                })
                .onFailure(why -> told.didNotStart(containerId))
                .recover(why -> unless(NotModifiedException.class, why))
                .mapEmpty();
    }

    @Override
    public Future<Void> remove(String containerId, Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace is " + grace + "; give zero or more");
        }
        String shortId = ContainerCreation.shortId(containerId);
        Future<Boolean> stopped = grace.isZero()
                ? Future.succeededFuture(true)
                : stops.call(
                        "stopping container " + shortId,
                        grace.plus(deadlines.removeMargin()),
                        new ContainerStop(containerId, grace));
        return stopped.compose(done -> facts.get().transform(Future::succeededFuture))
                .compose(known -> {
                    boolean old = known.failed() || known.result().major() < PARALLEL_REMOVAL;
                    removals.widen(old ? 1 : 2 * Runtime.getRuntime().availableProcessors());
                    return removals.call(
                            "removing container " + shortId,
                            deadlines.removeMargin(),
                            new ContainerRemoval(containerId));
                })
                .recover(why -> unless(NotFoundException.class, why))
                .onSuccess(done -> networks.mayBeUnused())
                .mapEmpty();
    }

    @Override
    public Future<Void> stop(String containerId, String signal, Duration grace) {
        Work<Boolean> stop = signal.isEmpty()
                ? new ContainerStop(containerId, grace)
                : new ContainerSignal(containerId, signal, grace);
        return stops.call(
                        "stopping container " + ContainerCreation.shortId(containerId),
                        grace.plus(deadlines.removeMargin()),
                        stop)
                .recover(why -> unless(NotFoundException.class, why))
                .mapEmpty();
    }

    @Override
    public Future<Void> signal(String containerId, String signal) {
        Work<Boolean> sent = client -> {
            client.killContainerCmd(containerId).withSignal(signal).exec();
            return true;
        };
        return commands.call(
                        "sending " + signal + " to container " + ContainerCreation.shortId(containerId),
                        deadlines.read(),
                        sent)
                .mapEmpty();
    }

    @Override
    public Future<ExecResult> exec(String containerId, List<String> command, Duration timeout) {
        return command(commands, containerId, command, timeout);
    }

    @Override
    public Future<ExecResult> check(String containerId, List<String> command, Duration timeout) {
        return command(checks, containerId, command, timeout);
    }

    private Future<ExecResult> command(Lane lane, String containerId, List<String> command, Duration timeout) {
        return lane.call(
                "running a command in container " + ContainerCreation.shortId(containerId),
                timeout.plus(deadlines.read()),
                new ContainerCommand(containerId, command, timeout));
    }

    @Override
    public Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader) {
        return kept(new ContainerLogs(engine, containerId, query, reader));
    }

    @Override
    public ShellSession shell(String containerId, ShellRequest request, ByteReader output, ByteReader error) {
        return kept(ContainerShell.begin(engine, commands, inputs, containerId, request, output, error));
    }

    @Override
    public Ongoing<Void> read(String containerId, String path, ByteReader reader) {
        return kept(CopyOut.begin(engine, containerId, path, reader));
    }

    @Override
    public Intake<Void> write(String containerId, String folder) {
        return kept(CopyIn.begin(engine, containerId, folder));
    }

    @Override
    public Future<ContainerUsage> usage(String containerId) {
        return usages.call(
                "asking what container " + ContainerCreation.shortId(containerId) + " uses",
                deadlines.read(),
                new UsageReading(containerId));
    }

    @Override
    public Future<List<VolumeSnapshot>> volumes(String cluster) {
        return reads.call("listing volumes", deadlines.read(), VolumeCalls.list(cluster));
    }

    @Override
    public Future<Void> removeVolume(String name) {
        return removals.call("removing volume " + name, deadlines.removeMargin(), VolumeCalls.remove(name))
                .mapEmpty();
    }

    @Override
    public Future<String> reach(String volume, String container, Map<String, String> labels) {
        return creates.call(
                "reaching volume " + volume, deadlines.create(), new VolumeReach(volume, container, labels));
    }

    @Override
    public Future<Void> makeVolume(String name, Map<String, String> labels) {
        return creates.call("making volume " + name, deadlines.create(), VolumeCalls.make(name, labels))
                .mapEmpty();
    }

    @Override
    public Future<Set<String>> usedImages() {
        return reads.call("listing what containers are made of", deadlines.read(), ImageCalls.used());
    }

    @Override
    public Future<Void> removeImage(String image) {
        images.gone(image);
        return creates.call("removing image " + image, deadlines.create(), ImageCalls.remove(image))
                .mapEmpty();
    }

    @Override
    public Future<List<HostImage>> images() {
        return reads.call("listing images", deadlines.read(), ImageCalls.all());
    }

    @Override
    public Future<ImageDisk> imageDisk() {
        return engine.clients().address().isLocal()
                ? reads.call("looking at the disk of images", deadlines.read(), ImageCalls.disk())
                : Future.succeededFuture(ImageDisk.UNKNOWN);
    }

    @Override
    public Future<ImagePresence> presence(String image, String id, List<String> layers) {
        return reads.call(
                "looking for what there is of image " + image,
                deadlines.create(),
                new LayersPresent(image, id, layers));
    }

    @Override
    public Intake<Void> load(String image) {
        return kept(ImageLoad.begin(engine, image, () -> images.gone(image)));
    }

    @Override
    public Future<List<Bridge>> bridges(String cluster) {
        return reads.call("listing networks", deadlines.read(), new HostBridges(cluster));
    }

    private <T extends Ongoing<?>> T kept(T begun) {
        ongoing.add(begun);
        begun.ended().onComplete(any -> ongoing.remove(begun));
        return begun;
    }

    @Override
    public Future<RuntimeSnapshot> snapshot(String cluster) {
        networks.areOf(cluster);
        Future<EngineFacts.Facts> known = facts.get();
        Future<List<ContainerSnapshot>> listed = reads.call(
                "listing containers", deadlines.read(), new ContainerList(cluster, told, ends, copies, asides));
        return Future.all(known, listed)
                .map(both -> new RuntimeSnapshot(
                        "docker " + known.result().version(),
                        known.result().capacity(),
                        listed.result(),
                        known.result().id(),
                        known.result().os(),
                        Cpu.imagesName(known.result().cpu())));
    }

    /**
     * Asks what is asked first, the engine's version, while the agent still connects to its server: the first call of all takes as long as all else of an agent's
     * start, for what makes it is to be loaded. Whether it is answered shows with the first look.
     */
    void askAhead() {
        facts.get();
    }

    @Override
    public void onChange(Runnable listener) {
        events.add(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public Future<Void> close() {
        return networks.close().transform(any -> end());
    }

    private Future<Void> end() {
        events.close();
        ongoing.forEach(Ongoing::cancel);
        List<Future<Void>> ends = Stream.of(reads, pulls, creates, starts, stops, removals, commands, checks, usages)
                .map(Lane::close)
                .toList();
        clients.close();
        timer.shutdownNow();
        return Future.all(ends).mapEmpty();
    }

    private static Future<Boolean> unless(Class<? extends DockerException> fine, Throwable why) {
        return EngineErrors.find(why, fine).isPresent() ? Future.succeededFuture(true) : Future.failedFuture(why);
    }

    private void settle(ToldStates.Doubt doubt) {
        String what = "asking for the end of container " + ContainerCreation.shortId(doubt.container());
        reads.call(what, deadlines.read(), client -> told.settle(client, doubt)).onComplete(done -> events.tell());
    }

    private void answersAgain() {
        events.tell();
    }

    private void engineIsBack() {
        facts.forget();
        Stream.of(reading, pulling, creating, networking, executing, checking).forEach(Circuit::reset);
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(2, task -> {
            Thread thread = new Thread(task, "knit-docker-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
