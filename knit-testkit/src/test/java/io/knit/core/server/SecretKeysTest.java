package io.knit.core.server;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.core.loop.RandomIds;
import io.knit.core.server.command.Commands;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.KeySource;
import io.knit.testkit.loop.ThreadLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SecretKeysTest {
    private static final Command<?> SET = new Command.SetValue(Kind.SECRET, "db", Content.of("a"));
    private static final Command<?> ROTATE = new Command.RotateSecrets();

    private final ThreadLoop loop = new ThreadLoop("keys");
    private final SlowSource source = new SlowSource();
    private final SecretKeys keys = new SecretKeys(loop, source, new RandomIds());
    private volatile ClusterState state = ClusterState.empty("c");

    /** Its keys are in memory; each change of them waits until it may be. Keeps of its own nothing from going wrong. */
    private static final class SlowSource implements KeySource {
        private final Semaphore may = new Semaphore(0);
        private final Semaphore begun = new Semaphore(0);
        private final AtomicInteger underWay = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private volatile List<byte[]> there = List.of();
        /** What others have written in their file; empty: it is the server's own. */
        private volatile List<byte[]> given = List.of();

        @Override
        public KeyRing read() {
            return KeyRing.of(there);
        }

        private KeyRing changed(List<byte[]> next) {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            begun.release();
            may.acquireUninterruptibly();
            underWay.decrementAndGet();
            there = next;
            return KeyRing.of(next);
        }

        @Override
        public KeyRing make(byte[] key) {
            return changed(List.of(key));
        }

        @Override
        public KeyRing renew(KeyRing before, byte[] key) {
            if (!given.isEmpty()) {
                return changed(given);
            }
            List<byte[]> next = new ArrayList<>(List.of(key));
            next.addAll(there);
            return changed(next);
        }

        @Override
        public KeyRing settle(KeyRing present) {
            return changed(there.subList(0, 1));
        }
    }

    @BeforeEach
    void read() {
        await(keys.read());
    }

    @AfterEach
    void close() {
        source.may.release(1_000);
        loop.close();
    }

    private <A> A run(Command<A> command) {
        Decision<Commands.Answer<A>> decision =
                Commands.decide(command, Caller.PROGRAM, state, loop.now(), keys.sealing());
        ClusterState next = state;
        for (Change change : decision.changes()) {
            next = change.applyTo(next);
        }
        state = next;
        return decision.answer().from(next);
    }

    @Test
    @DisplayName("of several secrets that are the first at once, one makes the key and all are sealed with it")
    void oneKey() {
        List<Future<Void>> ready = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            ready.add(keys.readyFor(SET, () -> state));
        }
        source.may.release(1);
        ready.forEach(each -> await(each));
        assertThat(source.begun.availablePermits()).as("keys made").isEqualTo(1);
        assertThat(keys.sealing().keys().names()).isEqualTo(source.read().names());
    }

    @Test
    @DisplayName("one key after the other is changed, also where one fails")
    void oneByOne() {
        Future<Void> first = keys.readyFor(ROTATE, () -> {
            throw new IllegalStateException("no state");
        });
        List<Future<Void>> ready = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ready.add(keys.readyFor(ROTATE, () -> state));
        }
        source.may.release(5);
        ready.forEach(each -> await(each));
        assertThat(first.failed()).isTrue();
        assertThat(source.most).as("at once").hasValue(1);
        assertThat(keys.sealing().keys().names())
                .hasSize(5)
                .isEqualTo(source.read().names());
    }

    @Test
    @DisplayName("what one rotation sealed still opens while another makes its key, and the last leaves one key")
    void besideAnother() {
        source.may.release(2);
        await(keys.readyFor(SET, () -> state));
        run(new Command.SetValue(Kind.SECRET, "db", Content.of("a")));
        await(keys.readyFor(ROTATE, () -> state));
        Value.Rotation first = run(new Command.RotateSecrets());
        source.begun.acquireUninterruptibly(2);

        // the other's key is being written when the first is told
        Future<Void> other = keys.readyFor(ROTATE, () -> state);
        source.begun.acquireUninterruptibly();
        keys.after(first, () -> state);
        source.may.release();
        await(other);
        assertThat(source.read().names()).as("where all is sealed with").contains(first.key());
        source.may.release();
        Value.Rotation second = run(new Command.RotateSecrets());
        assertThat(second.sealed()).isEqualTo(1);
        keys.after(second, () -> state);
        // in line behind that
        source.may.release();
        await(keys.readyFor(ROTATE, () -> state));
        assertThat(source.read().names()).hasSize(2).doesNotContain(first.key()).contains(second.key());
    }

    @Test
    @DisplayName(
            "a file of others that lacks the key of what is sealed is refused, and that key stays in use; one that nothing needs may be gone")
    void givenWithoutTheOneInUse() {
        source.may.release(10);
        await(keys.readyFor(SET, () -> state));
        run(SET);
        byte[] one = source.there.get(0);
        byte[] two = KeyRing.keyOf("two");
        byte[] three = KeyRing.keyOf("three");
        Set<String> before = keys.sealing().keys().names();
        source.given = List.of(two);
        for (int i = 0; i < 2; i++) {
            Future<Void> refused = keys.readyFor(ROTATE, () -> state);
            assertThatThrownBy(() -> await(refused))
                    .hasMessageContaining(
                            "sealed with " + KeyRing.of(List.of(one)).first())
                    .hasMessageContaining("write the new key above");
            assertThat(keys.sealing().keys().names()).isEqualTo(before);
        }
        source.given = List.of(two, one);
        await(keys.readyFor(ROTATE, () -> state));
        assertThat(run(new Command.RotateSecrets()).sealed()).isEqualTo(1);
        source.given = List.of(three, two);
        await(keys.readyFor(ROTATE, () -> state));
        assertThat(run(new Command.RotateSecrets()).sealed()).isEqualTo(1);
    }
}
