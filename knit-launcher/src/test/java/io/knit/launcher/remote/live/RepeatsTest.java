package io.knit.launcher.remote.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is said of many instances. */
class RepeatsTest {
    private final Repeats repeats = new Repeats();

    private String shown(String instance, String rest) {
        return repeats.shown(instance, instance + " " + rest);
    }

    @Test
    @DisplayName("a reason is told once; who else had it is named, some at a time")
    void reasons() {
        String reason =
                "is rejected on n1: the image web:9 can't be had: the registry says that there is none of that name";
        assertThat(shown("web-0-a", reason)).isEqualTo("web-0-a " + reason);
        assertThat(repeats.again()).isEmpty();
        for (String later : "bcdefgh".split("")) {
            assertThat(shown("web-0-" + later, reason)).isEmpty();
        }
        assertThat(repeats.again())
                .containsExactly(
                        "the same (is rejected on n1: the image web:9 can't be had: the registr…) of web-0-b, web-0-c,"
                                + " web-0-d, web-0-e, web-0-f and 2 more");
        assertThat(repeats.again()).isEmpty();
        assertThat(shown("web-0-a", reason.replace("n1", "n2"))).isNotEmpty();
    }

    @Test
    @DisplayName("what gives no reason, or is no instance's, is always told")
    void others() {
        for (int i = 0; i < 3; i++) {
            assertThat(shown("web-0-a", "is running on n1")).isEqualTo("web-0-a is running on n1");
            assertThat(repeats.shown("", "web has failed: it is late")).isEqualTo("web has failed: it is late");
        }
        assertThat(repeats.again()).isEmpty();
    }
}
