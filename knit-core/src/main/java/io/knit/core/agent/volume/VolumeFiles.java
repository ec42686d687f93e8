package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.api.spi.runtime.ImagesAbility;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.api.spi.runtime.VolumesAbility;
import io.knit.core.wire.asked.TarSum;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in volumes, as tar, out of them and into them, by containers that are never started. What an agent of before left of them goes, and what it was putting in its place is put there. Only on the
 * loop of streams.
 */
public final class VolumeFiles {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeFiles.class);
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final Duration LATE = Duration.ofMinutes(2);
    /** So often it is looked whether what is kept of a slot is gone. */
    private static final int LOOKS = 10;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final int ID = 12;

    final Loop loop;
    final ContainerRuntime runtime;
    final String node;
    private final HeldVolumes held;
    private final ComingVolumes coming;
    private final Consumer<Set<String>> free;
    private final IdSource ids;
    /** The names of containers, and the engine's of volumes, that are of use now. */
    private final Set<String> used = new HashSet<>();
    /** The same of those that were of use at any time since what is cleared was asked for: an engine's list may be older than its answer. */
    private final Set<String> lately = new HashSet<>();

    private @Nullable String cluster;
    private boolean clearing;
    private boolean clearAgain;
    private boolean stopped;

    /** @param free has these containers go, by their ids, if all are only kept for people to look at; called on this loop */
    public VolumeFiles(
            Loop loop,
            ContainerRuntime runtime,
            String node,
            HeldVolumes held,
            Consumer<Set<String>> free,
            IdSource ids) {
        this.loop = loop;
        this.runtime = runtime;
        this.node = node;
        this.held = held;
        this.coming = new ComingVolumes(loop, held);
        this.free = free;
        this.ids = ids;
    }

    /** Clears what an agent of before left in this cluster. May be called more than once. */
    public void joined(String joined) {
        cluster = joined;
        clear();
        clearSoon();
    }

    public void stop() {
        stopped = true;
        coming.stop();
    }

    /** The volume is to go, by the engine's name: what is being put in its place is given up. */
    public void abandon(String volume) {
        coming.abandon(volume);
    }

    /** What is in a volume; its entries are of the folder {@code volume}. */
    public Ongoing<TarSum> read(String of, VolumeAsked asked, ByteReader reader) {
        return new VolumeRead(this, held, of, asked, reader).begin();
    }

    /** Puts what is in a tar in the place of what is in a volume, once all of it came. */
    public VolumeWrite write(String of, VolumeAsked asked) {
        return new VolumeWrite(this, held, coming, of, asked).begin();
    }

    /** @throws KnitException if the runtime can't do it */
    public void requireAble() {
        boolean able = runtime instanceof VolumeFilesAbility
                && runtime instanceof VolumesAbility
                && runtime instanceof ArchiveAbility;
        if (!able) {
            throw new KnitException(
                    ErrorCode.RUNTIME_REFUSED,
                    "the container runtime of node " + node + " does not reach what is in volumes");
        }
    }

    VolumesAbility volumes() {
        return (VolumesAbility) runtime;
    }

    ArchiveAbility archives() {
        return (ArchiveAbility) runtime;
    }

    VolumeFilesAbility files() {
        return (VolumeFilesAbility) runtime;
    }

    /** The disk on which volumes are, as far as that can be said. */
    Future<ImageDisk> disk() {
        return runtime instanceof ImagesAbility able
                ? loop.bring(able.imageDisk()).otherwise(ImageDisk.UNKNOWN)
                : Future.succeededFuture(ImageDisk.UNKNOWN);
    }

    /** The volume that is meant, of this node. */
    Future<VolumeSnapshot> find(String of, VolumeAsked asked) {
        return look(of, asked).compose(this::there);
    }

    /** The same; empty: it is not there. */
    Future<Optional<VolumeSnapshot>> look(String of, VolumeAsked asked) {
        SlotVolumes slot = new SlotVolumes(of, node, asked.deployment(), asked.slot());
        Map<String, String> labels = slot.labels(asked.name());
        return loop.bring(volumes().volumes(of))
                .map(all -> all.stream()
                        .filter(it -> it.name().equals(slot.named(asked.name())))
                        .filter(it -> it.labels().entrySet().containsAll(labels.entrySet()))
                        .findFirst());
    }

    Future<VolumeSnapshot> there(Optional<VolumeSnapshot> found) {
        return found.map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(new KnitException(
                        ErrorCode.NOT_FOUND,
                        "the volume is not on node " + node
                                + " yet, or no more: it is made when an instance with it first runs there")));
    }

    /** Whether it is of the slot, or shares what that has. */
    static boolean isOfSlot(ContainerSnapshot container, VolumeAsked asked) {
        Map<String, String> labels = container.labels();
        boolean shares = asked.slot().equals(SlotVolume.FIRST)
                && List.of(labels.getOrDefault(KnitLabels.SHARES, "").split(","))
                        .contains(asked.deployment());
        // a slot that is a node has one container there, whose label is a number
        return shares
                || asked.deployment().equals(labels.get(KnitLabels.DEPLOYMENT))
                        && (asked.slot().equals(labels.get(KnitLabels.SLOT))
                                || asked.slot().equals(labels.get(KnitLabels.NODE)));
    }

    /** Fails while a container of its slot is there; one that ended, and is kept for people to look at, goes for it. */
    Future<Void> unused(String of, VolumeAsked asked) {
        return unused(of, asked, LOOKS);
    }

    private Future<Void> unused(String of, VolumeAsked asked, int looks) {
        return loop.bring(runtime.snapshot(of)).compose(seen -> {
            List<ContainerSnapshot> users =
                    seen.containers().stream().filter(it -> isOfSlot(it, asked)).toList();
            if (users.isEmpty()) {
                return Future.succeededFuture();
            }
            boolean ended = users.stream().allMatch(it -> it.state() == ContainerState.EXITED);
            if (looks == 0 || !ended || stopped) {
                return Future.failedFuture(new KnitException(
                        ErrorCode.IN_USE,
                        "the container " + users.get(0).name() + " of its slot is still on node " + node
                                + "; try again when that is gone. Nothing was changed"));
            }
            free.accept(users.stream().map(ContainerSnapshot::id).collect(Collectors.toSet()));
            Promise<Void> again = Promise.promise();
            loop.after(BETWEEN_LOOKS, again::complete);
            return again.future().compose(now -> unused(of, asked, looks - 1));
        });
    }

    /** What is made for one is labelled with whose it is. */
    Map<String, String> labels(String of, VolumeAsked asked) {
        return Map.of(
                KnitLabels.CLUSTER, of,
                KnitLabels.NODE, node,
                KnitLabels.WORK, asked.deployment() + "/" + asked.slot() + "/" + asked.name());
    }

    /** Makes a container with a volume; gives its id. It is to be left. */
    Future<String> reach(String of, VolumeAsked asked, String volume) {
        String name = "knit-volume-" + ids.next(ID);
        use(name);
        return loop.bring(files().reach(volume, name, labels(of, asked)))
                .onComplete(made -> used.remove(name))
                .onSuccess(this::use)
                .onFailure(why -> clearSoon());
    }

    /** Removes such a container; succeeds also where it has to be tried again later. */
    Future<Void> leave(String container) {
        return loop.bring(runtime.remove(container, Duration.ZERO))
                .onComplete(done -> used.remove(container))
                .onFailure(why -> clearSoon())
                .otherwiseEmpty();
    }

    void use(String name) {
        used.add(name);
        if (clearing) {
            lately.add(name);
        }
    }

    void useNoMore(String volume) {
        used.remove(volume);
    }

    /** What is labelled as made for this, and is of no use. */
    private void clear() {
        String of = cluster;
        if (!(runtime instanceof VolumeFilesAbility)) {
            held.looked();
        } else if (clearing) {
            clearAgain = true;
        } else if (of != null && !stopped) {
            clearing = true;
            clearAgain = false;
            lately.clear();
            lately.addAll(used);
            // what is held is known before anything goes: an engine that does not let one go holds up nothing else
            loop.bring(runtime.snapshot(of))
                    .compose(seen -> loop.bring(volumes().volumes(of)).compose(all -> {
                        Set<String> left = resumed(of, all, seen.containers());
                        held.looked();
                        return removeContainers(seen.containers())
                                .compose(gone -> all(left.stream().map(volumes()::removeVolume)));
                    }))
                    .onComplete(this::cleared);
        }
    }

    private void cleared(AsyncResult<Void> done) {
        clearing = false;
        if (done.failed()) {
            LOG.warn(
                    "can't clear what was made to reach volumes, and tries again: {}",
                    String.valueOf(done.cause().getMessage()));
            loop.after(AGAIN, this::clear);
        } else if (clearAgain) {
            clear();
        }
    }

    /** Also what the engine comes to do of it after it was given up. */
    private void clearSoon() {
        loop.after(AGAIN, this::clear);
        loop.after(LATE, this::clear);
    }

    private boolean isLeft(String name, Map<String, String> labels) {
        return labels.containsKey(KnitLabels.WORK)
                && node.equals(labels.get(KnitLabels.NODE))
                && !lately.contains(name);
    }

    private Future<Void> removeContainers(List<ContainerSnapshot> there) {
        return all(there.stream()
                .filter(it -> isLeft(it.name(), it.labels()) && !lately.contains(it.id()))
                .map(it -> runtime.remove(it.id(), Duration.ZERO)));
    }

    /** Goes on with what had come whole; gives the other volumes, of which nothing becomes any more. */
    private Set<String> resumed(String of, List<VolumeSnapshot> there, List<ContainerSnapshot> containers) {
        Map<String, VolumePut> puts = new HashMap<>();
        there.stream().filter(it -> isLeft(it.name(), it.labels())).forEach(it -> {
            String[] whose = it.labels().getOrDefault(KnitLabels.WORK, "").split("/", 3);
            if (whose.length == 3) {
                VolumeAsked asked = new VolumeAsked(whose[0], whose[1], whose[2]);
                boolean moves = it.labels().containsKey(KnitLabels.MOVE);
                puts.put(it.name(), new VolumePut(this, of, moves ? asked.moving() : asked));
            }
        });
        // all of it had come where there is the mark
        List<VolumePut> marked = puts.entrySet().stream()
                .filter(it -> it.getKey().equals(it.getValue().mark())
                        && puts.containsKey(it.getValue().staging()))
                .map(Map.Entry::getValue)
                .toList();
        boolean late = held.known().isComplete();
        for (VolumePut put : marked) {
            puts.remove(put.mark());
            puts.remove(put.staging());
            // a mark that comes later was asked for by an agent that died over it: nothing was replaced yet
            coming.resume(put, late || containers.stream().anyMatch(put::isOfSlot));
        }
        return puts.keySet();
    }

    private Future<Void> all(Stream<Future<Void>> going) {
        return loop.bring(Future.join(going.toList()).mapEmpty());
    }
}
