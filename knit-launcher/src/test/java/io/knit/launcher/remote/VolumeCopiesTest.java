package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.client.KnitClient;
import io.knit.launcher.Typed;
import io.knit.testkit.TarBytes;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots and restores typed at a real server with agents, whose engines alone are fakes. */
class VolumeCopiesTest {
    private static final String SPEC = "volumes: [{name: data, destination: /data}]\n";

    @TempDir
    Path folder;

    private static Map<String, byte[]> files() {
        byte[] large = new byte[3 << 20];
        new Random(1).nextBytes(large);
        return Map.of("volume/a", "hello".getBytes(StandardCharsets.UTF_8), "volume/large", large);
    }

    private static String node(RemoteFleet fleet) throws IOException {
        return fleet.json("volume", "ls", "-o", "json")
                .path("volumes")
                .path(0)
                .path("node")
                .asText();
    }

    private static Map<String, byte[]> content(RemoteFleet fleet) throws IOException {
        var engine = fleet.engine(node(fleet));
        List<String> names = engine.volumes().stream().map(VolumeSnapshot::name).toList();
        assertThat(names).hasSize(1);
        return engine.filesOf(names.get(0));
    }

    @Test
    @DisplayName(
            "what is restored from a file is what a snapshot writes; refused while it is in use, and told what to do")
    void thereAndBack() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("deploy", fleet.file("books.yaml", RemoteFleet.spec("books", SPEC)), "--wait");
            Path tar = folder.resolve("in.tar");
            Files.write(tar, TarBytes.of(files()));
            Typed used = fleet.knit("volume", "restore", "books", "0", "data", tar.toString());
            assertThat(used.exitCode()).isNotZero();
            assertThat(used.err()).contains("is had by books-0-", "scale books to 0", "Nothing was changed");

            fleet.done("scale", "books", "0", "--wait");
            String said = fleet.knit("volume", "restore", "books", "0", "data", tar.toString())
                    .err();
            assertThat(said).contains("books/0/data is restored");
            assertThat(content(fleet)).containsOnlyKeys("/a", "/large");

            Path out = folder.resolve("out.tar");
            fleet.done("volume", "snapshot", "books", "0", "data", out.toString());
            assertThat(TarBytes.read(Files.readAllBytes(out)))
                    .containsExactlyInAnyOrderEntriesOf(TarBytes.read(TarBytes.of(files())));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                    .isEqualTo("rw-------");
            assertThat(fleet.knit("volume", "snapshot", "books", "0", "data", out.toString())
                            .err())
                    .contains("is there already");
            assertThat(fleet.knit(
                                    "volume",
                                    "snapshot",
                                    "books",
                                    "7",
                                    "data",
                                    folder.resolve("x").toString())
                            .err())
                    .contains("no such volume");
            assertThat(folder.resolve("x")).doesNotExist();
            assertThat(folder.resolve("x.part")).doesNotExist();
        }
    }

    @Test
    @DisplayName("what is cut off, or breaks on its way to the server, is an error, and changes nothing")
    void cutOff() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("deploy", fleet.file("books.yaml", RemoteFleet.spec("books", SPEC)), "--wait");
            fleet.done("scale", "books", "0", "--wait");
            byte[] whole = TarBytes.of(files());
            Path cut = folder.resolve("cut.tar");
            Files.write(cut, Arrays.copyOf(whole, whole.length - 1024));
            Typed typed = fleet.knit("volume", "restore", "books", "0", "data", cut.toString());
            assertThat(typed.exitCode()).isNotZero();
            assertThat(typed.err()).contains("not whole");
            InputStream breaks = new ByteArrayInputStream(whole) {
                @Override
                public synchronized int read(byte[] into, int from, int most) {
                    if (pos > 1 << 20) {
                        throw new IllegalStateException("the disk is gone");
                    }
                    return super.read(into, from, most);
                }
            };
            KnitClient client = KnitClient.builder(URI.create(fleet.url())).build();
            assertThat(catchThrowable(() -> client.restoreVolume("books", "0", "data", null, breaks)))
                    .isNotNull();
            // who gave up does not wait until the agent has cleared away what had come
            Awaitility.await().untilAsserted(() -> assertThat(content(fleet)).isEmpty());
            // and is free again
            client.restoreVolume("books", "0", "data", null, new ByteArrayInputStream(whole));
            assertThat(content(fleet)).hasSize(2);
        }
    }

    @Test
    @DisplayName("once it was waited for that it is scaled down, what had the volume is gone, and it is free")
    void scaledDown() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("deploy", fleet.file("books.yaml", RemoteFleet.spec("books", SPEC)), "--wait");
            Path tar = folder.resolve("whole.tar");
            Files.write(tar, TarBytes.of(files()));
            for (String node : List.of("n1", "n2")) {
                fleet.engine(node)
                        .script()
                        .faults(call -> call == EngineCall.REMOVE
                                ? new EngineFault(EngineFault.Kind.NONE, Duration.ofSeconds(2))
                                : EngineFault.NONE);
            }
            Typed early = fleet.knit("scale", "books", "0", "--wait", "--timeout", "200ms");
            assertThat(early.exitCode()).isEqualTo(Exit.TIMED_OUT);
            assertThat(early.err()).contains("is stopping on");
            fleet.done("scale", "books", "1", "--wait");
            fleet.done("scale", "books", "0", "--wait");
            assertThat(fleet.engine("n1").containers()).isEmpty();
            assertThat(fleet.engine("n2").containers()).isEmpty();
            fleet.done("volume", "restore", "books", "0", "data", tar.toString());
        }
    }
}
