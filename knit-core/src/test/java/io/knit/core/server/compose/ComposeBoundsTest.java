package io.knit.core.server.compose;

import static io.knit.core.server.compose.ComposeReading.TOP;
import static io.knit.core.server.compose.ComposeReading.lines;
import static io.knit.core.server.compose.ComposeReading.refusals;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.compose.text.ComposeFinding;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much a Compose file may make of itself, and how much is said of it. */
class ComposeBoundsTest {
    @Test
    @Timeout(20)
    @DisplayName("a file that grows without end is refused in words")
    void laughs() {
        StringBuilder text = new StringBuilder("name: s\nx-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 12; i++) {
            text.append("x-" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "]\n");
        }
        text.append("services: {a: {image: a}}\n");
        assertThat(refusals(text.toString()))
                .singleElement()
                .asString()
                .contains("with every alias written out the file has more than 50000 parts");
        assertThat(refusals("name: s\nservices: {a: &a {image: a, x-a: *a}}\n"))
                .singleElement()
                .asString()
                .contains("an alias is in itself");
        assertThat(refusals("[".repeat(100_000))).singleElement().asString().contains("Nesting Depth exceeded");
        assertThat(refusals("a: " + "x".repeat(2_000_000)))
                .singleElement()
                .asString()
                .contains("give 1048576 at most");
        StringBuilder many = new StringBuilder("name: s\nservices:\n");
        for (int i = 0; i < 300; i++) {
            many.append("  s" + i + ": {image: a}\n");
        }
        assertThat(refusals(many.toString()))
                .singleElement()
                .asString()
                .contains("there are 300 services; give 256 at most");
        StringBuilder wide = new StringBuilder("name: s\nservices:\n  base: {image: a, dns: [DISTINCT]}\n");
        for (int i = 0; i < 200; i++) {
            wide.append("  s" + i + ": {extends: base, x-a: [" + "b, ".repeat(100) + "]}\n");
        }
        assertThat(refusals(wide.toString().replace("DISTINCT", distinct())))
                .anyMatch(line -> line.contains("the services have more than 100000 parts"));
        String bomb = "name: s\nservices: {a: {image: a, environment: {" + "A: '${B}'".replace("A", "A") + "}}}\n";
        assertThat(Compose.read(ComposeSource.of("c", bomb.replace("'${B}'", "'" + "${B}".repeat(100) + "'"))
                                .with(Map.of("B", "x".repeat(100_000)), null))
                        .findings())
                .anyMatch(finding -> finding.words().contains("too much text"));
    }

    private static final String MUCH = "has more than 4194304 characters";

    private static final String UNSET =
            "x-u: [" + IntStream.range(0, 250).mapToObj(i -> "$A").collect(Collectors.joining(", ")) + "]\n";

    @Test
    @DisplayName("what is refused is said and refuses, however many remarks came before it")
    void refusedBehindRemarks() {
        String mistyped = "name: s\n" + UNSET + "services: {web: {image: a, imagee: b, cpuz: 1}}\n";
        ComposeStack stack = Compose.read(ComposeSource.of("c", mistyped));
        assertThat(stack.refused()).isTrue();
        assertThat(stack.services()).isEmpty();
        assertThat(stack.findings()).hasSize(200);
        assertThat(refusals(mistyped)).hasSize(2).anyMatch(words -> words.contains("imagee"));

        StringBuilder many = new StringBuilder("name: s\n" + UNSET + "services: {web: {image: a");
        for (int i = 0; i < 300; i++) {
            many.append(", k").append(i).append(": 1");
        }
        assertThat(refusals(many + "}}\n")).hasSize(200);

        String large = "x".repeat(100_000);
        Map<String, String> variables = Map.of("B", large);
        String fifty = "'" + "${B}".repeat(50) + "'";
        assertTooMuch(ComposeSource.of("c", "name: s\n" + UNSET + "x-a: " + fifty + "\nservices: {web: {image: a}}\n")
                .with(variables, null));
        assertTooMuch(ComposeSource.of("c", "name: " + fifty + "\nservices: {web: {image: a}}\n")
                .with(variables, null));
    }

