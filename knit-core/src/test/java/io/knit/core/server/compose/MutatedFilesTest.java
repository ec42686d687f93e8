package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.KnitException;
import io.knit.core.server.http.json.SpecReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Files that are broken at random, by a seed: {@code -Dcompose.mutants=10000} for more of them. */
class MutatedFilesTest {
    private static final int MUTANTS = Integer.getInteger("compose.mutants", 600);
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "  ",
        "&a ",
        "*a",
        "<<: *a\n",
        "!x ",
        "${",
        "}",
        "$",
        "'",
        "\"",
        "|",
        ">",
        "#",
        "%",
        "@",
        "`",
        "\t",
        "null",
        "-1",
        "99999999999999999999",
        "0x1F",
        "\u0000",
        "\uD800",
        "é",
        "x-a: ",
        "deploy: ",
        "services: ",
        "ports: ",
        "environment: ",
        "volumes: ",
        "healthcheck: ",
        "depends_on: ",
        "extends: ",
        "configs: ",
        "networks: ",
        "ulimits: ",
        "---\n",
        "? ",
        "~"
    };

    @Test
    @DisplayName("nothing but refusals comes of them, and what is not refused is a spec that can be read, or refused")
    void mutants() throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src", "test", "resources", "compose"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                texts.add(Files.readString(file));
            }
        }
        Random random = new Random(20261128);
        int refused = 0;
        for (int i = 0; i < MUTANTS; i++) {
            String text = mutated(texts, random);
            ComposeStack stack = Compose.read(ComposeSource.of("m.yaml", text)
                    .with(Map.of("A", "b"), texts.get(random.nextInt(texts.size())))
                    .in(Set.of("*"))
                    .along(file -> texts.get(Math.floorMod(file.hashCode(), texts.size()))));
            assertThat(stack.refused()).isEqualTo(stack.services().isEmpty());
            assertThat(stack.findings())
                    .allMatch(finding ->
                            finding.at().line() > 0 && !finding.words().isEmpty());
            refused += stack.refused() ? 1 : 0;
            stack.services().forEach(service -> readOrRefused(service.spec().toString()));
        }
        assertThat(refused).isBetween(MUTANTS / 4, MUTANTS);
    }

    private static void readOrRefused(String spec) {
        try {
            SpecReader.read(spec.getBytes(StandardCharsets.UTF_8));
        } catch (KnitException e) {
            assertThat(e.code()).isNotNull();
        }
    }

    private static String mutated(List<String> texts, Random random) {
        StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(30)));
                case 2 -> {
                    String other = texts.get(random.nextInt(texts.size()));
                    int from = random.nextInt(other.length());
                    text.insert(at, other, from, Math.min(other.length(), from + 1 + random.nextInt(120)));
                }
                default -> text.setCharAt(at, PIECES[random.nextInt(PIECES.length)].charAt(0));
            }
            if (text.isEmpty()) {
                text.append("a");
            }
        }
        return text.toString();
    }
}
