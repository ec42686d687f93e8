package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.admission.Admission;
import io.knit.core.server.compose.key.ComposeKey;
import io.knit.core.server.compose.key.ComposeKey.Fate;
import io.knit.core.server.compose.key.ComposeKeys;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.core.server.http.json.ComposeReader;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No key of the Compose Specification is dropped in silence. */
class EveryKeyTest {
    private static final Path FILES = Path.of("src", "test", "resources", "compose");
    private static final Map<String, String> ALONG = Map.of(
            "vars.env", "A=b\n",
            "raw.env", "A='b'\n",
            "./c.conf", "a\n",
            "./s", "secret\n",
            "base.yaml", "services: {base: {image: base:1, tty: true}}\n");

    private static final List<String> BASE = List.of(
            "name: shop",
            "services:",
            "  other: {image: other:1, stop_signal: SIGINT}",
            "  hidden: {image: a, profiles: [x]}");

    private static Set<String> specified() throws IOException {
        Set<String> paths = new LinkedHashSet<>();
        for (String line : Files.readAllLines(FILES.resolve("keys.txt"))) {
            int colon = line.indexOf(':');
            if (!line.startsWith("#") && colon >= 0) {
                String above = line.substring(0, colon);
                Arrays.stream(line.substring(colon + 1).strip().split(" "))
                        .map(name -> above.isEmpty() ? name : above + "." + name)
                        .forEach(paths::add);
            }
        }
        return paths;
    }

    @Test
    @DisplayName("each has a row, or is below one that says what becomes of all of it; and no row is of none")
    void rows() throws IOException {
        Map<String, ComposeKey> rows =
                ComposeKeys.all().stream().collect(Collectors.toMap(ComposeKey::path, key -> key));
        Set<String> specified = specified();
        assertThat(specified).hasSizeGreaterThan(250);
        assertThat(specified).allMatch(path -> rows.containsKey(path) || isBelowWhole(path, rows));
        assertThat(rows.keySet()).isSubsetOf(specified);
    }

