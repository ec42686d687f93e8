package io.knit.core.server.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.documents.kept.KeptValue;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.KnownValue;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueCommandsTest {
    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");
    private static final Caller ANN = new Caller("ann", Caller.Role.DEPLOYER, "10.0.0.1");
    private static final KeyRing OLD = KeyRing.of(List.of(KeyRing.keyOf("old")));
    private static final KeyRing BOTH = KeyRing.of(List.of(KeyRing.keyOf("new"), KeyRing.keyOf("old")));

    private final ClusterState empty = ClusterState.empty("c1");
    private int chances;

    private Sealing by(KeyRing keys) {
        return new Sealing(keys, "chance " + chances++);
    }

    private static ClusterState after(ClusterState state, Decision<?> decision) {
        ClusterState next = state;
        for (Change change : decision.changes()) {
            next = change.applyTo(next);
        }
        return next;
    }

    private Decision<Value> set(ClusterState state, Kind kind, String name, String text, KeyRing keys) {
        return ValueCommands.set(state, new Command.SetValue(kind, name, Content.of(text)), by(keys), ANN, NOW);
    }

    private ClusterState with(ClusterState state, Kind kind, String name, String text) {
        return after(state, set(state, kind, name, text, OLD));
    }

    private static KnownValue known(ClusterState state, Kind kind, String name) {
        return Objects.requireNonNull(state.values().get(kind, name));
    }

    private static ClusterState without(ClusterState state, Kind kind, String name) {
        return after(state, ValueCommands.remove(state, new Command.RemoveValue(kind, name)));
    }

    @Test
    @DisplayName("versions count contents: the same again is none, and one that is gone never comes again")
    void versions() {
        ClusterState one = with(empty, Kind.VAR, "host", "a");
        assertThat(set(one, Kind.VAR, "host", "a", OLD).changes()).isEmpty();
        ClusterState two = with(one, Kind.VAR, "host", "b");
        assertThat(known(two, Kind.VAR, "host").value()).isEqualTo(new Value(Kind.VAR, "host", 2, 1, NOW, "ann", null));
        ClusterState gone = without(two, Kind.VAR, "host");
        assertThat(gone.values().all()).isEmpty();
        ClusterState again = with(gone, Kind.VAR, "host", "a");
        assertThat(known(again, Kind.VAR, "host").value().version()).isEqualTo(3);
    }

    @Test
    @DisplayName("in a store that was restored each goes on above all that may have been given after the backup")
    void restored() {
        ClusterState state = with(empty, Kind.VAR, "host", "a").passed(1000);
        assertThat(set(state, Kind.VAR, "host", "a", OLD).changes()).isEmpty();
        ClusterState other = with(with(state, Kind.VAR, "host", "b"), Kind.VAR, "port", "1");
        assertThat(known(other, Kind.VAR, "host").value().version()).isEqualTo(1001);
        assertThat(known(other, Kind.VAR, "port").value().version()).isEqualTo(1001);
        assertThat(known(with(other, Kind.VAR, "host", "c"), Kind.VAR, "host")
                        .value()
                        .version())
                .isEqualTo(1002);
    }

    @Test
    @DisplayName("kinds are apart, and each is listed by name")
    void kinds() {
        ClusterState state = with(with(with(empty, Kind.VAR, "b", "1"), Kind.SECRET, "a", "2"), Kind.VAR, "a", "3");
        assertThat(state.values().of(Kind.VAR))
                .extracting(each -> each.value().name())
                .containsExactly("a", "b");
        assertThat(state.values().of(Kind.FILE)).isEmpty();
        assertThat(without(state, Kind.VAR, "a").values().get(Kind.SECRET, "a")).isNotNull();
    }

    @Test
    @DisplayName("of a secret only the box is kept, which opens for its name and version alone, and only unchanged")
    void sealed() {
        ClusterState state = with(with(empty, Kind.SECRET, "db", "s3cret"), Kind.SECRET, "db", "s3cret2");
        KnownValue known = known(state, Kind.SECRET, "db");
        String stored = WireCodec.encodeText(KeptValue.of(known));
        assertThat(stored + known)
                .doesNotContain("s3cret")
                .doesNotContain(
                        KnownValue.open(known.value(), Content.of("s3cret2")).body());
        Sealing sealing = new Sealing(OLD, "");
        assertThat(sealing.open(known)).isEqualTo(Content.of("s3cret2"));

        Value value = known.value();
        for (Value other : List.of(
                new Value(Kind.SECRET, "other", 2, 7, NOW, "ann", null),
                new Value(Kind.SECRET, "db", 1, 7, NOW, "ann", null),
                new Value(Kind.FILE, "db", 2, 7, NOW, "ann", null))) {
            assertThatThrownBy(() -> sealing.open(new KnownValue(other, known.key(), known.body())))
                    .hasMessageContaining("does not open");
        }
        byte[] bent = known.bytes();
        bent[20] ^= 1;
        String body = java.util.Base64.getEncoder().encodeToString(bent);
        assertThatThrownBy(() -> sealing.open(new KnownValue(value, known.key(), body)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SECRETS_LOCKED));
    }

    @Test
    @DisplayName("the same secret in two places has two boxes that do not look alike")
    void nonces() {
        ClusterState state = with(with(empty, Kind.SECRET, "a", "s3cret"), Kind.SECRET, "b", "s3cret");
        byte[] one = known(state, Kind.SECRET, "a").bytes();
        byte[] two = known(state, Kind.SECRET, "b").bytes();
        assertThat(java.util.Arrays.copyOf(one, 12)).isNotEqualTo(java.util.Arrays.copyOf(two, 12));
        assertThat(one).hasSize(12 + 6 + 16);
    }

    @Test
    @DisplayName("with another key all are sealed anew, versions stay; without the older one nothing is")
    void rotation() {
        ClusterState state = with(with(empty, Kind.SECRET, "a", "1"), Kind.SECRET, "b", "2");
        Decision<Value.Rotation> rotated = ValueCommands.rotate(state, by(BOTH));
        assertThat(rotated.answer()).isEqualTo(new Value.Rotation(BOTH.first(), 2));
        ClusterState next = after(state, rotated);
        KnownValue known = known(next, Kind.SECRET, "b");
        assertThat(known.value()).isEqualTo(known(state, Kind.SECRET, "b").value());
        assertThat(known.key()).isEqualTo(BOTH.first()).isNotEqualTo(OLD.first());
        assertThat(new Sealing(BOTH.onlyFirst(), "").open(known)).isEqualTo(Content.of("2"));
        assertThat(ValueCommands.rotate(next, by(BOTH)).changes()).isEmpty();

        assertThatThrownBy(() -> ValueCommands.rotate(state, by(BOTH.onlyFirst())))
                .hasMessageContaining(OLD.first())
                .hasMessageContaining("--secrets-key-file");
    }

    @Test
    @DisplayName("what can't be opened any more can be set again and removed")
    void lost() {
        ClusterState state = with(empty, Kind.SECRET, "a", "1");
        ClusterState again = after(state, set(state, Kind.SECRET, "a", "1", BOTH.onlyFirst()));
        assertThat(known(again, Kind.SECRET, "a").value().version()).isEqualTo(2);
        assertThat(without(state, Kind.SECRET, "a").values().all()).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}")
    @DisplayName("what is refused, where, and in which words")
    @CsvSource(
            delimiter = '|',
            value = {
                "VAR    | ''     | a      | 1      | /name  | 1 to 128",
                "VAR    | -a     | a      | 1      | /name  | letter or digit",
                "FILE   | a/b    | a      | 1      | /name  | 1 to 128",
                "SECRET | a b    | a      | 1      | /name  | 1 to 128",
                "VAR    | a      | a      | 65537  | /value | this has 65537 bytes, and a variable at most 65536",
                "SECRET | a      | a      | 65537  | /value | a secret at most 65536",
                "FILE   | a      | a      | 524289 | /value | a file at most 524288",
            })
    void refused(Kind kind, String name, String text, int times, String pointer, String words) {
        assertThatThrownBy(() -> set(empty, kind, name, text.repeat(times), OLD))
                .hasMessageContaining(words)
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.pointer()).isEqualTo(pointer));
    }

    @Test
    void aVariableIsText() {
        for (Content bytes : List.of(Content.of(new byte[] {(byte) 0xff}), Content.of("a\0b"))) {
            assertThatThrownBy(() -> ValueCommands.set(
                            empty, new Command.SetValue(Kind.VAR, "a", bytes), Sealing.NONE, ANN, NOW))
                    .hasMessageContaining("text in UTF-8");
            assertThat(ValueCommands.set(empty, new Command.SetValue(Kind.FILE, "a", bytes), Sealing.NONE, ANN, NOW)
                            .changes())
                    .hasSize(1);
        }
    }

    @Test
    @DisplayName("there is room for so many of each kind, and so much of all")
    void room() {
        ClusterState many = empty;
        for (int i = 0; i < ValueCommands.MOST; i++) {
            many = with(many, Kind.VAR, "v" + i, "a");
        }
        ClusterState full = many;
        assertThatThrownBy(() -> set(full, Kind.VAR, "more", "a", OLD)).hasMessageContaining("there are 1000");
        assertThat(set(full, Kind.VAR, "v7", "b", OLD).changes()).hasSize(1);
        assertThat(set(full, Kind.FILE, "f", "b", OLD).changes()).hasSize(1);

        String large = "x".repeat(Kind.FILE.most());
        ClusterState heavy = empty;
        for (int i = 0; i < ValueCommands.MOST_BYTES / Kind.FILE.most(); i++) {
            heavy = with(heavy, Kind.FILE, "f" + i, large);
        }
        ClusterState laden = heavy;
        assertThatThrownBy(() -> set(laden, Kind.VAR, "v", "a", OLD)).hasMessageContaining("more than 64 MiB");
        assertThat(set(laden, Kind.FILE, "f0", "x", OLD).changes()).hasSize(1);
    }
}
