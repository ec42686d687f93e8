package io.knit.core.server.http.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What stands for a token in a browser. */
class SessionsTest {
    private static final Duration NOW = Duration.ofHours(7);

    private int made;
    private final Sessions sessions = new Sessions(length -> "w".repeat(length - 6) + (100_000 + made++));

    @Test
    @DisplayName("a session lasts its time, and no longer than its visitor wants")
    void ends() {
        String first = sessions.begin("one", NOW);
        String second = sessions.begin("two", NOW);
        assertThat(sessions.token(first, NOW.plus(Sessions.LIFE).minusMillis(1)))
                .isEqualTo("one");
        assertThat(sessions.token(first, NOW.plus(Sessions.LIFE))).isNull();
        sessions.end(second);
        assertThat(sessions.token(second, NOW)).isNull();
        assertThat(sessions.token("no such word", NOW)).isNull();
    }

    @Test
    @DisplayName("the oldest makes room")
    void bounded() {
        String first = sessions.begin("one", NOW);
        String second = sessions.begin("two", NOW);
        for (int i = 1; i < Sessions.MOST; i++) {
            sessions.begin("more", NOW);
        }
        assertThat(sessions.size()).isEqualTo(Sessions.MOST);
        assertThat(sessions.token(first, NOW)).isNull();
        assertThat(sessions.token(second, NOW)).isEqualTo("two");
    }

    @Test
    @DisplayName("those whose time is over take no room")
    void swept() {
        sessions.begin("one", NOW);
        sessions.begin("two", NOW.plus(Sessions.LIFE));
        assertThat(sessions.size()).isEqualTo(1);
    }
}
