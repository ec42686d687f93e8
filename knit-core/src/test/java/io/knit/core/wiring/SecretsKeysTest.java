package io.knit.core.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.core.server.value.KeyRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsKeysTest {
    private static final byte[] ONE = KeyRing.keyOf("one");
    private static final byte[] TWO = KeyRing.keyOf("two");

    @TempDir
    Path dir;

    private static String text(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }

    private SecretsKeys own() {
        return SecretsKeys.of(Map.of(), dir.resolve("server"));
    }

    @Test
    @DisplayName(
            "its own file is made with the first key, for its owner alone; renewed it has both, settled the new one")
    void ownFile() throws IOException {
        assertThat(own().read().isEmpty()).isTrue();
        KeyRing first = own().make(ONE);
        Path file = dir.resolve("server/secrets.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(own().make(TWO).first()).as("there is one already").isEqualTo(first.first());

        KeyRing both = own().renew(first, TWO);
        assertThat(both.names()).hasSize(2).contains(first.first());
        assertThat(both.first()).isNotEqualTo(first.first());
        assertThat(own().read().names()).isEqualTo(both.names());
        assertThat(own().settle(both).names()).containsExactly(both.first());
        assertThat(own().read().names()).containsExactly(both.first());
    }

    @Test
    @DisplayName("who makes one while another does gets the one that is kept")
    void madeAtOnce() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 200; i++) {
                SecretsKeys keys = SecretsKeys.of(Map.of(), dir.resolve("server-" + i));
                CyclicBarrier ready = new CyclicBarrier(2);
                List<Future<KeyRing>> made = two.invokeAll(List.of(making(keys, ONE, ready), making(keys, TWO, ready)));
                String kept = keys.read().first();
                assertThat(made.get(0).get().first()).as("try " + i).isEqualTo(kept);
                assertThat(made.get(1).get().first()).as("try " + i).isEqualTo(kept);
            }
        } finally {
            two.shutdownNow();
        }
    }

    private static Callable<KeyRing> making(SecretsKeys keys, byte[] key, CyclicBarrier ready) {
        return () -> {
            ready.await();
            return keys.make(key);
        };
    }

    @Test
    @DisplayName("two that renew at once leave both keys there, above the one of before")
    void renewedAtOnce() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 200; i++) {
                SecretsKeys keys = SecretsKeys.of(Map.of(), dir.resolve("server-" + i));
                KeyRing first = keys.make(KeyRing.keyOf("zero"));
                CyclicBarrier ready = new CyclicBarrier(2);
                List<Future<KeyRing>> renewed =
                        two.invokeAll(List.of(renewing(keys, first, ONE, ready), renewing(keys, first, TWO, ready)));
                KeyRing kept = keys.read();
                for (Future<KeyRing> each : renewed) {
                    assertThat(kept.names())
                            .as("try " + i)
                            .hasSize(3)
                            .containsAll(each.get().names());
                }
            }
        } finally {
            two.shutdownNow();
        }
    }

    private static Callable<KeyRing> renewing(SecretsKeys keys, KeyRing before, byte[] key, CyclicBarrier ready) {
        return () -> {
            ready.await();
            return keys.renew(before, key);
        };
    }

    @Test
    @DisplayName("what settles keeps the key in use, and those that were put above it since")
    void settlesWhatIsOlder() throws IOException {
        KeyRing zero = own().make(KeyRing.keyOf("zero"));
        KeyRing one = own().renew(zero, ONE);
        KeyRing two = own().renew(one, TWO);
        assertThat(own().settle(one).names()).containsExactly(two.first(), one.first());
        assertThat(own().read().names()).containsExactly(two.first(), one.first());
        assertThat(own().settle(two).names()).containsExactly(two.first());
    }

    @Test
    @DisplayName("a file without a key in use, which was put in its place, is not written over, and is said")
    void withoutTheOneInUse() throws IOException {
        KeyRing one = own().make(ONE);
        Path file = dir.resolve("server/secrets.key");
        Files.writeString(file, text(TWO) + "\n");
        assertThatThrownBy(() -> own().renew(one, KeyRing.keyOf("three")))
                .hasMessageContaining(one.first() + ", which is not in " + file + " any more; put back");
        assertThatThrownBy(() -> own().settle(one)).hasMessageContaining("put back");
        assertThat(file).hasContent(text(TWO));
        Files.delete(file);
        assertThatThrownBy(() -> own().renew(one, TWO)).hasMessageContaining("put back");
        assertThat(file).doesNotExist();
    }

    @Test
    @DisplayName("a file that is given is read, and never written: who rotates writes the new key above the old")
    void givenFile() throws IOException {
        Path file = dir.resolve("keys");
        Files.writeString(file, "# mine\n" + text(ONE) + "\n\n");
        SecretsKeys given = SecretsKeys.of(Map.of("secrets-key-file", file.toString()), dir);
        KeyRing before = given.read();
        assertThatThrownBy(() -> given.renew(before, TWO))
                .hasMessageContaining("write another above it")
                .hasMessageNotContaining(text(ONE));
        Files.writeString(file, text(TWO) + "\n" + text(ONE) + "\n");
        KeyRing now = given.renew(before, ONE);
        assertThat(now.names()).hasSize(2).contains(before.first());
        assertThat(given.settle(now).names()).isEqualTo(now.names());
        assertThat(Files.readString(file)).startsWith(text(TWO));
        Files.delete(file);
        assertThatThrownBy(given::read).hasMessageContaining("is not there; bring it back");
    }

    @Test
    @DisplayName("keys by a variable; rotated by the next start")
    void byVariable() throws IOException {
        SecretsKeys given = SecretsKeys.of(Map.of("secrets-key", text(TWO) + "," + text(ONE)), dir);
        KeyRing ring = given.read();
        assertThat(ring.names()).hasSize(2);
        assertThatThrownBy(() -> given.renew(ring, ONE)).hasMessageContaining("NEW,OLD");
        assertThat(dir).isEmptyDirectory();
    }

    @ParameterizedTest
    @DisplayName("what is no key is said in words that have nothing of it")
    @ValueSource(strings = {"hunter2", "aHVudGVyMg==", ",", ""})
    void noKeys(String text) {
        assertThatThrownBy(SecretsKeys.of(Map.of("secrets-key", text), dir)::read)
                .hasMessageContaining("KNIT_SECRETS_KEY")
                .hasMessageContaining("openssl rand -base64 32")
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("aHVudGVyMg");
    }

    @Test
    void notBoth() {
        assertThatThrownBy(() -> SecretsKeys.of(Map.of("secrets-key", "a", "secrets-key-file", "b"), dir))
                .hasMessageContaining("give one of them");
    }
}
