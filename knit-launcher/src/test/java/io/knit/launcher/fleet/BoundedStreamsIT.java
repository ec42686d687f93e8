package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is read slowly costs no memory on its way: a gigabyte of lines and copies of 100 MB between a real engine and {@code knit}, each program in a process of
 * its own. What it measured it says, and docs/benchmarks.md.
 */
@RequiresFleet
@Tag("night")
class BoundedStreamsIT {
    /**
     * Of 2,000 bytes each: a gigabyte, which with what an engine writes beside them still is one file of its. {@code -Dknit.lines=5000} for who tries
     * something out.
     */
    private static final int LINES = Integer.getInteger("knit.lines", 500_000);

    private static final int LINE = 2_000;
    private static final int FILE = 100_000_000;
    /** Below the half minute after which a server first looks whether anything was taken. */
    private static final Duration STAND = Duration.ofSeconds(20);

    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /**
     * So many MiB more than before a stream a process may come to. Of the stream itself it holds a window of 256 KiB and some pieces of 32 KiB, which are
     * nothing beside what a JVM needs to compile what it does for the first time; but a half of what is copied, or a twentieth of what is followed, would be seen.
     */
    private static final long MORE = 40;

    /** All that {@code knit} may come to, in MiB: a client's classes, code and threads are 60, and its heap begins with 16. */
    private static final long KNIT = 110;

    @TempDir
    Path folder;

    private Fleet fleet;
    private @Nullable SmallHosts hosts;

    @BeforeEach
    void start() {
        fleet = new Fleet("knit-bounded-" + ProcessHandle.current().pid(), 1);
        fleet.image("box:local");
    }

