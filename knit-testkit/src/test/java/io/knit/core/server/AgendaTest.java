package io.knit.core.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.agenda.Agenda;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AgendaTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = SimulatedLoop.tolerant(queue);
    private final Agenda agenda = new Agenda(loop);
    private final List<String> done = new ArrayList<>();

    private void at(String name, int second) {
        agenda.at(
                name,
                Duration.ofSeconds(second),
                () -> done.add(name + "@" + loop.elapsed().toSeconds()));
    }

    @Test
    @DisplayName("each is done at its moment and once, whatever the order in which they were given")
    void inOrder() {
        at("c", 9);
        at("a", 3);
        at("b", 6);
        at("at once", -5);
        queue.runFor(Duration.ofMinutes(1));
        assertThat(done).containsExactly("at once@0", "a@3", "b@6", "c@9");
        assertThat(queue.step()).as("no timer is left").isFalse();
    }

    @Test
    @DisplayName("a name has one deadline: the newest, or with atLatest the earlier")
    void named() {
        at("a", 3);
        at("a", 8);
        at("b", 5);
        agenda.atLatest("b", Duration.ofSeconds(7), () -> done.add("late"));
        agenda.atLatest("b", Duration.ofSeconds(2), () -> done.add("early"));
        at("c", 4);
        agenda.cancel("c");
        queue.runFor(Duration.ofMinutes(1));
        assertThat(done).containsExactly("early", "a@8");
    }

    @Test
    @DisplayName("one that fails, gives itself a new moment or calls another off costs the others nothing")
    void amongThemselves() {
        agenda.at("broken", Duration.ofSeconds(1), () -> {
            throw new AssertionError("on purpose");
        });
        agenda.at("again", Duration.ofSeconds(1), () -> {
            agenda.cancel("called off");
            at("again", 2);
        });
        at("called off", 1);
        at("last", 3);
        queue.runFor(Duration.ofMinutes(1));
        assertThat(done).containsExactly("again@2", "last@3");
    }

    @Test
    @DisplayName("however many deadlines there are, there is one timer; closed, there is none")
    void oneTimer() {
        for (int i = 0; i < 1_000; i++) {
            at("n" + i, 10 + i % 7);
        }
        long before = queue.happened();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(done).hasSize(1_000);
        assertThat(queue.happened() - before).isLessThan(20);
        at("never", 100);
        agenda.close();
        at("neither", 101);
        queue.runFor(Duration.ofMinutes(5));
        assertThat(done).hasSize(1_000);
    }
}
