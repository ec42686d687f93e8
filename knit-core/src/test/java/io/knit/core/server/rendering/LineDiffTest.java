package io.knit.core.server.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As {@code diff -u} writes it. */
class LineDiffTest {
    private static final Pattern HUNK = Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@\n");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a~       | a~       | ''
                    ''       | ''       | ''
                    ''       | a~       | @@ -0,0 +1 @@~+a~
                    a~       | ''       | @@ -1 +0,0 @@~-a~
                    a~       | b~       | @@ -1 +1 @@~-a~+b~
                    a~b~c~   | a~c~     | @@ -1,3 +1,2 @@~ a~-b~ c~
                    a        | a~       | @@ -1 +1 @@~-a~\\ No newline at end of file~+a~
                    a~b      | a~c      | @@ -1,2 +1,2 @@~ a~-b~\\ No newline at end of file~+c~\\ No newline at end of file~
                    1~2~3~4~5~6~7~8~9~ | 1~2~3~4~x~5~6~7~8~9~ | @@ -2,6 +2,7 @@~ 2~ 3~ 4~+x~ 5~ 6~ 7~
                    1~2~3~4~5~6~7~8~9~0~ | x~2~3~4~5~6~7~8~9~y~ | @@ -1,4 +1,4 @@~-1~+x~ 2~ 3~ 4~@@ -7,4 +7,4 @@~ 7~ 8~ 9~-0~+y~
                    """)
    void unified(String before, String after, String hunks) {
        String expected = hunks.isEmpty() ? "" : "--- old\n+++ new\n" + hunks.replace('~', '\n');
        assertThat(LineDiff.unified("old", "new", before.replace('~', '\n'), after.replace('~', '\n')))
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("whoever applies it to the one text has the other")
    void applies() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            String before = text(random);
            String after = text(random);
            String diff = LineDiff.unified("old", "new", before, after);
            assertThat(applied(before, diff))
                    .as("%s -> %s by%n%s", before, after, diff)
                    .isEqualTo(after);
        }
    }

    @Test
    @DisplayName("what is too much to compare is replaced as a whole, and still right")
    void large() {
        String before = "a\n".repeat(3_000) + "end\n";
        String after = "b\n".repeat(3_000) + "end\n";
        String diff = LineDiff.unified("old", "new", before, after);
        assertThat(applied(before, diff)).isEqualTo(after);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(14); i > 0; i--) {
            text.append((char) ('a' + random.nextInt(3))).append(i > 1 || random.nextBoolean() ? "\n" : "");
        }
        return text.toString();
    }

    /** What {@code patch} does, if each line stands where it is said to. */
    private static String applied(String before, String diff) {
        List<String> old = LineDiff.lines(before);
        List<String> next = new ArrayList<>();
        int at = 0;
        List<String> lines = LineDiff.lines(diff);
        for (int i = 2; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher hunk = HUNK.matcher(line);
            boolean unbroken = i + 1 < lines.size() && lines.get(i + 1).startsWith("\\");
            String text = unbroken ? line.substring(1, line.length() - 1) : line.substring(1);
            if (hunk.matches()) {
                int begin = Integer.parseInt(hunk.group(1)) - ("0".equals(hunk.group(2)) ? 0 : 1);
                next.addAll(old.subList(at, begin));
                at = begin;
            } else if (line.startsWith("+")) {
                next.add(text);
            } else if (!line.startsWith("\\")) {
                assertThat(old.get(at++)).isEqualTo(text);
                if (line.startsWith(" ")) {
                    next.add(text);
                }
            }
        }
        next.addAll(old.subList(at, old.size()));
        return String.join("", next);
    }
}