    /** What ends the reading, the only thing that is refused. */
    private static void assertTooMuch(ComposeSource source) {
        ComposeStack stack = Compose.read(source);
        assertThat(stack.findings())
                .filteredOn(ComposeFinding::refuses)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.words()).contains(MUCH);
                    assertThat(finding.instead()).contains("knit file set");
                });
        // none is shown: they may be gigabytes
        assertThat(stack.services().size()).isZero();
    }

    @Test
    @Timeout(20)
    @DisplayName(
            "what one reading makes is counted over all that it puts in: aliases, variables, files that are used again")
    void laughsWithText() {
        String large = "x".repeat(400_000);
        String top = "name: s\nx: &a \"" + large + "\"\nservices: {s: {image: a, environment: {";
        StringBuilder aliases = new StringBuilder(top);
        StringBuilder keys = new StringBuilder("name: s\nx: &a {? " + large + " : 1}\ny: [");
        for (int i = 0; i < 20_000; i++) {
            aliases.append("A").append(i).append(": *a, ");
            keys.append(i < 400 ? "*a, " : "");
        }
        assertTooMuch(ComposeSource.of("c", aliases + "}}}\n"));
        assertTooMuch(ComposeSource.of("c", keys + "]\nservices: {s: {image: a}}\n"));

        StringBuilder doubles = new StringBuilder("A=" + "x".repeat(1_000) + "\nB=" + "$A".repeat(2_000) + "\n");
        for (int i = 0; i < 300; i++) {
            doubles.append("C").append(i).append("=$B\n");
        }
        String plain = "name: s\nservices: {s: {image: a, KEY}}\n";
        assertTooMuch(ComposeSource.of("c", plain.replace(", KEY", "")).with(Map.of(), doubles.toString()));
        ComposeSource beside =
                ComposeSource.of("c", plain.replace("KEY", "env_file: e")).along(Map.of("e", doubles.toString())::get);
        assertTooMuch(beside);

        String again = "a, ".repeat(40_000);
        for (String key : List.of("env_file: [" + again + "]", "label_file: [" + again + "]")) {
            assertTooMuch(ComposeSource.of("c", plain.replace("KEY", key)).along(name -> "#" + large));
        }
        assertTooMuch(
                ComposeSource.of("c", plain.replace("KEY", "configs: [" + again + "]") + "configs: {a: {file: ./a}}\n")
                        .along(name -> large));
        assertTooMuch(ComposeSource.of(
                        "c", plain.replace("KEY", "configs: [" + again + "]") + "configs: {a: {environment: A}}\n")
                .with(Map.of("A", large), null));
        assertTooMuch(ComposeSource.of("c", plain.replace("KEY", "volumes: [" + "'./a:/b:ro', ".repeat(20_000) + "]"))
                .along(name -> large));
        StringBuilder own = new StringBuilder("name: s\nservices:\n");
        StringBuilder extended = new StringBuilder(own).append("  base: {image: a, environment: {A: " + large + "}}\n");
        for (int i = 0; i < 200; i++) {
            own.append("  s" + i + ": {image: a, environment: [A]}\n");
            extended.append("  s" + i + ": {extends: base}\n");
        }
        assertTooMuch(ComposeSource.of("c", own.toString()).with(Map.of("A", large), null));
        assertTooMuch(ComposeSource.of("c", extended.toString()));
        assertTooMuch(ComposeSource.of("c", plain.replace("KEY", "ports: [" + "'1-200', ".repeat(40_000) + "]")));
    }

    @Test
    @Timeout(20)
    @DisplayName("a file with many keys that nothing ends is read in one go")
    void keysWithoutEnd() {
        String keys = "A=-----BEGIN\n".repeat(75_000);
        assertThat(lines(Compose.read(ComposeSource.of("c", TOP).with(Map.of(), keys))))
                .isEmpty();
    }

    @Test
    @DisplayName(
            "of files of variables half as much is taken as there may be text: they count as they are read, and by their values")
    void countedTwice() {
        String file = "A=" + "x".repeat(40_000) + "\n";
        for (int services : new int[] {51, 53}) {
            StringBuilder text = new StringBuilder("name: s\nservices:\n");
            for (int i = 0; i < services; i++) {
                text.append("  s").append(i).append(": {image: a, env_file: e}\n");
            }
            ComposeSource source = ComposeSource.of("c", text.toString()).along(name -> file);
            assertThat(Compose.read(source).refused())
                    .as("%s services", services)
                    .isEqualTo(services == 53);
        }
    }

    private static String distinct() {
        return IntStream.range(0, 1_000).mapToObj(i -> "d" + i).collect(Collectors.joining(", "));
    }
}
