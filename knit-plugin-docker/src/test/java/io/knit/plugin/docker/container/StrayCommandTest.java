package io.knit.plugin.docker.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StrayCommandTest {
    /** In the path of every control group, as a container's id is in that of its own. */
    private static final String ITS_OWN = "/";

    private Process stray;

    @BeforeEach
    void begin() throws IOException {
        stray = new ProcessBuilder("sleep", "1000").start();
    }

    @AfterEach
    void end() {
        stray.destroyForcibly();
    }

    @Test
    @DisplayName("one that the agent may not kill goes on, which is told")
    void mayNot() {
        AtomicReference<ProcessHandle> asked = new AtomicReference<>();
        boolean ended = StrayCommand.isEnded(stray.pid(), ITS_OWN, process -> {
            asked.set(process);
            return false;
        });
        assertThat(ended).isFalse();
        assertThat(asked.get()).isEqualTo(stray.toHandle());
    }

    @Test
    @DisplayName("one that the agent may kill is killed")
    void may() throws InterruptedException {
        assertThat(StrayCommand.isEnded(stray.pid(), ITS_OWN, StrayCommand::kill))
                .isTrue();
        assertThat(stray.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("another container's process with that number is left alone")
    void another() {
        assertThat(StrayCommand.isEnded(stray.pid(), "0123456789ab", StrayCommand::kill))
                .isFalse();
        assertThat(stray.isAlive()).isTrue();
    }
}
