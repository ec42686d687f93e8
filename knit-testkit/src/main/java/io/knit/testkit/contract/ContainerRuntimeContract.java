package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.api.spi.runtime.SignalAbility;
import io.knit.api.spi.runtime.StopAbility;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a {@link ContainerRuntime} must do. Names and labels are unique for each test, so that the engine may be shared; every
 * container made is removed.
 */
public abstract class ContainerRuntimeContract {
    private static final Duration NO_GRACE = Duration.ofSeconds(1);
    /** How long a list may lag behind a hint. */
    private static final Duration LAG = Duration.ofSeconds(2);

    private static final String LOOPBACK = "127.0.0.1";

    private final String run =
            "contract-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final String cluster = "cluster-" + run;
    private final List<String> created = new ArrayList<>();
    private @Nullable ContainerRuntime runtime;

    /** A runtime on the engine under test. */
    protected abstract Future<? extends ContainerRuntime> open();

    /** A runtime whose engine takes calls and never answers, with a deadline of a few seconds at most. */
    protected abstract Future<? extends ContainerRuntime> openSilent();

    /** An image that is on the engine, with {@code sh} and {@code sleep}. */
    protected abstract String image();

    /** A port on loopback that nothing holds now. */
    protected int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives back what the test's components needed; runs after they were closed, where a subclass's own AfterEach runs before. */
    protected void afterClosing() {}

    @BeforeEach
    void openRuntime() {
        runtime = await(open());
    }

    @AfterEach
    void removeAll() {
        created.forEach(id -> await(runtime().remove(id, NO_GRACE)));
        await(runtime().close());
        await(runtime().close());
        afterClosing();
    }

    private ContainerRuntime runtime() {
        if (runtime == null) {
            throw new IllegalStateException("open() gave no runtime");
        }
        return runtime;
    }

    private Map<String, String> labels(String instance) {
        return Map.of(KnitLabels.CLUSTER, cluster, KnitLabels.INSTANCE, run + "-" + instance);
    }

    private ContainerSpec spec(String name, Map<String, String> labels, String script, PortBinding... ports) {
        return new ContainerSpec(
                run + "-" + name,
                image(),
                List.of("sh", "-c"),
                List.of(script),
                Map.of(),
                labels,
                List.of(ports),
                List.of());
    }

    private ContainerSpec sleeping(String name, PortBinding... ports) {
        return spec(name, labels(name), "sleep 600", ports);
    }

    private static PortBinding tcp(int hostPort) {
        return new PortBinding(LOOPBACK, hostPort, 80, Protocol.TCP);
    }

    private String create(ContainerSpec spec) {
        String id = await(runtime().create(spec));
        created.add(id);
        return id;
    }

    private List<ContainerSnapshot> snapshot() {
        return await(runtime().snapshot(cluster)).containers();
    }

    private ContainerState state(String id) {
        return snapshot().stream()
                .filter(container -> container.id().equals(id))
                .map(ContainerSnapshot::state)
                .findFirst()
                .orElseThrow(() -> new AssertionError("container " + id + " is not in the snapshot"));
    }

    @Test
    @DisplayName("1. a call returns at once, and fails with RUNTIME_UNAVAILABLE if the engine does not answer")
    void hasADeadline() {
        ContainerRuntime silent = await(openSilent());
        Future<?> snapshot = silent.snapshot(cluster);
        assertThat(snapshot.isComplete())
                .as("complete before the engine could answer: the call blocked")
                .isFalse();
        List<Future<?>> calls = List.of(
                snapshot,
                silent.pull(new ImageRequest(image(), PullPolicy.MISSING, null)),
                silent.create(sleeping("silent")),
                silent.start("silent-id"),
                silent.remove("silent-id", NO_GRACE));
        calls.forEach(call -> assertThat(failure(call).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE));
        await(silent.close());
    }

    @Test
    @DisplayName("2. create does not start")
    void createDoesNotStart() {
        String id = create(sleeping("one"));
        assertThat(state(id)).isEqualTo(ContainerState.CREATED);
    }

