package io.knit.plugin.nats.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsTest {
    @ParameterizedTest
    @CsvSource({
        "a.*,    a.b,   true,  true",
        "a.*,    a,     false, false",
        "a.*,    a.b.c, false, false",
        "a.*,    a.*,   true,  true",
        "a.*,    a.>,   true,  false",
        "a.>,    a.>,   true,  true",
        "a.>,    a.b.c, true,  true",
        "a.>,    a,     false, false",
        ">,      *.b,   true,  true",
        ">,      >,     true,  true",
        "*,      >,     true,  false",
        "*.*,    *.>,   true,  false",
        "*.>,    *.*,   true,  true",
        "a.b,    a.*,   false, false",
        ">,      a..b,  false, false",
        "a,      A,     false, false",
        "a*,     ab,    false, false",
    })
    @DisplayName("a pattern matches messages of a subject, and contains what a subscription to it can get")
    void patterns(String pattern, String subject, boolean matches, boolean contains) {
        Permissions allowed =
                Permissions.builder().publish(pattern).subscribe(pattern).build();
        assertThat(allowed.mayPublish(subject)).isEqualTo(matches);
        assertThat(allowed.maySubscribe(subject, "")).isEqualTo(contains);
        Permissions denied = Permissions.builder()
                .denyPublish(pattern)
                .denySubscribe(pattern)
                .build();
        assertThat(denied.mayPublish(subject)).isEqualTo(!matches);
        assertThat(denied.maySubscribe(subject, "")).isEqualTo(!matches);
        assertThat(denied.mayReceive(subject, "")).isEqualTo(!matches);
    }

    @Test
    @DisplayName("whoever is given an empty list may do nothing, not everything")
    void emptyLists() {
        Permissions nothing = Permissions.builder().publish().subscribe().build();
        assertThat(nothing.mayPublish("a")).isFalse();
        assertThat(nothing.maySubscribe("a", "")).isFalse();
        assertThat(nothing.isAll()).isFalse();
        assertThat(Permissions.ALL.isAll()).isTrue();
        assertThat(Permissions.ALL.mayPublish("a")).isTrue();
        Permissions answers =
                Permissions.builder().responses(1, Duration.ofSeconds(1)).build();
        assertThat(answers.mayPublish("a")).isFalse();
        assertThat(answers.maySubscribe("a", "")).isTrue();
        assertThat(answers.isAll()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a..b", ".a", "a.", ">.a", "a b c", "a b..c"})
    void refusesWhatIsNoPattern(String pattern) {
        assertThatThrownBy(() -> Permissions.builder().subscribe(pattern)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Permissions.builder().denyPublish(pattern))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesQueuesToPublishers() {
        assertThatThrownBy(() -> Permissions.builder().publish("a q")).hasMessageContaining("queue group");
    }

    @Test
    void equality() {
        assertThat(Permissions.builder().publish("a", "b").build())
                .isEqualTo(Permissions.builder().publish("a").publish("b").build())
                .hasSameHashCodeAs(Permissions.builder().publish("a", "b").build())
                .isNotEqualTo(Permissions.builder().publish("a").build());
    }
}
