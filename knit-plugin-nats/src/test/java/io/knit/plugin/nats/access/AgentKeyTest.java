package io.knit.plugin.nats.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.nats.client.NKey;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentKeyTest {
    @TempDir
    Path folder;

    private Path data() {
        return folder.resolve("data");
    }

    private Path file() {
        return data().resolve(AgentKey.FILE);
    }

    @Test
    void isMadeOnceAndOnlyItsOwnerMayReadIt() throws Exception {
        AgentKey made = AgentKey.of(data());
        assertThat(made.publicKey()).matches("U[A-Z2-7]{55}");
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(data())).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(AgentKey.of(data()).publicKey()).isEqualTo(made.publicKey());
        assertThat(leftOvers()).containsExactly(AgentKey.FILE);
        assertThat(made.toString()).doesNotContain(Files.readString(file()).strip());
    }

    private List<String> leftOvers() throws IOException {
        try (Stream<Path> files = Files.list(data())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void provesWhatItsPublicHalfSays() throws Exception {
        AgentKey key = AgentKey.of(data());
        byte[] nonce = {1, 2, 3};
        byte[] signature = key.handler().sign(nonce);
        assertThat(new String(key.handler().getID())).isEqualTo(key.publicKey());
        assertThat(NKey.fromPublicKey(key.publicKey().toCharArray()).verify(nonce, signature))
                .isTrue();
    }

    @Test
    void twoStartsAtOnceEndWithOneKey() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> keys = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                keys.add(threads.submit(() -> AgentKey.of(data()).publicKey()));
            }
            String kept = AgentKey.of(data()).publicKey();
            for (Future<String> key : keys) {
                assertThat(key.get()).isEqualTo(kept);
            }
            assertThat(leftOvers()).containsExactly(AgentKey.FILE);
        } finally {
            threads.shutdownNow();
        }
    }

    static Stream<AgentKey.Link> noLinks() {
        return Stream.of(
                (name, existing) -> {
                    throw new FileSystemException(
                            name.toString(), existing.toString(), "Operation not permitted"); // exFAT on Linux
                },
                (name, existing) -> {
                    throw new FileSystemException(name.toString(), existing.toString(), "Operation not supported");
                },
                (name, existing) -> {
                    throw new UnsupportedOperationException();
                });
    }

    @ParameterizedTest
    @MethodSource("noLinks")
    void isMadeWhereAFileHasOneNameOnly(AgentKey.Link none) throws Exception {
        AgentKey made = AgentKey.of(data(), none);
        assertThat(AgentKey.of(data(), none).publicKey()).isEqualTo(made.publicKey());
        assertThat(leftOvers()).containsExactly(AgentKey.FILE);
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void whoIsSecondWhereAFileHasOneNameOnlyTakesTheFirstOnesKey() throws Exception {
        AtomicReference<String> other = new AtomicReference<>();
        AgentKey made = AgentKey.of(data(), (name, existing) -> {
            other.set(key(data())); // is faster
            throw new FileSystemException(name.toString());
        });
        assertThat(made.publicKey()).isEqualTo(other.get());
        assertThat(leftOvers()).containsExactly(AgentKey.FILE);
    }

    private static String key(Path folder) throws IOException {
        try {
            return AgentKey.of(folder).publicKey();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hush", "\0\0\0\0", "SUAHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSH"})
    void aDamagedOneIsAClearErrorAndStaysAsItIs(String content) throws IOException {
        Files.createDirectories(data());
        Files.writeString(file(), content);
        assertRefused();
        assertThat(Files.readString(file())).isEqualTo(content);
    }

    @Test
    void oneWrongLetterIsNoticed() throws Exception {
        AgentKey.of(data());
        String seed = Files.readString(file()).strip();
        // the last letter has two bits that mean nothing
        for (int i = 0; i < seed.length() - 1; i++) {
            String wrong = seed.substring(0, i) + (seed.charAt(i) == 'A' ? 'B' : 'A') + seed.substring(i + 1);
            Files.writeString(file(), wrong);
            assertRefused();
        }
        Files.writeString(file(), seed.substring(1));
        assertRefused();
    }

    @Test
    void aKeyOfAnotherKindIsRefused() throws IOException, GeneralSecurityException {
        Files.createDirectories(data());
        Files.writeString(file(), new String(NKey.createServer(null).getSeed()));
        assertRefused();
    }

    private void assertRefused() {
        assertThatThrownBy(() -> AgentKey.of(data()))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("put back a copy")
                .hasMessageNotContaining("HUSH")
                .hasMessageNotContaining("hush")
                .hasNoCause();
    }
}