    @Test
    @DisplayName("2. create gives the id of the container that is there with the same name and instance")
    void createIsRepeatable() {
        String id = create(sleeping("one"));
        assertThat(await(runtime().create(sleeping("one")))).isEqualTo(id);
        await(runtime().start(id));
        assertThat(await(runtime().create(sleeping("one")))).isEqualTo(id);
        assertThat(state(id)).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    @DisplayName("2. create fails where the name is another instance's, which stays as it is")
    void createRefusesAnothersName() {
        String id = create(sleeping("one"));
        Future<String> second = runtime().create(spec("one", labels("other"), "sleep 600"));
        assertThat(failure(second).code()).isIn(ErrorCode.RUNTIME_REFUSED, ErrorCode.IN_USE);
        assertThat(state(id)).isEqualTo(ContainerState.CREATED);
    }

    @Test
    @DisplayName("3. remove takes away a container in any state, and succeeds where there is none")
    void removeIsRepeatable() {
        String made = create(sleeping("made"));
        String running = create(sleeping("running"));
        await(runtime().start(running));
        for (int round = 0; round < 2; round++) {
            await(runtime().remove(made, NO_GRACE));
            await(runtime().remove(running, NO_GRACE));
        }
        await(runtime().remove("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NO_GRACE));
        assertThat(snapshot()).isEmpty();
    }

    @Test
    @DisplayName("4. snapshot shows every container of the cluster whatever its state, and no other")
    void snapshotShowsTheCluster() {
        String made = create(sleeping("made"));
        String running = create(sleeping("running"));
        String ended = create(spec("ended", labels("ended"), "exit 3"));
        create(spec("foreign", Map.of(), "sleep 600"));
        create(spec("other", Map.of(KnitLabels.CLUSTER, cluster + "-2", KnitLabels.INSTANCE, "x"), "sleep 600"));
        await(runtime().start(running));
        await(runtime().start(ended));
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> state(ended) == ContainerState.EXITED);
        List<ContainerSnapshot> found = snapshot();
        assertThat(found)
                .extracting(ContainerSnapshot::id, ContainerSnapshot::state)
                .containsExactlyInAnyOrder(
                        tuple(made, ContainerState.CREATED),
                        tuple(running, ContainerState.RUNNING),
                        tuple(ended, ContainerState.EXITED));
        assertThat(found)
                .filteredOn(container -> container.id().equals(ended))
                .singleElement()
                .satisfies(container -> assertThat(container.exit()).contains("3"))
                .satisfies(container -> assertThat(container.exitCode()).isEqualTo(3));
        assertThat(found)
                .filteredOn(container -> container.id().equals(made))
                .singleElement()
                .satisfies(container -> assertThat(container.name()).isEqualTo(run + "-made"));
        assertThat(await(runtime().snapshot(cluster)).engineVersion()).isNotBlank();
    }

    @Test
    @DisplayName("5. labels come back as given")
    void labelsComeBack() {
        Map<String, String> labels = new HashMap<>(labels("one"));
        labels.put(KnitLabels.REVISION, "7");
        labels.put("team", "größe = \"XL\", 漢字");
        labels.put("empty", "");
        create(spec("one", labels, "sleep 600"));
        assertThat(snapshot())
                .singleElement()
                .satisfies(container -> assertThat(container.labels()).containsAllEntriesOf(labels));
    }

    @Test
    @DisplayName("6. start of a running container succeeds and changes nothing")
    void startIsRepeatable() {
        String id = create(sleeping("one"));
        await(runtime().start(id));
        await(runtime().start(id));
        assertThat(state(id)).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    @DisplayName("6. start fails with PORT_IN_USE if another container holds a port")
    void startRefusesAHeldPort() {
        PortBinding port = tcp(freePort());
        String holder = create(sleeping("holder", port));
        await(runtime().start(holder));
        String second = create(sleeping("second", port));
        assertThat(failure(runtime().start(second)).code()).isEqualTo(ErrorCode.PORT_IN_USE);
        assertThat(state(holder)).isEqualTo(ContainerState.RUNNING);
        assertThat(state(second)).isNotEqualTo(ContainerState.RUNNING);
    }

    @Test
    @DisplayName("7. a container that ended stays down until it is started")
    void neverStartsByItself() {
        String id = create(spec("one", labels("one"), "exit 1"));
        await(runtime().start(id));
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> state(id) == ContainerState.EXITED);
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .atMost(Futures.PATIENCE)
                .until(() -> state(id) == ContainerState.EXITED);
        await(runtime().start(id));
    }

    @Test
    @DisplayName("8. many calls at once all succeed")
    void limitsItself() {
        List<Future<String>> calls = IntStream.range(0, 12)
                .mapToObj(i -> runtime().create(sleeping("many-" + i)))
                .toList();
        calls.forEach(call -> created.add(await(call)));
        List<Future<Void>> starts =
                created.stream().map(id -> runtime().start(id)).toList();
        starts.forEach(Futures::await);
        assertThat(snapshot()).hasSize(12).allMatch(container -> container.state() == ContainerState.RUNNING);
        List<Future<Void>> removals =
                created.stream().map(id -> runtime().remove(id, NO_GRACE)).toList();
        removals.forEach(Futures::await);
        assertThat(snapshot()).isEmpty();
    }

    @Test
    @DisplayName("9. a start that failed may be repeated when its cause is gone")
    void startAgainAfterFailure() {
        PortBinding port = tcp(freePort());
        String holder = create(sleeping("holder", port));
        await(runtime().start(holder));
        String second = create(sleeping("second", port));
        failure(runtime().start(second));
        await(runtime().remove(holder, NO_GRACE));
        await(runtime().start(second));
        assertThat(state(second)).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    @DisplayName("9. an image that can't be had fails with IMAGE_UNAVAILABLE each time, one that is there does not")
    void pullsOrSaysWhyNot() {
        ImageRequest absent = new ImageRequest("localhost/" + run + ":absent", PullPolicy.NEVER, null);
        assertThat(failure(runtime().pull(absent)).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(failure(runtime().pull(absent)).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(failure(runtime().prepare(absent)).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        await(runtime().pull(new ImageRequest(image(), PullPolicy.NEVER, null)));
        assertThat(await(runtime().prepare(new ImageRequest(image(), PullPolicy.NEVER, null)))
                        .note())
                .isEmpty();
        assertThat(await(runtime().pull(new ImageRequest(image(), PullPolicy.MISSING, null)))
                        .note())
                .isEmpty();
    }

    @Test
    @DisplayName("11. an engine's id is the same at each look and for each who looks, or empty")
    void tellsItsEngine() {
        ContainerRuntime second = await(open());
        String id = await(runtime().snapshot(cluster)).engineId();
        assertThat(await(runtime().snapshot(cluster)).engineId()).isEqualTo(id);
        assertThat(await(second.snapshot(cluster)).engineId()).isEqualTo(id);
        assertThat(await(second.snapshot("")).engineId()).isEqualTo(id);
        await(second.close());
    }

    @Test
    @DisplayName("12. an image that is there for another platform is as if it were not, also to a container")
    void ofAnotherPlatform() {
        Assumptions.assumeTrue(runtime().keepsPlatforms(), "it makes no container for a platform");
        RuntimeSnapshot told = await(runtime().snapshot(cluster));
        Assumptions.assumeFalse(told.os().isEmpty() || told.arch().isEmpty(), "it does not tell its platform");
        String own = told.os() + "/" + told.arch();
        String other = told.os() + "/" + (told.arch().equals("s390x") ? "riscv64" : "s390x");
        ImageRequest there = new ImageRequest(image(), PullPolicy.NEVER, null);
        await(runtime().pull(there.on(own)));
        assertThat(failure(runtime().pull(there.on(other))).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(failure(runtime().prepare(there.on(other))).code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        assertThat(failure(runtime().create(on(other, sleeping("other")))).code())
                .isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        create(on(own, sleeping("own")));
    }

    private static ContainerSpec on(String platform, ContainerSpec spec) {
        return new ContainerSpec(
                spec.name(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.env(),
                spec.labels(),
                spec.ports(),
                spec.mounts(),
                spec.init(),
                spec.noNewPrivileges(),
                spec.resources(),
                spec.process().on(platform),
                spec.isolation(),
                spec.scratch(),
                spec.network(),
                spec.log());
    }

    private ExecAbility exec() {
        Assumptions.assumeTrue(runtime() instanceof ExecAbility, "this runtime runs no commands");
        return (ExecAbility) runtime();
    }

    @Test
    @DisplayName("exec: a command in a container ends with its code, and what it wrote")
    void runsCommands() {
        String id = create(sleeping("one"));
        await(runtime().start(id));
        Duration timeout = Duration.ofSeconds(10);
        assertThat(await(exec().exec(id, List.of("sh", "-c", "true"), timeout)).code())
                .isZero();
        Future<ExecResult> gone =
                exec().exec("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", List.of("sh"), timeout);
        assertThat(failure(gone).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        String made = create(sleeping("made"));
        assertThat(failure(exec().exec(made, List.of("sh", "-c", "true"), timeout))
                        .code())
                .isEqualTo(ErrorCode.RUNTIME_REFUSED);
    }

    @Test
    @DisplayName("signal: a container that runs gets it and runs on; one that does not, or is not there, refuses")
    void signals() {
        Assumptions.assumeTrue(runtime() instanceof SignalAbility, "this runtime sends no signals");
        SignalAbility able = (SignalAbility) runtime();
        String id = create(sleeping("one"));
        assertThat(failure(able.signal(id, "SIGURG")).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        await(runtime().start(id));
        await(able.signal(id, "SIGURG"));
        assertThat(state(id)).isEqualTo(ContainerState.RUNNING);
        String gone = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        assertThat(failure(able.signal(gone, "SIGURG")).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
    }

    @Test
    @DisplayName("stop: a container is ended and stays, and one that has ended or is not there is no failure")
    void stopsAndLeaves() {
        Assumptions.assumeTrue(runtime() instanceof StopAbility, "this runtime only removes");
        StopAbility stop = (StopAbility) runtime();
        for (String signal : List.of("", "SIGKILL")) {
            String id = create(sleeping("one" + signal.length()));
            await(runtime().start(id));
            await(stop.stop(id, signal, NO_GRACE));
            Awaitility.await().atMost(Futures.PATIENCE).until(() -> state(id) == ContainerState.EXITED);
            await(stop.stop(id, signal, NO_GRACE));
            await(stop.stop("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", signal, NO_GRACE));
        }
    }

    private LogsAbility logs() {
        Assumptions.assumeTrue(runtime() instanceof LogsAbility, "this runtime gives no logs");
        return (LogsAbility) runtime();
    }

    /** Reads one line after the other, each a while after the one before. */
    private static final class SlowReader implements LogReader {
        final List<LogLine> lines = new CopyOnWriteArrayList<>();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger mostAtOnce = new AtomicInteger();
        final int most;

        SlowReader(int most) {
            this.most = most;
        }

        @Override
        public Future<Void> line(LogLine line) {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            lines.add(line);
            Promise<Void> taken = Promise.promise();
            Thread later = new Thread(() -> {
                atOnce.decrementAndGet();
                if (lines.size() < most) {
                    taken.complete();
                } else {
                    taken.fail("that is enough");
                }
            });
            later.setDaemon(true);
            later.start();
            return taken.future();
        }

        List<String> texts() {
            return lines.stream()
                    .map(line -> (line.error() ? "!" : "") + line.text())
                    .toList();
        }
    }

    private String written(String script) {
        String id = create(spec("one", labels("one"), script));
        await(runtime().start(id));
        SlowReader all = new SlowReader(1000);
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> {
            all.lines.clear();
            await(logs().logs(id, new LogQuery(false, null, null), all).ended());
            return all.texts().contains("three");
        });
        return id;
    }

    @Test
    @DisplayName(
            "logs: what is there comes in order, one line at a time, and ends; the last ones, and those since a moment")
    void givesWhatWasWritten() {
        String id = written("echo one; echo two >&2; echo three; sleep 600");
        SlowReader all = new SlowReader(1000);
        await(logs().logs(id, new LogQuery(false, null, null), all).ended());
        assertThat(all.texts()).containsExactlyInAnyOrder("one", "!two", "three");
        assertThat(all.texts()).containsSubsequence("one", "three");
        assertThat(all.lines).allMatch(LogLine::whole);
        assertThat(all.mostAtOnce).hasValue(1);

        SlowReader last = new SlowReader(1000);
        await(logs().logs(id, new LogQuery(false, 1, null), last).ended());
        assertThat(last.texts()).hasSize(1);
        assertThat(all.texts()).endsWith(last.texts().get(0));

        SlowReader since = new SlowReader(1000);
        await(logs().logs(id, new LogQuery(false, null, all.lines.get(2).at()), since)
                .ended());
        assertThat(since.texts()).contains(all.texts().get(2));
        SlowReader later = new SlowReader(1000);
        await(logs().logs(id, new LogQuery(false, null, all.lines.get(2).at().plusSeconds(3600)), later)
                .ended());
        assertThat(later.lines).isEmpty();
    }

    @Test
    @DisplayName(
            "logs: who follows is given what comes, until the container ends, is not there any more, or nobody reads on")
    void followsWhatIsWritten() {
        String id = written("echo one; echo two; echo three; sleep 600");
        SlowReader followed = new SlowReader(1000);
        Ongoing<Void> follows = logs().logs(id, new LogQuery(true, null, null), followed);
        SlowReader cancelled = new SlowReader(1000);
        Ongoing<Void> cancels = logs().logs(id, new LogQuery(true, null, null), cancelled);
        SlowReader enough = new SlowReader(2);
        Ongoing<Void> satisfied = logs().logs(id, new LogQuery(true, null, null), enough);
        Awaitility.await()
                .atMost(Futures.PATIENCE)
                .until(() -> followed.lines.size() == 3 && cancelled.lines.size() == 3);
        assertThat(follows.ended().isComplete()).isFalse();

        cancels.cancel();
        cancels.cancel();
        failure(cancels.ended());
        failure(satisfied.ended());
        assertThat(enough.texts()).containsExactly("one", "two");

        await(runtime().remove(id, NO_GRACE));
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> follows.ended().isComplete());
        assertThat(followed.texts()).containsExactly("one", "two", "three");
    }

    @Test
    @DisplayName("logs: of one that has ended, too; of one that is not there they are refused")
    void givesWhatTheDeadWrote() {
        String id = written("echo one; echo two; echo three; exit 3");
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> state(id) == ContainerState.EXITED);
        SlowReader all = new SlowReader(1000);
        await(logs().logs(id, new LogQuery(true, null, null), all).ended());
        assertThat(all.texts()).containsExactly("one", "two", "three");
        Ongoing<Void> gone = logs().logs(
                        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                        new LogQuery(true, null, null),
                        all);
        assertThat(failure(gone.ended()).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
    }

    @Test
    @DisplayName("logs: a line of some kilobytes comes whole")
    void givesLongLines() {
        String text = "x".repeat(5_000);
        String id = written("echo " + text + "; echo two; echo three; exit 3");
        SlowReader all = new SlowReader(1000);
        await(logs().logs(id, new LogQuery(true, null, null), all).ended());
        assertThat(all.texts()).containsExactly(text, "two", "three");
    }

    @Test
    @DisplayName("10. an end is hinted at, and who looks once, 2 s after the hint, sees it")
    void endsAreHintedAt() {
        AtomicLong newest = new AtomicLong();
        runtime().onChange(() -> newest.set(System.nanoTime()));
        String id = create(spec("one", labels("one"), "exit 3"));
        await(runtime().start(id));
        AtomicLong followed = new AtomicLong();
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> {
            long hint = newest.get();
            boolean due = hint != followed.get() && System.nanoTime() - hint > LAG.toNanos();
            if (due) {
                followed.set(hint);
            }
            return due && state(id) == ContainerState.EXITED;
        });
    }
}
