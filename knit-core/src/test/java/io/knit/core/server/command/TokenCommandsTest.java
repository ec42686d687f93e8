package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TokenCommandsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");
    private static final Duration LIFE = Duration.ofDays(30);

    private static ClusterState created(ClusterState state, String name, Instant now) {
        Command.CreateToken create =
                new Command.CreateToken(name, "0".repeat(64), Caller.Role.DEPLOYER, List.of("*"), LIFE);
        ClusterState after = state;
        for (Change change :
                TokenCommands.create(state, create, Caller.PROGRAM, now).changes()) {
            after = change.applyTo(after);
        }
        return after;
    }

    private static ClusterState withOne() {
        return created(ClusterState.empty("c").servedAt(NOW), "old", NOW);
    }

    @Test
    @DisplayName("one that is expired goes when the next is made, if servers ran for so long")
    void expired() {
        Instant later = NOW.plus(LIFE);
        assertThat(created(withOne().servedAt(later), "new", later).tokens()).containsOnlyKeys("new");
        assertThat(created(withOne().servedAt(Instant.EPOCH), "new", later).tokens())
                .as("of a state that does not know for how long")
                .containsOnlyKeys("new");
    }

    @Test
    @DisplayName("one that only a clock that is ahead says to be expired is there when the clock is right again")
    void ahead() {
        ClusterState after = created(withOne(), "new", NOW.plus(Duration.ofDays(100)));
        assertThat(after.tokens()).containsOnlyKeys("new", "old");
    }

    @Test
    @DisplayName("where there is no room, what is expired by the clock goes")
    void full() {
        ClusterState full = withOne();
        for (int i = 1; i < TokenCommands.MOST; i++) {
            full = created(full, "old-" + i, NOW);
        }
        assertThat(created(full, "new", NOW.plus(LIFE)).tokens()).containsOnlyKeys("new");
    }
}
