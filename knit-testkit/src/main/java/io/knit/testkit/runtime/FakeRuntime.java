package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.HealthSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.Bridge;
import io.knit.api.spi.runtime.BridgesAbility;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.ContainerRuntime;
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
import io.knit.api.spi.runtime.ProbeAbility;
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
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An agent's hand on a {@link FakeEngine}. What it asked for is done though the agent dies meanwhile; answers come on the agent's
 * loop, and so end with it. Thread-safe.
 */
public final class FakeRuntime
        implements ContainerRuntime,
                ExecAbility,
                StopAbility,
                SignalAbility,
                ProbeAbility,
                LogsAbility,
                ShellAbility,
                ArchiveAbility,
                UsageAbility,
                VolumesAbility,
                VolumeFilesAbility,
                BridgesAbility,
                ImagesAbility,
                ImageLoadAbility {
    private static final Duration BETWEEN_PROGRESS = Duration.ofMillis(500);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final FakeEngine engine;
    private final Loop loop;
    private final Duration deadline;
    private volatile boolean closed;
    private final List<Ongoing<?>> ongoing = new CopyOnWriteArrayList<>();
    private final List<Runnable> registered = new CopyOnWriteArrayList<>();

    /** A runtime for a process on this loop, whose calls end after 30 s. */
    public FakeRuntime(FakeEngine engine, Loop loop) {
        this(engine, loop, DEADLINE);
    }

    /** A runtime whose calls end after {@code deadline}. */
    public FakeRuntime(FakeEngine engine, Loop loop, Duration deadline) {
        this.engine = Objects.requireNonNull(engine, "engine");
        this.loop = Objects.requireNonNull(loop, "loop");
        this.deadline = Objects.requireNonNull(deadline, "deadline");
    }

    @Override
    public Future<PulledImage> pull(ImageRequest request) {
        return call(EngineCall.PULL, () -> engine.pull(request));
    }

    @Override
    public Future<PulledImage> pull(ImageRequest request, PullListener listener) {
        Future<PulledImage> pulled = pull(request, (Consumer<String>) listener::remark);
        tell(pulled, listener);
        return pulled;
    }

    /** As engines do: again and again while the pull lasts. */
    private void tell(Future<PulledImage> pulled, PullListener listener) {
        engine.script().nextPullProgress().ifPresent(so -> {
            if (!pulled.isComplete()) {
                listener.progressed(so);
                engine.loop().after(BETWEEN_PROGRESS, () -> tell(pulled, listener));
            }
        });
    }

    @Override
    public Future<PulledImage> pull(ImageRequest request, Consumer<String> remarks) {
        Future<PulledImage> pulled = pull(request);
        engine.script().nextPullRemark().ifPresent(remark -> engine.loop().execute(() -> remarks.accept(remark)));
        return pulled;
    }

    @Override
    public Future<Set<String>> usedImages() {
        return call(EngineCall.SNAPSHOT, engine::usedImages);
    }

    @Override
    public Future<Void> removeImage(String image) {
        return call(EngineCall.REMOVE, () -> engine.removeUnused(image));
    }

    @Override
    public Future<List<HostImage>> images() {
        return call(EngineCall.SNAPSHOT, engine::images);
    }

    @Override
    public Future<ImageDisk> imageDisk() {
        return call(EngineCall.SNAPSHOT, engine::imageDisk);
    }

    @Override
    public Future<ImagePresence> presence(String image, String id, List<String> layers) {
        return call(EngineCall.SNAPSHOT, () -> engine.presence(image, id, layers));
    }

    @Override
    public Intake<Void> load(String image) {
        return kept(new FakeImageLoad(engine, image));
    }

    @Override
    public boolean keepsPlatforms() {
        return true;
    }

    @Override
    public Future<String> create(ContainerSpec spec) {
        return call(EngineCall.CREATE, () -> engine.create(spec));
    }

    @Override
    public Future<Void> start(String containerId) {
        return call(EngineCall.START, () -> engine.start(containerId));
    }

    @Override
    public Future<Void> remove(String containerId, Duration grace) {
        return call(
                EngineCall.REMOVE, nothing(() -> engine.remove(containerId)), nothing(() -> engine.stop(containerId)));
    }

    @Override
    public Future<Void> stop(String containerId, String signal, Duration grace) {
        return call(EngineCall.STOP, () -> engine.stop(containerId, signal));
    }

    @Override
    public Future<Void> signal(String containerId, String signal) {
        return call(EngineCall.EXEC, () -> {
            engine.signal(containerId, signal);
            return null;
        });
    }

    @Override
    public Future<ExecResult> exec(String containerId, List<String> command, Duration timeout) {
        return this.<FakeCheck>call(EngineCall.EXEC, () -> engine.exec(containerId, command))
                .compose(check -> check == FakeCheck.HANGS
                        ? late(timeout, new KnitException(ErrorCode.RUNTIME_REFUSED, "did not end within " + timeout))
                        : Future.succeededFuture(new ExecResult(check == FakeCheck.PASSES ? 0 : 1, "")));
    }

    @Override
    public Future<String> probe(String containerId, HealthSpec health) {
        FakeCheck check = engine.check(containerId);
        Promise<String> answer = Promise.promise();
        if (check != FakeCheck.HANGS) {
            String why = "the test's container fails its check";
            loop.execute(() -> answer.tryComplete(check == FakeCheck.PASSES ? "" : why));
        }
        return answer.future();
    }

    @Override
    public Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader) {
        return kept(new FakeLogs(engine, containerId, query, reader));
    }

    @Override
    public ShellSession shell(String containerId, ShellRequest request, ByteReader output, ByteReader error) {
        return kept(new FakeShell(engine, containerId, request, output, error));
    }

    @Override
    public Ongoing<Void> read(String containerId, String path, ByteReader reader) {
        return kept(new FakeCopy(engine, containerId, path).to(reader));
    }

    @Override
    public Intake<Void> write(String containerId, String folder) {
        return kept(new FakeCopy(engine, containerId, folder).from());
    }

    /** Each container keeps half a CPU busy. */
    @Override
    public Future<ContainerUsage> usage(String containerId) {
        return call(EngineCall.SNAPSHOT, () -> engine.usage(containerId));
    }

    @Override
    public Future<List<VolumeSnapshot>> volumes(String cluster) {
        return call(EngineCall.SNAPSHOT, () -> engine.volumesOf(cluster));
    }

    @Override
    public Future<Void> removeVolume(String name) {
        return call(EngineCall.REMOVE, () -> engine.removeVolume(name));
    }

    @Override
    public Future<String> reach(String volume, String container, Map<String, String> labels) {
        return call(EngineCall.CREATE, () -> engine.reach(volume, container, labels));
    }

    @Override
    public Future<Void> makeVolume(String name, Map<String, String> labels) {
        return call(EngineCall.CREATE, () -> engine.makeVolume(name, labels));
    }

    @Override
    public Future<List<Bridge>> bridges(String cluster) {
        Promise<List<Bridge>> answer = Promise.promise();
        loop.execute(() -> answer.tryComplete(engine.bridges()));
        return answer.future();
    }

    private <T extends Ongoing<?>> T kept(T begun) {
        ongoing.add(begun);
        begun.ended().onComplete(any -> ongoing.remove(begun));
        return begun;
    }

    private <T> Future<T> late(Duration timeout, KnitException why) {
        Promise<T> answer = Promise.promise();
        loop.after(timeout, () -> answer.tryFail(why));
        return answer.future();
    }

    @Override
    public Future<RuntimeSnapshot> snapshot(String cluster) {
        return call(EngineCall.SNAPSHOT, () -> engine.snapshot(cluster));
    }

    @Override
    public void onChange(Runnable listener) {
        Runnable onLoop = () -> loop.execute(listener);
        registered.add(onLoop);
        engine.onChange(onLoop);
    }

    /** Also what the death of its process does to it. */
    @Override
    public Future<Void> close() {
        closed = true;
        registered.forEach(engine::forget);
        registered.clear();
        ongoing.forEach(Ongoing::cancel);
        return Future.succeededFuture();
    }

    private Future<Void> call(EngineCall call, Runnable work) {
        return call(call, nothing(work), nothing(work));
    }

    private <T> Future<T> call(EngineCall call, Supplier<T> work) {
        return call(call, work, work);
    }

    /**
     * Has the engine do something.
     *
     * @param half what is done of it where it fails late
     */
    private <T> Future<T> call(EngineCall call, Supplier<? extends T> work, Supplier<? extends T> half) {
        Promise<T> answer = Promise.promise();
        EngineFault fault = engine.script().next(call);
        Loop.Timer timer = loop.after(
                deadline,
                () -> answer.tryFail(new KnitException(
                        ErrorCode.RUNTIME_UNAVAILABLE, "the engine did not answer " + call + " in " + deadline)));
        answer.future().onComplete(done -> timer.cancel());
        engine.loop().after(fault.delay(), () -> {
            switch (fault.kind()) {
                case NONE -> answer(answer, work);
                case FAIL -> fail(answer, refused(call));
                case BUSY -> fail(answer, new KnitException(ErrorCode.BUSY, call + " waited too long behind others"));
                case FAIL_LATE -> {
                    unanswered(half);
                    fail(answer, refused(call));
                }
                case HANG -> {}
                case HANG_LATE -> unanswered(work);
            }
        });
        return answer.future();
    }

    private <T> void answer(Promise<T> answer, Supplier<? extends T> work) {
        T result;
        try {
            result = engine.noting(closed ? EngineEvent.ORPHANED : "", work);
        } catch (KnitException e) {
            fail(answer, e);
            return;
        }
        loop.execute(() -> answer.tryComplete(result));
    }

    private void fail(Promise<?> answer, KnitException failure) {
        loop.execute(() -> answer.tryFail(failure));
    }

    private void unanswered(Supplier<?> work) {
        try {
            var unused = engine.noting(EngineEvent.UNANSWERED, work);
        } catch (KnitException e) {
            // nobody would have been told
        }
    }

    private static KnitException refused(EngineCall call) {
        return new KnitException(ErrorCode.RUNTIME_REFUSED, "the test's engine fails " + call + " on purpose");
    }

    private static Supplier<@Nullable Void> nothing(Runnable work) {
        return () -> {
            work.run();
            return null;
        };
    }
}
