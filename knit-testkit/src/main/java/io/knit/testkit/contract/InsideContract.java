package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerUsage;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.ShellAbility;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.ShellSession;
import io.knit.api.spi.runtime.UsageAbility;
import io.knit.testkit.Futures;
import io.knit.testkit.TarBytes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a {@link ContainerRuntime} must do that is a {@link ShellAbility}, an {@link ArchiveAbility} or a {@link UsageAbility}, too. Names are unique
 * for each test, so that the engine may be shared; every container made is removed.
 */
public abstract class InsideContract {
    private static final String NOWHERE = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private final String run =
            "inside-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final List<String> created = new ArrayList<>();
    private @Nullable ContainerRuntime runtime;

    /** A runtime on the engine under test. */
    protected abstract Future<? extends ContainerRuntime> open();

    /** An image that is on the engine, with {@code sh}, {@code sleep} and {@code cat}. */
    protected abstract String image();

    /** Gives back what the test's components needed; runs after they were closed. */
    protected void afterClosing() {}

    @BeforeEach
    void openRuntime() {
        runtime = await(open());
    }

    @AfterEach
    void removeAll() {
        created.forEach(id -> await(runtime().remove(id, Duration.ofSeconds(1))));
        await(runtime().close());
        afterClosing();
    }

    private ContainerRuntime runtime() {
        if (runtime == null) {
            throw new IllegalStateException("open() gave no runtime");
        }
        return runtime;
    }

    private String create() {
        String name = run + "-" + created.size();
        Map<String, String> labels = Map.of(KnitLabels.CLUSTER, run, KnitLabels.INSTANCE, name);
        String id = await(runtime()
                .create(new ContainerSpec(
                        name,
                        image(),
                        List.of("sh", "-c"),
                        List.of("sleep 600"),
                        Map.of(),
                        labels,
                        List.of(),
                        List.of())));
        created.add(id);
        return id;
    }

    /** A container that runs, in which the tests reach. */
    protected final String running() {
        String id = create();
        await(runtime().start(id));
        return id;
    }

    /** Keeps what it is given; each piece is taken a moment later, on another thread. */
    protected static final class Bytes implements ByteReader {
        private final ByteArrayOutputStream all = new ByteArrayOutputStream();
        private boolean taking;
        private boolean atOnce;

        /** Nothing yet. */
        public Bytes() {}

        @Override
        public synchronized Future<Void> bytes(byte[] bytes) {
            atOnce |= taking;
            taking = true;
            all.writeBytes(bytes);
            Promise<Void> taken = Promise.promise();
            Thread later = new Thread(() -> {
                synchronized (this) {
                    taking = false;
                }
                taken.complete();
            });
            later.setDaemon(true);
            later.start();
            return taken.future();
        }

        /** What it was given so far. */
        public synchronized String text() {
            return all.toString(StandardCharsets.UTF_8);
        }

        synchronized byte[] all() {
            assertThat(atOnce)
                    .as("a piece came before the one before was taken")
                    .isFalse();
            return all.toByteArray();
        }
    }

    /** The ability under test. */
    protected final ShellAbility shells() {
        Assumptions.assumeTrue(runtime() instanceof ShellAbility, "this runtime lets nobody in");
        return (ShellAbility) runtime();
    }

    private static ShellRequest plain(boolean input, String... command) {
        return new ShellRequest(List.of(command), false, input, 0, 0);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("shell: a command's two outputs come apart and whole, and then its code")
    void givesItsOutputs() {
        String id = running();
        Bytes output = new Bytes();
        Bytes error = new Bytes();
        ShellSession session = shells().shell(
                        id, plain(false, "sh", "-c", "echo one; echo two >&2; echo three; exit 3"), output, error);
        await(session.begun());
        assertThat(await(session.ended())).isEqualTo(3);
        assertThat(output.text()).isEqualTo("one\nthree\n");
        assertThat(error.text()).isEqualTo("two\n");
    }

    @Test
    @DisplayName("shell: what is written it reads, in order, and that there is no more of it")
    void takesInput() {
        String id = running();
        Bytes output = new Bytes();
        ShellSession session = shells().shell(id, plain(true, "cat"), output, new Bytes());
        await(session.write(utf8("hello\n")));
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> output.text().equals("hello\n"));
        byte[] large = new byte[300_000];
        new Random(1).nextBytes(large);
        for (int at = 0; at < large.length; at += 30_000) {
            await(session.write(Arrays.copyOfRange(large, at, at + 30_000)));
        }
        session.endInput();
        session.endInput();
        assertThat(await(session.ended())).isZero();
        byte[] all = output.all();
        assertThat(Arrays.copyOfRange(all, 6, all.length)).isEqualTo(large);
        failure(session.write(utf8("late")));
    }