    private static boolean isBelowWhole(String path, Map<String, ComposeKey> rows) {
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            ComposeKey above = rows.get(path.substring(0, dot));
            if (above != null && (above.fate() != Fate.TAKEN || above.name().equals("build"))) {
                return true;
            }
        }
        return false;
    }

    static Stream<ComposeKey> left() {
        return ComposeKeys.all().stream().filter(key -> key.fate() != Fate.TAKEN);
    }

    @ParameterizedTest
    @MethodSource("left")
    @DisplayName("what is not taken is said with its line: a refusal if something else would run, else a remark")
    void saidWithItsLine(ComposeKey key) {
        List<String> names = List.of(key.path().split("\\."));
        List<String> lines = new ArrayList<>(List.of("name: shop"));
        boolean ofService = names.get(0).equals("services");
        if (!ofService) {
            lines.add("services: {web: {image: web:1}}");
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).equals("*") ? (i == 1 && ofService ? "web" : "one") : names.get(i);
            lines.add("  ".repeat(i) + name + ":" + (i == names.size() - 1 ? " x" : ""));
        }
        if (ofService) {
            lines.add("    image: web:1");
        }
        ComposeStack stack = read(lines);

        assertThat(stack.findings())
                .as(String.join("\n", lines))
                .anyMatch(is(key, ofService ? lines.size() - 1 : lines.size()));
    }

    private static Predicate<ComposeFinding> is(ComposeKey key, int line) {
        return finding -> finding.at().line() == line
                && finding.refuses() == (key.fate() == Fate.REFUSED)
                && finding.words().equals(key.name() + ": " + key.words())
                && finding.instead().equals(key.instead());
    }

    @Test
    @DisplayName("a refusal says what to write instead")
    void instead() {
        assertThat(left().filter(key -> key.fate() == Fate.REFUSED))
                .noneMatch(key -> key.instead().isEmpty());
    }

    static Stream<String> taken() throws IOException {
        return Files.readAllLines(FILES.resolve("samples.txt")).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("="));
    }

    static Stream<String> whole() throws IOException {
        return Files.readAllLines(FILES.resolve("samples.txt")).stream()
                .filter(line -> line.startsWith("="))
                .map(line -> line.substring(1));
    }

    private static String key(String sample) {
        return sample.substring(0, sample.indexOf('|'));
    }

    @Test
    void eachThatIsTakenHasASample() throws IOException {
        assertThat(taken().map(EveryKeyTest::key))
                .containsExactlyInAnyOrderElementsOf(ComposeKeys.all().stream()
                        .filter(key -> key.fate() == Fate.TAKEN)
                        .map(ComposeKey::path)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("taken")
    @DisplayName("what is taken is in a spec that the server takes, too, or its line says why not")
    void takenOrSaid(String line) {
        String[] sample = line.split("\\|");
        List<String> with = file(sample, true);
        ComposeStack plain = read(file(sample, false));
        ComposeStack stack = read(with);

        boolean differs = !specs(plain).equals(specs(stack));
        boolean said =
                stack.findings().stream().anyMatch(finding -> finding.at().line() >= BASE.size() + 1);
        assertThat(differs || said).as(with + "\n" + stack.findings()).isTrue();
        // nothing is refused as unknown, and a sample that is refused whole says it for itself
        assertThat(stack.findings()).noneMatch(finding -> finding.words().startsWith("there is no key"));
        if (!refused(stack)) {
            admit(with);
        }
    }

    @ParameterizedTest
    @MethodSource("whole")
    @DisplayName("what is taken of a key of which something else is refused, the server takes, too")
    void takenWhole(String line) {
        List<String> with = file(line.split("\\|"), true);
        assertThat(read(with).findings()).as(String.join("\n", with)).noneMatch(ComposeFinding::refuses);
        admit(with);
    }

    @Test
    @DisplayName("of each key that is taken there is a sample of which nothing is refused")
    void eachReachesTheServer() throws IOException {
        assertThat(whole().map(EveryKeyTest::key))
                .containsExactlyInAnyOrderElementsOf(taken().filter(
                                sample -> refused(read(file(sample.split("\\|"), true))))
                        .map(EveryKeyTest::key)
                        .toList());
    }

    private static boolean refused(ComposeStack stack) {
        return stack.findings().stream().anyMatch(ComposeFinding::refuses);
    }

    /** As a server does it, which refuses what no spec may have. */
    private static void admit(List<String> lines) {
        Admission admission = new Admission(new TemplateEngine());
        ComposeReader.read(source(lines)).specs().forEach(admission::admit);
    }

    private static List<String> specs(ComposeStack stack) {
        return stack.services().stream().map(each -> each.spec().toString()).toList();
    }

    private static List<String> file(String[] sample, boolean whole) {
        List<String> lines = new ArrayList<>(BASE);
        List<String> top = new ArrayList<>();
        lines.add("  web:");
        boolean hasImage = false;
        for (String part : Arrays.asList(sample).subList(1, sample.length)) {
            if (!whole) {
                continue;
            } else if (part.startsWith("^")) {
                top.add(part.substring(1));
            } else if (part.startsWith("{")) {
                Arrays.stream(part.substring(1, part.length() - 1).split(", "))
                        .forEach(each -> lines.add("    " + each));
            } else {
                lines.add("    " + part);
                hasImage |= part.startsWith("image:");
            }
        }
        if (!hasImage) {
            lines.add("    image: web:1");
        }
        if (top.stream().anyMatch(each -> each.startsWith("services:"))) {
            lines.add("  extra: {image: other:1}");
        } else if (top.stream().anyMatch(each -> each.startsWith("name:"))) {
            lines.set(0, top.get(0));
        } else {
            lines.addAll(top);
        }
        return lines;
    }

    private static ComposeStack read(List<String> lines) {
        return Compose.read(source(lines));
    }

    private static ComposeSource source(List<String> lines) {
        return ComposeSource.of("compose.yaml", String.join("\n", lines) + "\n")
                .with(Map.of("VAR", "value"), null)
                .along(ALONG::get);
    }
}
