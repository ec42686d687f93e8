package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which tests a build of a commit leaves to another's. */
@EnabledOnOs(OS.LINUX)
class LongTestsTest {
    private static final int TURNS = 8;
    private static final Path ROOT = Path.of("..");

    /** By module and class, as in {@code scripts/long-tests}; how many seconds each. */
    private static Map<String, Integer> known() throws Exception {
        return Files.readAllLines(ROOT.resolve("scripts/long-tests")).stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(line.indexOf(' ') + 1),
                        line -> Integer.valueOf(line.substring(0, line.indexOf(' ')))));
    }

    private static List<String> turn(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("bash", ROOT.resolve("scripts/turn").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    private static String pattern(String test) {
        return test.substring(test.indexOf('/') + 1) + ".java";
    }

    @Test
    @DisplayName("what is named is there: a test that got another name would else be run each time, or never")
    void there() throws Exception {
        assertThat(known().keySet())
                .allSatisfy(test -> assertThat(ROOT.resolve(test.replaceFirst("/", "/src/test/java/") + ".java"))
                        .exists());
    }

    @Test
    @DisplayName("each runs in one turn, and the turns take about as long")
    void dealt() throws Exception {
        Map<String, Integer> known = known();
        int whole = known.values().stream().mapToInt(Integer::intValue).sum();
        List<String> run = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            Set<String> left = new HashSet<>(turn(String.valueOf(turn), String.valueOf(TURNS)));
            Map<String, Integer> its = known.entrySet().stream()
                    .filter(test -> !left.contains(pattern(test.getKey())))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            assertThat(its.values().stream().mapToInt(Integer::intValue).sum())
                    .isBetween(whole / TURNS * 9 / 10, whole / TURNS * 11 / 10);
            run.addAll(its.keySet());
        }
        assertThat(run).containsExactlyInAnyOrderElementsOf(known.keySet());
    }

    @Test
    @DisplayName("a commit has a turn, and scripts/test deals out as many")
    void ofACommit() throws Exception {
        assertThat(Files.readString(ROOT.resolve("scripts/test"))).contains("\nturns=" + TURNS + "\n");
        assertThat(turn("commit", String.valueOf(TURNS)))
                .allSatisfy(number -> assertThat(Integer.parseInt(number)).isBetween(0, TURNS - 1));
    }
}