    @Test
    @DisplayName("shell: with a terminal there is one output")
    void hasATerminal() {
        String id = running();
        Bytes output = new Bytes();
        Bytes error = new Bytes();
        ShellRequest request = new ShellRequest(List.of("sh", "-c", "echo one; echo two >&2"), true, false, 80, 24);
        assertThat(await(shells().shell(id, request, output, error).ended())).isZero();
        assertThat(output.text().replace("\r", "")).isEqualTo("one\ntwo\n");
        assertThat(error.text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "typed", "typed\n"})
    @DisplayName("shell: with a terminal, too, the end of what it reads is no end of the command")
    void goesOnWithoutInput(String typed) {
        String id = running();
        Bytes output = new Bytes();
        ShellRequest request =
                new ShellRequest(List.of("sh", "-c", "cat; sleep 2; echo done; exit 3"), true, true, 0, 0);
        ShellSession session = shells().shell(id, request, output, new Bytes());
        if (!typed.isEmpty()) {
            await(session.write(utf8(typed)));
        }
        session.endInput();
        assertThat(await(session.ended())).isEqualTo(3);
        assertThat(output.text().replace("\r", "")).endsWith("done\n").contains(typed);
    }

    @Test
    @DisplayName("shell: who leaves is given no more, and the command ends")
    void canBeLeft() {
        String id = running();
        Bytes output = new Bytes();
        ShellSession session = shells().shell(id, plain(true, "cat"), output, new Bytes());
        await(session.begun());
        session.cancel();
        session.cancel();
        assertThat(failure(session.ended()).code()).isEqualTo(ErrorCode.CLOSED);
        failure(session.write(utf8("nobody reads this")));
        assertThat(output.text()).isEmpty();
    }

