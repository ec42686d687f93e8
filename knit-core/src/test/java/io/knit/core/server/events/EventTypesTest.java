package io.knit.core.server.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.KnitEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EventTypesTest {
    private static final Path WORDS =
            Path.of("src", "main", "java", "io", "knit", "core", "server", "events", "EventWords.java");
    private static final Pattern LITERAL = Pattern.compile("\"((?:deployment|instance|node)\\.[a-z_]+)\"");

    private static boolean matches(String type, String event) {
        return EventTypes.matching(type).test(new KnitEvent(1, Instant.EPOCH, event, null, null, null, ""));
    }

    @Test
    void everyTypeThatIsToldCanBeAskedFor() throws IOException {
        Set<String> told = new TreeSet<>();
        Matcher literal = LITERAL.matcher(Files.readString(WORDS));
        while (literal.find()) {
            told.add(literal.group(1));
        }

        assertThat(told).hasSizeGreaterThan(15);
        assertThat(EventTypes.ALL).containsAll(told);
    }

    @Test
    void aTypeAFamilyOrAll() {
        assertThat(matches("instance.running", "instance.running")).isTrue();
        assertThat(matches("instance.running", "instance.starting")).isFalse();
        assertThat(matches("instance.*", "instance.pushed_out")).isTrue();
        assertThat(matches("instance.*", "node.ready")).isFalse();
        assertThat(matches("*", "node.ready")).isTrue();
    }

    @Test
    void whatNoEventEverIsIsRefused() {
        assertThatThrownBy(() -> EventTypes.matching("instance.runing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no event is of the type \"instance.runing\"; give one of [instance.assigned, ")
                .hasMessageContaining("instance.running")
                .hasMessageNotContaining("node.ready");
        assertThatThrownBy(() -> EventTypes.matching("pod.*")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EventTypes.matching("")).isInstanceOf(IllegalArgumentException.class);
    }
}
