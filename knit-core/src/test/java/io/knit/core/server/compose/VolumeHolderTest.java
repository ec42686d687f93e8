package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose a volume is that several services of a file mount. */
class VolumeHolderTest {
    private static ComposeStack read(String text) {
        return Compose.read(ComposeSource.of("c.yaml", text));
    }

    /** The deployments with the volume {@code v}, each with whose it is to them. */
    private static Map<String, String> holders(ComposeStack stack) {
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        Map<String, String> found = new TreeMap<>();
        for (ComposeService service : stack.services()) {
            for (JsonNode all : service.spec().findValues("volumes")) {
                all.forEach(volume -> {
                    if (volume.path("name").asText().equals("v")) {
                        found.put(service.deployment(), volume.path("of").asText("-"));
                    }
                });
            }
        }
        return found;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        the first that writes to it           | a: {image: a, volumes: ['v:/v']}, b: {image: b, volumes: ['v:/w']}                                  | {s-a=-, s-b=s-a}
        not who only reads                    | a: {image: a, volumes: ['v:/v:ro']}, b: {image: b, volumes: [{source: v, target: /w}]}              | {s-a=s-b, s-b=-}
        not who only reads, in many words     | a: {image: a, volumes: [{source: v, target: /w, read_only: true}]}, b: {image: b, volumes: ['v:/w']} | {s-a=s-b, s-b=-}
        not one of several instances          | a: {image: a, deploy: {replicas: 2}, volumes: ['v:/v']}, b: {image: b, volumes: ['v:/w']}           | {s-a=s-b, s-b=-}
        not one of several, said the old way  | a: {image: a, scale: 2, volumes: ['v:/v']}, b: {image: b, volumes: ['v:/w']}                        | {s-a=s-b, s-b=-}
        not who runs to an end                | a: {image: a, deploy: {mode: replicated-job}, volumes: ['v:/v']}, b: {image: b, volumes: ['v:/w']}  | {s-a=s-b, s-b=-}
        not on whose end another waits        | a: {image: a, volumes: ['v:/v']}, b: {image: b, volumes: ['v:/w'], depends_on: {a: {condition: service_completed_successfully}}} | {s-a=s-b, s-b=-}
        who only reads, where nobody writes   | a: {image: a, volumes: ['v:/v:ro']}, b: {image: b, volumes: ['v:/w:ro']}                            | {s-a=-, s-b=s-a}
        what runs to an end, where all do     | a: {image: a, deploy: {mode: replicated-job}, volumes: ['v:/v']}, b: {image: b, deploy: {mode: replicated-job}, volumes: ['v:/w']} | {s-a=-, s-b=s-a}
        by the name that it has here          | a: {image: a, volumes: ['w:/v']}, b: {image: b, volumes: ['w:/w']}                                  | {s-a=-, s-b=s-a}
        of a sidecar                          | a: {image: a}, c: {image: c, network_mode: 'service:a', volumes: ['v:/v']}, b: {image: b, volumes: ['v:/w']} | {s-a=-, s-b=s-a}
        one instance alone                    | a: {image: a, volumes: ['v:/v']}, b: {image: b, network_mode: 'service:a', volumes: ['v:/w']}       | {s-a=-}
        not paths of two that look alike      | a: {image: a, volumes: ['/v']}, b: {image: b, volumes: ['/v']}                                      | {s-a=-, s-b=-}
        """)
    void isKeptBy(String name, String services, String expected) {
        ComposeStack stack =
                read("name: s\nservices: {" + services + "}\nvolumes: {v: {driver: local}, w: {name: v}}\n");
        assertThat(holders(stack)).hasToString(expected);
    }

    @Test
    @DisplayName("who shares it is said, with the line; where none can have it, or one is everywhere, it is refused")
    void words() {
        String top =
                "name: s\nservices:\n  a: {image: a, volumes: ['v:/v']%s}\n  b: {image: b, volumes: ['v:/w']%s}\nvolumes: {v: }\n";
        assertThat(read(String.format(Locale.ROOT, top, "", "")).findings())
                .extracting(ComposeFinding::toString)
                .anyMatch(line -> line.startsWith("c.yaml:4:27: the volume v is kept by s-a; b shares it"));
        String two = ", deploy: {replicas: 2}";
        assertThat(read(String.format(Locale.ROOT, top, two, two)).findings())
                .extracting(ComposeFinding::toString)
                .anyMatch(line -> line.contains(
                        "the volume v is of several services (a, b), and each of them has several instances"));
        assertThat(read(String.format(Locale.ROOT, top, "", ", deploy: {mode: global}"))
                        .findings())
                .extracting(ComposeFinding::toString)
                .anyMatch(line -> line.contains(
                        "the volume v is of several services (a, b), and one of them runs on every node"));
    }
}
