package io.knit.core.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.api.spi.runtime.StopAbility;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In which order, with which signal and how much time a container is ended. */
class EndingsTest {
    private static final Duration USUAL = Duration.ofSeconds(10);
    private static final List<String> GOODBYE = List.of("/bin/goodbye", "all");

    private final List<String> calls = new ArrayList<>();
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);

    /** One that can do nothing besides, and writes down what it is asked. */
    private class Plain implements ContainerRuntime {
        @Override
        public Future<Void> remove(String containerId, Duration grace) {
            calls.add("remove within " + seconds(grace));
            return Future.succeededFuture();
        }

        @Override
        public Future<PulledImage> pull(ImageRequest request) {
            throw new AssertionError("nothing is pulled here");
        }

        @Override
        public Future<String> create(ContainerSpec spec) {
            throw new AssertionError("nothing is created here");
        }

        @Override
        public Future<Void> start(String containerId) {
            throw new AssertionError("nothing is started here");
        }

        @Override
        public Future<RuntimeSnapshot> snapshot(String cluster) {
            throw new AssertionError("nobody looks here");
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    /** Its commands take a while. */
    private final class Able extends Plain implements ExecAbility, StopAbility {
        private final Duration command;
        private final int code;
        private int running;
        private int most;

        Able(int commandSeconds, int code) {
            command = Duration.ofSeconds(commandSeconds);
            this.code = code;
        }

        @Override
        public Future<ExecResult> exec(String containerId, List<String> words, Duration timeout) {
            calls.add(String.join(" ", words) + " within " + seconds(timeout));
            most = Math.max(most, ++running);
            Promise<ExecResult> done = Promise.promise();
            done.future().onComplete(any -> running--);
            boolean late = command.compareTo(timeout) > 0;
            queue.after(late ? timeout : command, () -> {
                if (late) {
                    done.fail(new KnitException(ErrorCode.RUNTIME_REFUSED, "it has not ended"));
                } else {
                    done.complete(new ExecResult(code, ""));
                }
            });
            return done.future();
        }

        @Override
        public Future<Void> stop(String containerId, String signal, Duration grace) {
            calls.add("stop by \"" + signal + "\" within " + seconds(grace));
            return Future.succeededFuture();
        }
    }

    /** The loop's own turns take some milliseconds. */
    private static long seconds(Duration time) {
        return Math.round(time.toMillis() / 1000.0);
    }

    private static StopSpec stop(String signal, int grace, List<String> before) {
        return new StopSpec(signal, Duration.ofSeconds(grace), before);
    }

    private List<String> removed(ContainerRuntime runtime, ContainerState state, StopSpec stop) {
        ContainerSnapshot container = new ContainerSnapshot("c1", "web", state, Map.of(), null, 0, null, null);
        return done(new Endings(loop, runtime, USUAL).remove(container, stop));
    }

    private List<String> stopped(ContainerRuntime runtime, StopSpec stop) {
        return done(new Endings(loop, runtime, USUAL).stop("c1", stop, false));
    }

    private List<String> done(Future<Void> ending) {
        queue.runFor(Duration.ofMinutes(5));
        assertThat(ending.succeeded()).isTrue();
        return calls;
    }

    @Test
    @DisplayName("the command comes first, and what it takes is taken from the grace")
    void beforeTheSignal() {
        assertThat(removed(new Able(8, 0), ContainerState.RUNNING, stop("SIGQUIT", 30, GOODBYE)))
                .containsExactly("/bin/goodbye all within 30", "stop by \"SIGQUIT\" within 22", "remove within 0");
    }

    @Test
    @DisplayName("a command that fails, or takes all the grace, holds no ending up")
    void commandsThatFail() {
        assertThat(removed(new Able(1, 3), ContainerState.RUNNING, stop("", 30, GOODBYE)))
                .containsExactly("/bin/goodbye all within 30", "remove within 29");
        calls.clear();
        assertThat(stopped(new Able(60, 0), stop("", 5, GOODBYE)))
                .containsExactly("/bin/goodbye all within 5", "stop by \"\" within 0");
    }

    @Test
    @DisplayName(
            "of very many a few commands run at a time, and what the others wait for their turns is not taken from their grace")
    void manyAtOnce() {
        Able able = new Able(15, 0);
        Endings endings = new Endings(loop, able, USUAL);
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < 3 * Endings.COMMANDS; i++) {
            all.add(endings.stop("c" + i, stop("", 20, GOODBYE), false));
        }
        assertThat(calls).hasSize(Endings.COMMANDS);
        done(Future.all(all).mapEmpty());
        assertThat(able.most).isEqualTo(Endings.COMMANDS);
        assertThat(calls)
                .hasSize(6 * Endings.COMMANDS)
                .containsOnly("/bin/goodbye all within 20", "stop by \"\" within 5");
    }

    @Test
    @DisplayName("who has to have ended when his grace is over waits for his turn within it, and no longer than it")
    void inTime() {
        Able able = new Able(600, 0);
        Endings endings = new Endings(loop, able, USUAL);
        for (int i = 0; i < Endings.COMMANDS - 1; i++) {
            endings.stop("c" + i, stop("", 600, GOODBYE), true);
        }
        endings.stop("short", stop("", 6, GOODBYE), false);
        calls.clear();
        Future<Void> next = endings.stop("next", stop("SIGINT", 20, GOODBYE), true);
        Future<Void> last = endings.stop("last", stop("SIGQUIT", 10, GOODBYE), true);
        queue.runFor(Duration.ofSeconds(11));
        assertThat(last.succeeded()).isTrue();
        assertThat(calls)
                .containsExactly("/bin/goodbye all within 14", "stop by \"\" within 0", "stop by \"SIGQUIT\" within 0");
        queue.runFor(Duration.ofSeconds(10));
        assertThat(next.succeeded()).isTrue();
        queue.runFor(Duration.ofMinutes(30));
        assertThat(calls)
                .as("whose grace is over runs no command any more")
                .filteredOn(it -> it.startsWith("/bin"))
                .hasSize(1);
        assertThat(calls).contains("stop by \"SIGINT\" within 0").hasSize(3 + 1 + Endings.COMMANDS - 1);
    }

    @Test
    @DisplayName("who is only stopped gets his signal too")
    void stoppedAndKept() {
        assertThat(stopped(new Able(0, 0), stop("SIGINT", 4, List.of())))
                .containsExactly("stop by \"SIGINT\" within 4");
    }

    @Test
    @DisplayName("no grace is no time for a command")
    void withoutGrace() {
        assertThat(removed(new Able(0, 0), ContainerState.RUNNING, stop("", 0, GOODBYE)))
                .containsExactly("remove within 0");
    }

    @Test
    @DisplayName("in one that does not run no command is run")
    void ofOneThatHasEnded() {
        assertThat(removed(new Able(0, 0), ContainerState.EXITED, stop("SIGQUIT", 30, GOODBYE)))
                .containsExactly("remove within 30");
    }

    @Test
    @DisplayName("who says nothing has the agent's usual grace")
    void usually() {
        assertThat(removed(new Able(0, 0), ContainerState.RUNNING, StopSpec.DEFAULT))
                .containsExactly("remove within 10");
    }

    @Test
    @DisplayName("a runtime that runs no commands and sends no signals ends it all the same")
    void withoutAbilities() {
        assertThat(removed(new Plain(), ContainerState.RUNNING, stop("SIGQUIT", 30, GOODBYE)))
                .containsExactly("remove within 30");
        calls.clear();
        assertThat(stopped(new Plain(), stop("SIGQUIT", 7, List.of()))).containsExactly("remove within 7");
    }
}
