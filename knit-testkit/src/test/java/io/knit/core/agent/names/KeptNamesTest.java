package io.knit.core.agent.names;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeptNamesTest {
    private static final String CLUSTER = "here";

    private final FileSystem disk = Jimfs.newFileSystem(
            Configuration.unix().toBuilder().setAttributeViews("posix").build());
    private final Path folder = disk.getPath("/agent");
    private final Path table = folder.resolve("names.json");
    private final Path log = folder.resolve("names.log");
    private final EventQueue queue = new EventQueue(7);
    private KeptNames kept = agent();
    private HeldNames names = HeldNames.NONE;

    @BeforeEach
    void folder() throws IOException {
        Files.createDirectories(folder);
    }

    private KeptNames agent() {
        return new KeptNames(new SimulatedLoop(queue), folder);
    }

    private static NamedInstance instance(int number, String address) {
        return new NamedInstance("web-" + number + "-a1b2c3", "web", "n1", address, List.of(), null);
    }

    private static NamesPage page(@Nullable String from, String digest, List<NamedInstance> instances) {
        List<NamedDeployment> deployments =
                from == null ? List.of(new NamedDeployment("web", "", List.of())) : List.of();
        return new NamesPage(
                WireCodec.VERSION, CLUSTER, from, digest, deployments, instances, List.of(), List.of(), null);
    }

    /** The server told all of it. */
    private void fetched(int instances) {
        List<NamedInstance> all = IntStream.range(0, instances)
                .mapToObj(it -> instance(it, "10.54.0.1"))
                .toList();
        names = HeldNames.NONE.with(page(null, "d0", all)).known("d0");
        HeldNames now = names;
        kept.keep(() -> now.page(WireCodec.VERSION, CLUSTER));
    }

    /** One of them is elsewhere since. */
    private void changed(int number) {
        NamesPage page = page(names.digest(), "d" + number, List.of(instance(0, "10.54.1." + number % 200)));
        names = names.with(page).known(page.digest());
        HeldNames now = names;
        kept.keep(page, names.isEmpty(), () -> now.page(WireCodec.VERSION, CLUSTER));
    }

    private void soon() {
        queue.runFor(Duration.ofSeconds(4));
    }

    private @Nullable HeldNames nextAgents() {
        kept = agent();
        Future<@Nullable HeldNames> read = kept.read(CLUSTER);
        queue.runFor(Duration.ofSeconds(1));
        assertThat(read.succeeded()).isTrue();
        return read.result();
    }

    @Test
    @DisplayName(
            "what changes is a line of the log, and the table stays as it was written; the next agent has both, and goes on")
    void lines() throws IOException {
        fetched(1_000);
        soon();
        byte[] written = Files.readAllBytes(table);
        for (int i = 1; i <= 20; i++) {
            changed(i);
            changed(100 + i);
            soon();
        }
        assertThat(Files.readAllBytes(table)).isEqualTo(written);
        assertThat(Files.readAllLines(log)).hasSize(40);
        assertThat(nextAgents()).isEqualTo(names);
        changed(300);
        soon();
        assertThat(Files.readAllBytes(table)).isEqualTo(written);
        assertThat(nextAgents()).isEqualTo(names);
    }

    @Test
    @DisplayName("the log is never much longer than the table, or 64 KiB")
    void bounded() throws IOException {
        fetched(10);
        soon();
        long longest = 0;
        for (int i = 1; i <= 1_000; i++) {
            changed(i);
            soon();
            longest = Math.max(longest, Files.exists(log) ? Files.size(log) : 0);
        }
        assertThat(longest).isBetween(60L << 10, 64L << 10);
        assertThat(nextAgents()).isEqualTo(names);
    }

    @Test
    @DisplayName(
            "half a line, as after a crash, ends the log: all before it counts, and the next change has the table written")
    void half() throws IOException {
        fetched(3);
        soon();
        changed(1);
        soon();
        Files.writeString(log, "{\"v\":1,\"cluster\":", StandardOpenOption.APPEND);
        assertThat(nextAgents()).isEqualTo(names);
        changed(2);
        soon();
        assertThat(log).doesNotExist();
        assertThat(nextAgents()).isEqualTo(names);
    }

    @Test
    @DisplayName("so does a line that lacks nothing but its end: what comes behind it could not be told from it")
    void noEnd() throws IOException {
        fetched(3);
        soon();
        changed(1);
        soon();
        byte[] lines = Files.readAllBytes(log);
        Files.write(log, Arrays.copyOf(lines, lines.length - 1));
        assertThat(nextAgents()).isEqualTo(names);
        changed(2);
        soon();
        assertThat(nextAgents()).isEqualTo(names);
    }

    @Test
    @DisplayName("lines of before the table was written are passed over, as is all of another cluster")
    void others() throws IOException {
        fetched(3);
        soon();
        changed(1);
        soon();
        byte[] lines = Files.readAllBytes(log);
        changed(2);
        HeldNames now = names;
        kept.keep(() -> now.page(WireCodec.VERSION, CLUSTER));
        soon();
        // an agent that ended between the two, or one of before, which knows of no log
        Files.write(log, lines);
        assertThat(nextAgents()).isEqualTo(names);
        Future<@Nullable HeldNames> elsewhere = agent().read("there");
        queue.runFor(Duration.ofSeconds(1));
        assertThat(elsewhere.result()).isNull();
    }

    @Test
    @DisplayName(
            "what an agent of before kept, or added to the log, goes on to be answered, and all of it is asked for:"
                    + " it knew less of the entries than the digest stands for")
    void ofBefore() throws IOException {
        fetched(3);
        soon();
        changed(1);
        soon();
        assertThat(nextAgents()).isEqualTo(names);
        for (Path older : List.of(table, log)) {
            String text = Files.readString(older);
            Files.writeString(older, text.replaceFirst(",\"form\":\"[0-9a-f]+\"", ""));
            assertThat(nextAgents()).as("%s", older).isEqualTo(names.known(""));
            Files.writeString(older, text.replaceFirst("\"form\":\"[0-9a-f]+\"", "\"form\":\"other\""));
            assertThat(nextAgents()).as("%s", older).isEqualTo(names.known(""));
            Files.writeString(older, text);
        }
        assertThat(nextAgents()).isEqualTo(names);
    }

    @Test
    @DisplayName("what the disk did not take is in the table as soon as it takes it")
    void full() throws IOException {
        fetched(3);
        soon();
        Files.createDirectory(log);
        changed(1);
        soon();
        Files.delete(log);
        changed(2);
        soon();
        assertThat(nextAgents()).isEqualTo(names);
    }

    @Test
    @DisplayName("where the server was faster than the disk, what the server said is kept")
    void faster() throws IOException {
        fetched(3);
        soon();
        changed(1);
        soon();
        kept = agent();
        Future<@Nullable HeldNames> read = kept.read(CLUSTER);
        fetched(5);
        soon();
        assertThat(read.succeeded()).isTrue();
        assertThat(log).doesNotExist();
        assertThat(nextAgents()).isEqualTo(names);
    }

    @Test
    @DisplayName("once all are gone, neither the table nor the log has a name that there was")
    void gone() throws IOException {
        fetched(3);
        soon();
        changed(1);
        soon();
        goes(
                "d2",
                List.of(
                        instance(0, "").id(),
                        instance(1, "").id(),
                        instance(2, "").id()),
                List.of());
        soon();
        assertThat(log).content().contains("web-2-a1b2c3");
        goes("d3", List.of(), List.of("web"));
        soon();
        assertThat(table).content().doesNotContain("web");
        assertThat(log).doesNotExist();
        assertThat(nextAgents()).isEqualTo(names);
    }

    private void goes(String digest, List<String> instances, List<String> deployments) {
        NamesPage page = new NamesPage(
                WireCodec.VERSION, CLUSTER, names.digest(), digest, List.of(), List.of(), deployments, instances, null);
        names = names.with(page).known(digest);
        HeldNames now = names;
        kept.keep(page, names.isEmpty(), () -> now.page(WireCodec.VERSION, CLUSTER));
    }
}