    @Test
    @DisplayName("shell: where nothing runs it is refused, and so is joining it")
    void needsARunningContainer() {
        String made = create();
        for (ShellRequest request : List.of(plain(false, "sh", "-c", "true"), plain(false))) {
            for (String id : List.of(made, NOWHERE)) {
                ShellSession session = shells().shell(id, request, new Bytes(), new Bytes());
                assertThat(failure(session.begun()).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
                assertThat(failure(session.ended()).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
            }
        }
    }

    private static final ShellRequest GIVEN = new ShellRequest(List.of(), false, true, 0, 0);

    private String reading(String script, boolean once) {
        String name = run + "-" + created.size();
        ProcessSpec process = new ProcessSpec(List.of(), "", List.of(), "", false, true, Map.of());
        String id = await(runtime()
                .create(new ContainerSpec(
                        name,
                        image(),
                        List.of("sh", "-c"),
                        List.of(script),
                        Map.of(),
                        Map.of(KnitLabels.CLUSTER, run, KnitLabels.INSTANCE, name),
                        List.of(),
                        List.of(),
                        true,
                        true,
                        Resources.DEFAULT,
                        process,
                        IsolationSpec.DEFAULT,
                        ScratchSpec.DEFAULT,
                        NetworkSpec.DEFAULT,
                        LogSpec.DEFAULT,
                        List.of(),
                        null,
                        null,
                        null,
                        once)));
        created.add(id);
        return id;
    }

    @Test
    @DisplayName("shell: a process whose input is open is given it by one after the other, and ends with none of them")
    void givesAProcess() {
        String id = reading("cat", false);
        await(runtime().start(id));
        for (String said : List.of("one\n", "two\n")) {
            Bytes output = new Bytes();
            ShellSession session = shells().shell(id, GIVEN, output, new Bytes());
            await(session.write(utf8(said)));
            session.endInput();
            Awaitility.await()
                    .atMost(Futures.PATIENCE)
                    .until(() -> output.text().equals(said));
            session.cancel();
        }
        ShellSession last = shells().shell(id, GIVEN, new Bytes(), new Bytes());
        await(last.begun());
        last.cancel();
    }

    @Test
    @DisplayName(
            "shell: joined before it begins, a process is seen from its first word, reads what was written before, and its end")
    void joinsEarly() {
        String id = reading("echo first; cat", true);
        Bytes output = new Bytes();
        ShellSession session =
                shells().shell(id, new ShellRequest(List.of(), false, true, 0, 0, true), output, new Bytes());
        await(session.begun());
        Future<Void> written = session.write(utf8("second\n"));
        await(runtime().start(id));
        await(written);
        session.endInput();
        assertThat(await(session.ended())).isZero();
        assertThat(output.text()).isEqualTo("first\nsecond\n");
    }

    private static final ShellRequest EARLY = new ShellRequest(List.of(), false, true, 0, 0, true);

    @Test
    @DisplayName("shell: what has one input is given it by one alone, whom another does not end; he may join without")
    void givesOneInputOnce() {
        String id = reading("cat", true);
        await(runtime().start(id));
        Bytes output = new Bytes();
        ShellSession session = shells().shell(id, GIVEN, output, new Bytes());
        await(session.begun());
        ShellSession second = shells().shell(id, GIVEN, new Bytes(), new Bytes());
        KnitException refused = failure(second.begun());
        assertThat(refused.code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(refused).hasMessageContaining("was given to who joined it first; join it without input");
        ShellSession shown = shells().shell(id, plain(false), new Bytes(), new Bytes());
        await(shown.begun());
        assertThat(List.of(session.isOnlyInput(), shown.isOnlyInput())).containsExactly(true, false);
        shown.cancel();
        await(session.write(utf8("all of it\n")));
        session.endInput();
        assertThat(await(session.ended())).isZero();
        assertThat(output.text()).isEqualTo("all of it\n");
    }

    @Test
    @DisplayName("shell: who leaves what has one input ends it, also before it begins; another can't give it any then")
    void endsOneInputByLeaving() {
        String id = reading("cat", true);
        ShellSession left = shells().shell(id, EARLY, new Bytes(), new Bytes());
        await(left.begun());
        left.cancel();
        ShellSession late = shells().shell(id, EARLY, new Bytes(), new Bytes());
        assertThat(failure(late.begun()).code()).isEqualTo(ErrorCode.IN_USE);
        ShellRequest shown = new ShellRequest(List.of(), false, false, 0, 0, true);
        ShellSession follows = shells().shell(id, shown, new Bytes(), new Bytes());
        await(follows.begun());
        await(runtime().start(id));
        assertThat(await(follows.ended())).isZero();
    }

    @Test
    @DisplayName("shell: whose input is not open is given none, and the field that opens it is named")
    void givesNoneToAClosedInput() {
        String id = running();
        ShellSession refused = shells().shell(id, GIVEN, new Bytes(), new Bytes());
        assertThat(failure(refused.begun()))
                .hasMessageContaining("its input is closed; it is open with stdin: true in its spec");
        ShellSession shown = shells().shell(id, plain(false), new Bytes(), new Bytes());
        await(shown.begun());
        shown.cancel();
    }

    private ArchiveAbility archives() {
        Assumptions.assumeTrue(runtime() instanceof ArchiveAbility, "this runtime copies no files");
        return (ArchiveAbility) runtime();
    }

    private Map<String, byte[]> out(String id, String path) {
        Bytes tar = new Bytes();
        await(archives().read(id, path, tar).ended());
        return TarBytes.read(tar.all());
    }

    @Test
    @DisplayName("archive: what is copied in comes out again, a file and a folder, also while nothing runs")
    void copies() {
        String id = running();
        byte[] large = new byte[400_000];
        new Random(2).nextBytes(large);
        byte[] tar = TarBytes.of(Map.of("a.txt", utf8("hello"), "sub/large", large));
        Intake<Void> in = archives().write(id, "/tmp");
        for (int at = 0; at < tar.length; at += 10_000) {
            await(in.write(Arrays.copyOfRange(tar, at, Math.min(tar.length, at + 10_000))));
        }
        in.endInput();
        await(in.ended());

        assertThat(out(id, "/tmp/a.txt")).containsOnlyKeys("a.txt").containsEntry("a.txt", utf8("hello"));
        assertThat(out(id, "/tmp/sub")).containsOnlyKeys("sub/large").containsEntry("sub/large", large);
    }

    @Test
    @DisplayName("archive: a path that is not there, a container that is not there, a reader who has enough")
    void saysWhatIsMissing() {
        String id = running();
        assertThat(failure(archives().read(id, "/no/such/file", new Bytes()).ended())
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(failure(archives().write(id, "/no/such/folder").ended()).code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(failure(archives().read(NOWHERE, "/tmp", new Bytes()).ended())
                        .code())
                .isEqualTo(ErrorCode.RUNTIME_REFUSED);
        assertThat(failure(archives().write(NOWHERE, "/tmp").ended()).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        Ongoing<Void> enough = archives()
                .read(id, "/tmp", bytes -> Future.failedFuture(new KnitException(ErrorCode.CLOSED, "that is enough")));
        failure(enough.ended());
        Intake<Void> given = archives().write(id, "/tmp");
        given.cancel();
        given.cancel();
        failure(given.ended());
    }

    @Test
    @DisplayName("usage: of one that runs there are figures, of others there is a refusal")
    void saysWhatIsUsed() {
        Assumptions.assumeTrue(runtime() instanceof UsageAbility, "this runtime does not say what is used");
        UsageAbility usage = (UsageAbility) runtime();
        String id = running();
        ContainerUsage used = await(usage.usage(id));
        assertThat(used.cpus()).isBetween(0.0, 1024.0);
        assertThat(used.memory()).isNotNegative();
        assertThat(used.processes()).isNotNegative();
        for (String other : List.of(create(), NOWHERE)) {
            assertThat(failure(usage.usage(other)).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        }
    }
}
