package io.knit.core.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is waited for before a container goes, and for how long. */
class LastOutputTest {
    private static final SecretMask.Masking UNMASKED = instance -> Future.succeededFuture(SecretMask.NONE);

    private static final String INSTANCE = "web-0-a1b2c3";
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration READING = Duration.ofSeconds(4);

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final FakeEngine engine = new FakeEngine("n1", loop).withImage("web:1");
    private final FakeRuntime runtime = new FakeRuntime(engine, loop);
    private final Readings readings = new Readings();

    @TempDir
    Path data;

    private String id = "";

    @BeforeEach
    void run() {
        id = done(runtime.create(new ContainerSpec(
                "web-0",
                "web:1",
                List.of(),
                List.of("echo hello"),
                Map.of(),
                Map.of(KnitLabels.CLUSTER, "c", KnitLabels.INSTANCE, INSTANCE),
                List.of(),
                List.of())));
        done(runtime.start(id));
    }

    private <T> T done(Future<T> future) {
        assertThat(queue.runUntil(future::isComplete, Duration.ofMinutes(5))).isTrue();
        return future.result();
    }

    private Future<Void> goes() {
        ContainerSnapshot container = engine.containers().get(0);
        boolean runs = container.state() == ContainerState.RUNNING;
        return new LastOutput(loop, runtime, new OutputFolder(data), readings, UNMASKED)
                .around(container, removal(id, runs));
    }

    private LastOutput.Leave removal(String container, boolean runs) {
        return new LastOutput.Leave() {
            @Override
            public @Nullable Future<Void> end() {
                return runs ? runtime.stop(container, "", GRACE) : Future.succeededFuture();
            }

            @Override
            public Future<Void> remove() {
                return runtime.remove(container, Duration.ZERO);
            }
        };
    }

    private boolean isThere() {
        return !engine.containers().isEmpty();
    }

    private String kept() throws IOException {
        return new String(new OutputFolder(data).read(INSTANCE).orElse(new byte[0]), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName(
            "it is stopped at once, and removed when its readers have had everything; what it wrote is kept before")
    void waitsForReaders() throws IOException {
        Readings.Reading first = readings.begin(id);
        Readings.Reading second = readings.begin(id);
        Readings.Reading other = readings.begin("another");
        Future<Void> removal = goes();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(engine.containers().get(0).state()).isEqualTo(ContainerState.EXITED);
        assertThat(kept()).endsWith("hello\n");
        first.ended();
        first.ended();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(isThere()).isTrue();
        second.ended();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(removal.succeeded()).isTrue();
        assertThat(isThere()).isFalse();
        other.ended();
    }

    @Test
    @DisplayName(
            "of a hundred that go at once each is ended at once, a few are read at a time, and what each wrote is kept")
    void manyAtOnce() throws IOException {
        done(runtime.remove(id, Duration.ZERO));
        for (int i = 0; i < 100; i++) {
            done(runtime.start(done(runtime.create(new ContainerSpec(
                    "web-" + i,
                    "web:1",
                    List.of(),
                    List.of("echo hello"),
                    Map.of(),
                    Map.of(KnitLabels.CLUSTER, "c", KnitLabels.INSTANCE, "web-" + i),
                    List.of(),
                    List.of())))));
        }
        Counted counted = new Counted();
        LastOutput output = new LastOutput(loop, counted, new OutputFolder(data), readings, UNMASKED);
        List<ContainerSnapshot> all = engine.containers();
        Future<Void> gone = Future.all(all.stream()
                        .map(container -> output.around(container, removal(container.id(), true)))
                        .toList())
                .mapEmpty();
        assertThat(counted.most).as("nothing is read before it has ended").isZero();
        queue.runFor(READING.minusMillis(500));
        assertThat(engine.containers())
                .as("the ends wait for no turn")
                .hasSize(100)
                .allMatch(one -> one.state() == ContainerState.EXITED);
        assertThat(counted.most).isEqualTo(LastOutput.AT_A_TIME);
        done(gone);
        assertThat(counted.most).isEqualTo(LastOutput.AT_A_TIME);
        assertThat(engine.containers()).isEmpty();
        for (int i = 0; i < 100; i++) {
            assertThat(new OutputFolder(data).read("web-" + i).orElseThrow())
                    .as("web-" + i)
                    .isNotEmpty();
        }
    }

    @Test
    @DisplayName("a reading that can't be ended keeps its removal and the others' for its time only")
    void readingWithoutEnd() {
        Future<Void> gone = new LastOutput(
                        loop,
                        new Counted() {
                            @Override
                            public Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader) {
                                return new Ongoing<>() {
                                    @Override
                                    public Future<Void> ended() {
                                        return Promise.<Void>promise().future();
                                    }

                                    @Override
                                    public void cancel() {}
                                };
                            }
                        },
                        new OutputFolder(data),
                        readings,
                        UNMASKED)
                .around(engine.containers().get(0), removal(id, true));
        queue.runFor(Duration.ofSeconds(10));
        assertThat(gone.succeeded()).isTrue();
        assertThat(isThere()).isFalse();
    }

    @Test
    @DisplayName("a runtime that throws where it is asked for lines holds no removal up, however often")
    void readingThatThrows() {
        LastOutput output = new LastOutput(
                loop,
                new Counted() {
                    @Override
                    public Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader) {
                        throw new IllegalStateException("no threads");
                    }
                },
                new OutputFolder(data),
                readings,
                UNMASKED);
        done(output.around(engine.containers().get(0), removal(id, true)));
        assertThat(isThere()).isFalse();
        assertThat(done(output.lastLines("web-0-a", id))).isEmpty();
    }

