package io.knit.core.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.loop.Loop;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IntakeLaneTest {
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private final Loop loop = (Loop) Proxy.newProxyInstance(
            Loop.class.getClassLoader(), new Class<?>[] {Loop.class}, (proxy, method, arguments) -> {
                if (!method.getName().equals("execute")) {
                    throw new UnsupportedOperationException(method.getName());
                }
                turns.add((Runnable) arguments[0]);
                return null;
            });
    private final AtomicInteger dropped = new AtomicInteger();
    private final IntakeLane lane = new IntakeLane(loop, dropped::incrementAndGet);
    private final List<String> taken = new ArrayList<>();

    private void say(String node, String what) {
        lane.add(node, 100, () -> taken.add(what));
    }

    private void turn() {
        turns.remove().run();
    }

    @Test
    @DisplayName("a command waits for one message at most, and a quiet node for one of each other, however many wait")
    void fair() {
        for (int i = 0; i < 10; i++) {
            say("loud", "loud " + i);
        }
        turns.add(() -> taken.add("command"));
        turn();
        say("quiet", "quiet 0");
        turn();
        turn();
        turn();
        assertThat(taken).containsExactly("loud 0", "command", "loud 1", "quiet 0");
    }

    @Test
    @DisplayName("of one node only so many wait; the oldest give way, and are counted")
    void bounded() {
        for (int i = 0; i < IntakeLane.MOST_OF_ONE + 5; i++) {
            say("loud", String.valueOf(i));
        }
        while (!turns.isEmpty()) {
            turn();
        }
        assertThat(dropped).hasValue(5);
        assertThat(taken).hasSize(IntakeLane.MOST_OF_ONE).startsWith("5").endsWith("20");
    }

    @Test
    @DisplayName(
            "what waits has so many bytes at most, of one node and of all; who has the most gives way, and who says little is heard")
    void boundedInBytes() {
        say("quiet", "quiet");
        for (int i = 0; i < 5; i++) {
            lane.add("large", 1 << 20, () -> taken.add("large"));
        }
        assertThat(dropped).hasValue(3);
        for (int node = 0; node < 100; node++) {
            for (int i = 0; i < 2; i++) {
                lane.add("node-" + node, 1 << 20, () -> taken.add("other"));
            }
        }
        while (!turns.isEmpty()) {
            turn();
        }
        assertThat(taken).hasSizeLessThanOrEqualTo(64).startsWith("quiet");
        assertThat(dropped).hasValue(3 + 202 + 1 - taken.size());
    }

    @Test
    @DisplayName("a message that throws stops nobody")
    void throwing() {
        lane.add("a", 100, () -> {
            throw new IllegalStateException("on purpose");
        });
        say("b", "b");
        try {
            turn();
        } catch (IllegalStateException e) {
            taken.add(e.getMessage());
        }
        turn();
        assertThat(taken).containsExactly("on purpose", "b");
    }
}
