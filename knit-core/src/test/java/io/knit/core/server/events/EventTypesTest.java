package io.knit.core.server.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventTypesTest {
    private static final Path WORDS = Path.of("src", "main", "java", "io", "knit", "core", "server", "events");
    private static final Pattern LITERAL =
            Pattern.compile("\"((?:deployment|instance|node|volume|run|webhook)\\.[a-z_]+)\"");

    private static boolean matches(String type, String event) {
        return EventTypes.matching(type).test(new KnitEvent(1, Instant.EPOCH, event, null, null, null, ""));
    }

    @Test
    void everyTypeThatIsToldCanBeAskedFor() throws IOException {
        Set<String> told = new TreeSet<>();
        try (Stream<Path> files = Files.list(WORDS)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher literal = LITERAL.matcher(Files.readString(file));
                while (literal.find()) {
                    told.add(literal.group(1));
                }
            }
        }

        assertThat(told).hasSizeGreaterThan(20).contains("volume.moved_back");
        assertThat(EventTypes.ALL).containsAll(told);
        assertThat(EventTypes.ALL).contains("run.begun", "run.failed", "run.skipped", "webhook.disabled");
    }

    @Test
    @DisplayName("all of them are in the docs, which have the family once and the words of the others after dots")
    void documented() throws IOException {
        String docs = Files.readString(Path.of("..", "docs", "api.md"));
        Set<String> states = new TreeSet<>();
        Stream.of(InstanceState.values()).forEach(it -> states.add("instance." + it.wireName()));
        Stream.of(NodeState.values()).forEach(it -> states.add("node." + it.wireName()));
        for (String type : EventTypes.ALL) {
            if (!states.contains(type)) {
                assertThat(docs)
                        .as(type)
                        .containsAnyOf('`' + type + '`', "`." + type.substring(type.indexOf('.') + 1) + '`');
            }
        }
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
