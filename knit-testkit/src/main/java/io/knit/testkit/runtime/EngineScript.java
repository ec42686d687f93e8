package io.knit.testkit.runtime;

import io.knit.api.model.PullProgress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What goes wrong on a {@link FakeEngine}: nothing, unless told. Thread-safe. */
public final class EngineScript {
    private final Map<EngineCall, Integer> failures = new EnumMap<>(EngineCall.class);
    private Function<EngineCall, EngineFault> faults = call -> EngineFault.NONE;
    private Duration slowness = Duration.ZERO;
    private Supplier<Duration> listLags = () -> Duration.ZERO;
    private Function<Map<String, String>, FakeCheck> checks = labels -> FakeCheck.PASSES;
    private Function<Map<String, String>, Optional<Integer>> ends = labels -> Optional.empty();
    private Predicate<String> full = volume -> false;
    private Function<String, Duration> unpacking = volume -> Duration.ZERO;
    private String pullRemark = "";
    private @Nullable PullProgress pullProgress;
    private boolean hanging;

    /** The next calls of this kind fail with {@code RUNTIME_REFUSED}, and nothing is done. */
    public synchronized EngineScript failNext(EngineCall call, int times) {
        failures.put(call, times);
        return this;
    }

    /** Every call takes this long. */
    public synchronized EngineScript slow(Duration slowness) {
        this.slowness = Objects.requireNonNull(slowness, "slowness");
        return this;
    }

    /** Whether the engine takes calls and never answers. */
    public synchronized EngineScript hang(boolean hanging) {
        this.hanging = hanging;
        return this;
    }

    /**
     * How long the engine's list goes on to say that a container runs after its end was told, as Docker 20.10's does. Asked at
     * each end. At most 2 s, which is what runtimes may lag.
     */
    public synchronized EngineScript listLags(Supplier<Duration> listLags) {
        this.listLags = Objects.requireNonNull(listLags, "listLags");
        return this;
    }

    /** Asked for each call to which none of the other settings applies. */
    public synchronized EngineScript faults(Function<EngineCall, EngineFault> faults) {
        this.faults = Objects.requireNonNull(faults, "faults");
        return this;
    }

    /** What is said of each pull while it lasts; empty: nothing. */
    public synchronized EngineScript pullRemark(String pullRemark) {
        this.pullRemark = Objects.requireNonNull(pullRemark, "pullRemark");
        return this;
    }

    /** How far each pull has come while it lasts; null: nothing is said of it. */
    public synchronized EngineScript pullProgress(@Nullable PullProgress progress) {
        this.pullProgress = progress;
        return this;
    }

    /** How a check of a container with these labels goes, and a command in it: asked each time. All pass unless told. */
    public synchronized EngineScript checks(Function<Map<String, String>, FakeCheck> checks) {
        this.checks = Objects.requireNonNull(checks, "checks");
        return this;
    }

    /** With which code a container with these labels ends by itself, asked as it starts; less than 0: it does not; empty: as its arguments say. */
    public synchronized EngineScript ends(Function<Map<String, String>, Optional<Integer>> ends) {
        this.ends = Objects.requireNonNull(ends, "ends");
        return this;
    }

    /** Which volumes, by the engine's names, have no room for all that is copied into them: of that a part is there then. */
    public synchronized EngineScript full(Predicate<String> full) {
        this.full = Objects.requireNonNull(full, "full");
        return this;
    }

    /** How long it takes, after all of it came, until what was copied into a volume of that name is there: asked each time. */
    public synchronized EngineScript unpacking(Function<String, Duration> unpacking) {
        this.unpacking = Objects.requireNonNull(unpacking, "unpacking");
        return this;
    }

    synchronized boolean isFull(String volume) {
        return full.test(volume);
    }

    synchronized Duration unpackingOf(String volume) {
        return unpacking.apply(volume);
    }

    synchronized Optional<Integer> end(Map<String, String> labels) {
        return ends.apply(labels);
    }

    synchronized FakeCheck check(Map<String, String> labels) {
        return checks.apply(labels);
    }

    synchronized Optional<PullProgress> nextPullProgress() {
        return Optional.ofNullable(pullProgress);
    }

    synchronized Optional<String> nextPullRemark() {
        return Optional.of(pullRemark).filter(remark -> !remark.isEmpty());
    }

    synchronized Duration nextListLag() {
        return listLags.get();
    }

    synchronized EngineFault next(EngineCall call) {
        if (hanging) {
            return new EngineFault(EngineFault.Kind.HANG, slowness);
        }
        int failing = failures.getOrDefault(call, 0);
        if (failing > 0) {
            failures.put(call, failing - 1);
            return new EngineFault(EngineFault.Kind.FAIL, slowness);
        }
        EngineFault fault = faults.apply(call);
        return new EngineFault(fault.kind(), fault.delay().plus(slowness));
    }
}