    @AfterEach
    void end() {
        if (hosts != null) {
            hosts.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    @ParameterizedTest(name = "a broker outside: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "a gigabyte of lines that is followed slowly, and for a while not at all, and 100 MB copied in and out come whole, and no program on their way needs more memory for it")
    void bounded(boolean outside) throws Exception {
        Assumptions.assumeTrue(
                !outside || Files.isExecutable(Path.of(SmallHosts.NATS_SERVER)),
                "nats-server is not installed: apt-get install nats-server");
        SmallHosts small = new SmallHosts(fleet, folder, outside);
        hosts = small;
        String instance = small.deploy(
                "lines",
                "until [ -e /tmp/go ]; do sleep 0.1; done;"
                        + " busybox awk 'BEGIN { x = sprintf(\"%0" + (LINE - 10) + "d\", 0);"
                        + " for (i = 0; i < " + LINES + "; i++) printf \"%08d %s\\n\", i, x }';"
                        + " while :; do sleep 1; done",
                ", \"log\": {\"driver\": \"json-file\", \"max_size\": \"1GiB\"}");

        Measured follow = new Measured("logs -f of " + LINES / 500 + " MB", knit("logs", "-f", instance));
        assertThat(follow(follow.knit())).as("lines").isEqualTo(HexFormat.of().formatHex(lines()));
        follow.end();

        byte[] bytes = new byte[FILE];
        new Random(11).nextBytes(bytes);
        Path file = Files.write(folder.resolve("file"), bytes);
        Measured in = new Measured("cp of 100 MB into it", knit("cp", file.toString(), instance + ":/tmp/"));
        copyIn(in);
        in.end();
        Path tar = folder.resolve("out.tar");
        Measured out = new Measured("cp of 100 MB out of it", knit("cp", instance + ":/tmp/file", "-"));
        copyOut(out.knit(), tar);
        out.end();
        assertThat(Shell.run(Map.of(), List.of("sh", "-c", "tar -xOf '" + tar + "' | cmp - '" + file + "'")))
                .isEqualTo(new Shell(0, ""));
        small.undeploy("lines");
        assertThat(fleet.docker(1, "ps", "-aq")).isEmpty();
    }

    private SmallHosts hosts() {
        return Objects.requireNonNull(hosts);
    }

    private Process knit(String... words) throws IOException {
        return hosts().knit("errors", words);
    }

    /** The SHA-256 of what came, read to the end of the process that wrote it. */
    private String follow(Process knit) throws Exception {
        long size = (long) LINES * LINE;
        MessageDigest had = sha256();
        try (RatedReader reader =
                new RatedReader(knit.getInputStream(), new DigestOutputStream(OutputStream.nullOutputStream(), had))) {
            fleet.docker(1, "exec", container(), "busybox", "touch", "/tmp/go");
            await("half of it").atMost(PATIENCE).until(() -> reader.count() > size / 2);
            stand(reader);
            await("all of it").atMost(PATIENCE).until(() -> reader.count() >= size);
            knit.destroy();
            await("its end").atMost(PATIENCE).until(reader::isOver);
            assertThat(reader.count()).isEqualTo(size);
        }
        return HexFormat.of().formatHex(had.digest());
    }

    /** Nobody takes anything meanwhile. */
    private static void stand(RatedReader reader) {
        reader.stand(true);
        await("a while").atMost(STAND.multipliedBy(2)).pollDelay(STAND).until(() -> true);
        reader.stand(false);
    }

    private static byte[] lines() {
        MessageDigest digest = sha256();
        byte[] line = new byte[LINE];
        Arrays.fill(line, (byte) '0');
        line[8] = ' ';
        line[LINE - 1] = '\n';
        for (int i = 0; i < LINES; i++) {
            int rest = i;
            for (int at = 7; at >= 0; at--, rest /= 10) {
                line[at] = (byte) ('0' + rest % 10);
            }
            digest.update(line);
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The engine takes nothing for a while, so that each before it has to wait. */
    private void copyIn(Measured copy) throws Exception {
        long engine = fleet.enginePid(1);
        await("a part of it has come to the agent")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> copy.readByTheAgent() > FILE / 10);
        signal("STOP", engine);
        await("a while").atMost(PATIENCE).pollDelay(Duration.ofSeconds(5)).until(() -> true);
        assertThat(copy.readByKnit())
                .as("what knit has read while the engine stood")
                .isLessThan(FILE * 9L / 10);
        signal("CONT", engine);
        assertThat(copy.knit().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(copy.knit().exitValue()).as(errors()).isZero();
    }

    private void copyOut(Process knit, Path tar) throws Exception {
        try (RatedReader reader = new RatedReader(knit.getInputStream(), Files.newOutputStream(tar))) {
            await("half of it").atMost(PATIENCE).until(() -> reader.count() > FILE / 2);
            stand(reader);
            await("all of it").atMost(PATIENCE).until(reader::isOver);
        }
        assertThat(knit.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(knit.exitValue()).as(errors()).isZero();
    }

    private static void signal(String name, long pid) {
        Shell.run(Map.of(), List.of("kill", "-" + name, String.valueOf(pid))).orFail();
    }

    private String container() {
        return fleet.docker(1, "ps", "-q", "--no-trunc");
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("errors"), StandardCharsets.UTF_8);
    }

    /** What a command and the programs that it goes through need while it runs. */
    private final class Measured {
        private final String what;
        private final Process knit;
        private final Peak own;
        private final Peak agent;
        private final Map<String, Peak> others = new TreeMap<>();
        private final Map<String, Long> before = new TreeMap<>();
        private final long readBefore;
        private final long begun = System.nanoTime();
        private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
        /** Linux forgets it with the process. */
        private volatile long most;

        Measured(String what, Process knit) {
            this.what = what;
            this.knit = knit;
            hosts().processes().forEach((name, process) -> {
                Peak peak = Peak.from(process.pid());
                others.put(name, peak);
                before.put(name, peak.mebibytes());
            });
            own = Peak.from(knit.pid());
            agent = Objects.requireNonNull(others.get("agent"));
            readBefore = agent.read();
            looks.scheduleWithFixedDelay(() -> most = own.mebibytes(), 0, 50, TimeUnit.MILLISECONDS);
        }

        Process knit() {
            return knit;
        }

        long readByTheAgent() {
            return agent.read() - readBefore;
        }

        long readByKnit() {
            return own.read();
        }

        void end() throws InterruptedException {
            knit.waitFor();
            looks.shutdownNow();
            Map<String, Long> peaks = new TreeMap<>();
            others.forEach((name, peak) -> peaks.put(name, peak.mebibytes()));
            System.out.printf(
                    Locale.ROOT,
                    "%s, %.0f s: knit %d MiB; the others at most %s, before it %s%n",
                    what,
                    (System.nanoTime() - begun) / 1e9,
                    most,
                    peaks,
                    before);
            assertThat(most).as("MiB of knit, %s", what).isBetween(1L, KNIT);
            peaks.forEach((name, mebibytes) -> assertThat(mebibytes - before.getOrDefault(name, 0L))
                    .as("MiB more of %s, %s", name, what)
                    .isLessThan(MORE));
            assertThat(hosts().processes().values()).allMatch(KnitProcess::isAlive);
        }
    }
}
