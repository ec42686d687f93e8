package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.List;
import java.util.Map;

/** Reads Compose files for tests. */
final class ComposeReading {
    static final String TOP = "name: shop\nservices:\n  web:\n    image: web:1\n";

    private ComposeReading() {}

    static ComposeStack read(String text) {
        return Compose.read(ComposeSource.of("c.yaml", text).with(Map.of("SET", "value", "EMPTY", ""), null));
    }

    /** What is in the service's spec. */
    static JsonNode spec(String... lines) {
        ComposeStack stack = read(TOP + "    " + String.join("\n    ", lines) + "\n");
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        return stack.services().get(0).spec();
    }

    static List<String> refusals(String text) {
        return read(text).findings().stream()
                .filter(ComposeFinding::refuses)
                .map(ComposeFinding::toString)
                .toList();
    }

    static List<String> remarks(String text) {
        return lines(read(text)).stream()
                .filter(line -> !line.contains(" find each other by name"))
                .toList();
    }

    /** What is said of single lines, without what is said of most files: which services name no restart. */
    static List<String> lines(ComposeStack stack) {
        return stack.findings().stream()
                .filter(finding -> !finding.words().startsWith("restart: \""))
                .map(ComposeFinding::toString)
                .toList();
    }

    static List<String> names(ComposeStack stack) {
        return stack.services().stream().map(ComposeService::deployment).toList();
    }
}