    @Test
    @DisplayName("that it wrote nothing is kept, too")
    void silent() throws IOException {
        String silent = done(runtime.create(new ContainerSpec(
                "web-1",
                "web:1",
                List.of(),
                List.of("exit 0"),
                Map.of(),
                Map.of(KnitLabels.CLUSTER, "c", KnitLabels.INSTANCE, "web-1"),
                List.of(),
                List.of())));
        done(runtime.start(silent));
        engine.end(silent, 0);
        done(runtime.remove(id, Duration.ZERO));
        done(new LastOutput(loop, runtime, new OutputFolder(data), readings, UNMASKED)
                .around(engine.containers().get(0), removal(silent, false)));
        assertThat(new OutputFolder(data).read("web-1")).hasValue(new byte[0]);
        assertThat(new OutputFolder(data).read("web-2")).isEmpty();
    }

    @Test
    @DisplayName("of what it wrote the last 1 MiB is kept, whatever is noted beside each line")
    void theLast() throws IOException {
        String line = "x".repeat(99);
        Future<Void> gone = new LastOutput(
                        loop,
                        new Counted() {
                            @Override
                            public Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader) {
                                for (int i = 0; i < 15_000; i++) {
                                    reader.line(new LogLine(Instant.EPOCH, i % 2 == 0, true, line));
                                }
                                return runtime.logs(containerId, new LogQuery(false, 0, null), reader);
                            }
                        },
                        new OutputFolder(data),
                        readings,
                        UNMASKED)
                .around(engine.containers().get(0), removal(id, true));
        done(gone);
        assertThat(kept().lines().filter(each -> each.endsWith(" " + line)).count() * 100)
                .isBetween(LastOutput.MOST - 200L, (long) LastOutput.MOST);
    }

    @Test
    @DisplayName(
            "of empty lines only so many are kept as there is room for with their times, also of who writes on meanwhile")
    void emptyLines() throws IOException {
        Future<Void> gone = new LastOutput(
                        loop,
                        new Counted() {
                            @Override
                            public Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader) {
                                for (int i = 0; i < LastOutput.LINES + 5_000; i++) {
                                    reader.line(new LogLine(Instant.EPOCH.plusSeconds(i), false, true, ""));
                                }
                                return runtime.logs(containerId, new LogQuery(false, 0, null), reader);
                            }
                        },
                        new OutputFolder(data),
                        readings,
                        UNMASKED)
                .around(engine.containers().get(0), new LastOutput.Leave() {
                    @Override
                    public @Nullable Future<Void> end() {
                        return null;
                    }

                    @Override
                    public Future<Void> remove() {
                        return runtime.remove(id, Duration.ZERO);
                    }
                });
        done(gone);
        assertThat(kept().lines().count()).isLessThanOrEqualTo(LastOutput.LINES);
        assertThat(kept()).contains(Instant.EPOCH.plusSeconds(LastOutput.LINES + 4_999) + " stdout F ");
    }

    @Test
    @DisplayName("one that has ended waits for its readers, too")
    void ofOneThatHasEnded() {
        engine.end(id, 0);
        queue.runFor(Duration.ofSeconds(1));
        Readings.Reading reading = readings.begin(id);
        Future<Void> removal = goes();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(isThere()).isTrue();
        reading.ended();
        done(removal);
        assertThat(isThere()).isFalse();
    }

    @Test
    @DisplayName("who passes nothing on is not waited for")
    void leavesTheStalled() {
        readings.begin(id);
        Future<Void> removal = goes();
        queue.runFor(LastOutput.STALLED.minusSeconds(1));
        assertThat(isThere()).isTrue();
        queue.runFor(Duration.ofSeconds(2));
        assertThat(removal.succeeded()).isTrue();
        assertThat(isThere()).isFalse();
    }

    @Test
    @DisplayName("who reads on and on is waited for, but not for ever")
    void leavesTheEndless() {
        Readings.Reading reading = readings.begin(id);
        Future<Void> removal = goes();
        for (Duration at = Duration.ZERO; at.compareTo(LastOutput.READERS) < 0; at = at.plusSeconds(1)) {
            assertThat(isThere()).as("after " + at).isTrue();
            reading.progressed();
            queue.runFor(Duration.ofSeconds(1));
        }
        reading.progressed();
        queue.runFor(LastOutput.STALLED);
        assertThat(removal.succeeded()).isTrue();
        assertThat(isThere()).isFalse();
    }

    @Test
    @DisplayName("what was kept for a week goes at the start and from time to time, though nothing new comes")
    void cleans() throws IOException {
        OutputFolder folder = new OutputFolder(data);
        folder.write(
                "web-0-old",
                List.of(new byte[] {1}),
                loop.now().minus(OutputFolder.KEPT).minusSeconds(1));
        folder.write("web-0-young", List.of(new byte[] {1}), loop.now());
        // writing clears, too
        Files.write(data.resolve("output").resolve("web-0-old"), new byte[] {1});
        Files.setLastModifiedTime(
                data.resolve("output").resolve("web-0-old"),
                FileTime.from(loop.now().minus(OutputFolder.KEPT).minusSeconds(1)));
        LastOutput output = new LastOutput(loop, runtime, folder, readings, UNMASKED);
        output.cleanNowAndThen();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(folder.read("web-0-old")).isEmpty();
        assertThat(folder.read("web-0-young")).isPresent();
        queue.runFor(OutputFolder.KEPT.minus(LastOutput.CLEANING));
        assertThat(folder.read("web-0-young")).isPresent();
        queue.runFor(LastOutput.CLEANING.multipliedBy(2));
        assertThat(folder.read("web-0-young")).isEmpty();
        output.stop();
        queue.runFor(LastOutput.CLEANING);
        long happened = queue.happened();
        queue.runFor(LastOutput.CLEANING.multipliedBy(4));
        assertThat(queue.happened()).isEqualTo(happened);
    }

    @Test
    @DisplayName("of very many only the newest are kept")
    void many() throws IOException {
        OutputFolder folder = new OutputFolder(data);
        folder.write("web-0-first", List.of(new byte[0]), loop.now().minusSeconds(2));
        for (int i = 1; i < OutputFolder.FILES; i++) {
            Path file = Files.createFile(data.resolve("output").resolve("web-0-" + i));
            Files.setLastModifiedTime(file, FileTime.from(loop.now().minusSeconds(1)));
        }
        folder.write("web-0-last", List.of(new byte[0]), loop.now());
        assertThat(folder.read("web-0-first")).isEmpty();
        assertThat(folder.read("web-0-1")).isPresent();
        assertThat(folder.read("web-0-last")).isPresent();
    }

    @Test
    @DisplayName("where nothing was ever kept there is nothing to clear")
    void cleansNothing() {
        new LastOutput(loop, runtime, new OutputFolder(data), readings, UNMASKED).cleanNowAndThen();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(data).isEmptyDirectory();
    }

    /** Counts how many read at a time, each for a while. */
    private class Counted implements ContainerRuntime, LogsAbility {
        private int open;
        private int most;

        @Override
        public Future<PulledImage> pull(ImageRequest request) {
            return runtime.pull(request);
        }

        @Override
        public Future<String> create(ContainerSpec spec) {
            return runtime.create(spec);
        }

        @Override
        public Future<Void> start(String containerId) {
            return runtime.start(containerId);
        }

        @Override
        public Future<Void> remove(String containerId, Duration grace) {
            return runtime.remove(containerId, grace);
        }

        @Override
        public Future<RuntimeSnapshot> snapshot(String cluster) {
            return runtime.snapshot(cluster);
        }

        @Override
        public Future<Void> close() {
            return runtime.close();
        }

        @Override
        public Ongoing<Void> logs(String containerId, LogQuery query, LogReader reader) {
            most = Math.max(most, ++open);
            Ongoing<Void> reading = runtime.logs(containerId, query, reader);
            Promise<Void> later = Promise.promise();
            reading.ended()
                    .onComplete(any -> loop.after(READING, () -> {
                        open--;
                        later.complete();
                    }));
            return new Ongoing<>() {
                @Override
                public Future<Void> ended() {
                    return later.future();
                }

                @Override
                public void cancel() {
                    reading.cancel();
                }
            };
        }
    }
}
