package io.knit.core.agent.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ImageLoadAbility;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.ShellAbility;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.UsageAbility;
import io.knit.core.agent.image.SharedImages;
import io.knit.core.agent.output.OutputFolder;
import io.knit.core.agent.output.Readings;
import io.knit.core.agent.volume.VolumeFiles;
import io.knit.core.agent.volume.VolumeWrite;
import io.knit.core.wire.InstanceIds;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.ShellAsked;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.asked.UsageText;
import io.knit.core.wire.asked.VolumeAsked;
import io.knit.core.wire.image.ImageAsked;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.core.wire.stream.GivingStreams;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gives the server streams of this node's instances and volumes, and of no other container, and takes images and says which there are. On the loop of streams. */
public final class InsideInstances implements GivingStreams.Giver {
    private static final int MOST_TAKEN = 1_000;

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final String node;
    private final Supplier<@Nullable String> cluster;
    private final OutputFolder output;
    private final Readings readings;
    private final HostReading host;
    private final VolumeFiles volumes;
    private final SharedImages images;
    private final EarlyJoins early;
    /** Whose one input was given to its end. */
    private final Set<String> taken = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_TAKEN;
        }
    });

    /**
     * @param cluster this node's, or null: it has not joined one; called on this loop
     * @param output what those wrote that are gone
     * @param readings is told who reads
     * @param host what this host uses
     * @param volumes what is in this node's volumes
     * @param images of this node
     * @param early is told who joins what has not begun
     */
    public InsideInstances(
            Loop loop,
            ContainerRuntime runtime,
            String node,
            Supplier<@Nullable String> cluster,
            OutputFolder output,
            Readings readings,
            HostReading host,
            VolumeFiles volumes,
            SharedImages images,
            EarlyJoins early) {
        this.loop = loop;
        this.runtime = runtime;
        this.node = node;
        this.cluster = cluster;
        this.output = output;
        this.readings = readings;
        this.host = host;
        this.volumes = volumes;
        this.images = images;
        this.early = early;
    }

    @Override
    public StreamListener give(StreamRequest request, StreamEnd end) {
        if (request.kind().equals(StreamRequest.HOST_USAGE)) {
            return hostUsage(end);
        }
        if (request.isOfVolume()) {
            return volume(needed(request.volume()), request.kind().equals(StreamRequest.VOLUME_IN), end);
        }
        if (request.kind().equals(StreamRequest.IMAGE_IN)) {
            return image(needed(request.image()), end);
        }
        if (request.kind().equals(StreamRequest.IMAGES)) {
            return images(needed(request.images()), end);
        }
        if (!InstanceIds.isId(request.instance())) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "that is no instance's id");
        }
        LogRange range = request.logs();
        ShellAsked shell = request.shell();
        String path = request.path();
        String instance = request.instance();
        return switch (request.kind()) {
            case StreamRequest.LOGS -> logs(instance, needed(range), end);
            case StreamRequest.SHELL -> shell(instance, needed(shell), end);
            case StreamRequest.COPY_OUT, StreamRequest.COPY_IN ->
                files(instance, needed(path), request.kind().equals(StreamRequest.COPY_IN), end);
            case StreamRequest.USAGE -> usage(instance, end);
            default ->
                throw new KnitException(
                        ErrorCode.VERSION_NOT_SPOKEN,
                        "the agent on " + node + " does not know " + PlainText.of(request.kind(), 40) + "; upgrade it");
        };
    }

    private static <T> T needed(@Nullable T part) {
        if (part == null) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "the request lacks what its kind needs");
        }
        return part;
    }

    private StreamListener shell(String instance, ShellAsked asked, StreamEnd end) {
        if (!(runtime instanceof ShellAbility able)) {
            throw cant("lets nobody into a container");
        }
        ShellRequest wanted = ShellGiving.request(asked);
        ShellGiving giving = new ShellGiving(loop, end, able, wanted, taken);
        if (wanted.early()) {
            early.add(instance, giving);
            giving.waits(() -> early.remove(instance, giving));
            // one that is there already may be past its beginning
            container(instance, null).onFailure(giving::fail).onSuccess(found -> found.ifPresent(giving::join));
        } else {
            running(instance, asked.part(), end, giving::join);
        }
        return giving;
    }

    private StreamListener files(String instance, String path, boolean in, StreamEnd end) {
        if (!(runtime instanceof ArchiveAbility able)) {
            throw cant("copies no files");
        }
        FileGiving giving = new FileGiving(loop, end);
        running(instance, null, end, container -> {
            if (in) {
                giving.in(able.write(container, path), Future.succeededFuture());
            } else {
                giving.out(reader -> able.read(container, path, reader));
            }
        });
        return giving;
    }

    private StreamListener volume(VolumeAsked asked, boolean in, StreamEnd end) {
        String mine = cluster.get();
        if (mine == null) {
            throw joinedNone();
        }
        volumes.requireAble();
        FileGiving giving = new FileGiving(loop, end);
        if (in) {
            VolumeWrite taking = volumes.write(mine, asked);
            giving.in(taking, taking.ready());
        } else {
            giving.out(reader -> volumes.read(mine, asked, reader));
        }
        return giving;
    }

    private StreamListener image(ImageAsked asked, StreamEnd end) {
        if (cluster.get() == null) {
            throw joinedNone();
        }
        if (!(runtime instanceof ImageLoadAbility able)) {
            throw cant("takes no images");
        }
        ImageTaking taking = new ImageTaking(loop, runtime, end, images::pushed);
        taking.begin(able, asked);
        return taking;
    }

    private StreamListener images(ImagesAsked asked, StreamEnd end) {
        if (cluster.get() == null) {
            throw joinedNone();
        }
        OneAnswer answer = new OneAnswer(end);
        loop.bring(images.answer(asked)).onSuccess(answer::give).onFailure(end::fail);
        return answer;
    }

    private KnitException joinedNone() {
        return new KnitException(ErrorCode.WRONG_CLUSTER, "node " + node + " has not joined a cluster yet");
    }

    private StreamListener usage(String instance, StreamEnd end) {
        if (!(runtime instanceof UsageAbility able)) {
            throw cant("does not say what a container uses");
        }
        OneAnswer answer = new OneAnswer(end);
        running(
                instance,
                null,
                end,
                container -> loop.bring(able.usage(container))
                        .onSuccess(used -> answer.give(UsageText.of(used)))
                        .onFailure(end::fail));
        return answer;
    }

    private StreamListener hostUsage(StreamEnd end) {
        OneAnswer answer = new OneAnswer(end);
        loop.blocking(host::read).onSuccess(answer::give).onFailure(end::fail);
        return answer;
    }

    /** Finds an instance's container, or says that it has none. */
    private void running(String instance, @Nullable String part, StreamEnd end, Consumer<String> then) {
        container(instance, part)
                .onFailure(end::fail)
                .onSuccess(found -> found.ifPresentOrElse(then, () -> end.fail(none(instance, part))));
    }

    private KnitException none(String instance, @Nullable String part) {
        return new KnitException(
                ErrorCode.NOT_FOUND,
                "instance " + instance + " has no container " + (part == null ? "" : PlainText.of(part, 63) + " ")
                        + "on node " + node + " now");
    }

    private StreamListener logs(String instance, LogRange range, StreamEnd end) {
        LogsAbility able = runtime instanceof LogsAbility logs ? logs : null;
        if (able == null) {
            throw cant("gives no logs");
        }
        LogGiving giving = new LogGiving(loop, end, range, readings);
        String part = range.part();
        container(instance, part)
                .onFailure(end::fail)
                .onSuccess(found -> found.ifPresentOrElse(container -> giving.begin(able, container), () -> {
                    if (part == null) {
                        kept(instance, giving, end);
                    } else {
                        end.fail(none(instance, part));
                    }
                }));
        return giving;
    }

    private KnitException cant(String what) {
        return new KnitException(ErrorCode.RUNTIME_REFUSED, "the container runtime of node " + node + " " + what);
    }

    /** A container of an instance that this node's agent made: its main one, or a part. */
    private Future<Optional<String>> container(String instance, @Nullable String part) {
        String mine = cluster.get();
        if (mine == null) {
            return Future.failedFuture(joinedNone());
        }
        return loop.bring(runtime.snapshot(mine))
                .map(all -> newest(all.containers(), instance, part).map(ContainerSnapshot::id));
    }

    private void kept(String instance, LogGiving giving, StreamEnd end) {
        loop.blocking(() -> output.read(instance)).onFailure(end::fail).onSuccess(found -> {
            if (found.isEmpty()) {
                end.fail(new KnitException(
                        ErrorCode.NOT_FOUND,
                        "instance " + instance + " has no container on node " + node
                                + " now, and nothing that it wrote is kept there; that is for "
                                + OutputFolder.KEPT.toDays() + " days after its end"));
            } else {
                giving.begin(new KeptLines(loop, found.get()), instance);
            }
        });
    }

    /** What is called otherwise is so only because somebody renamed it: else it is a copy that somebody made. */
    private Optional<ContainerSnapshot> newest(
            Collection<ContainerSnapshot> containers, String instance, @Nullable String part) {
        String called = InstanceIds.container(instance, part);
        return containers.stream()
                .filter(container -> {
                    String maker = container.labels().get(KnitLabels.NODE);
                    return (maker == null || maker.equals(node))
                            && Objects.equals(container.labels().get(KnitLabels.PART), part)
                            && Objects.equals(container.labels().get(KnitLabels.INSTANCE), instance);
                })
                .max(Comparator.<ContainerSnapshot, Boolean>comparing(
                                it -> it.name().equals(called))
                        .thenComparing(ContainerSnapshot::createdAt));
    }
}
