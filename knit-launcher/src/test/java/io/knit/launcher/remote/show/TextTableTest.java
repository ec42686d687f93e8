package io.knit.launcher.remote.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.screen.Tone;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTableTest {
    private static final String IMAGE = "registry.example.com/shop/page:2026.11-rc1";

    private static Terminal screen(int columns) {
        return new Terminal(true, columns, 24, false);
    }

    private static TextTable table() {
        return new TextTable("NAME", "STATUS", "IMAGE", "")
                .row("page", TextTable.status("running"), IMAGE, "")
                .row("cart", TextTable.status("pending"), "cart:1", "no node fits: n1 lacks the label rack=moon");
    }

    @Test
    void whatFitsIsAsWideAsItIs() {
        List<String> wide = table().lines();
        assertThat(wide)
                .containsExactly(
                        "NAME  STATUS   IMAGE",
                        "page  running  registry.example.com/shop/page:2026.11-rc1",
                        "cart  pending  cart:1                                      no node fits: n1 lacks the label rack=moon");
        assertThat(table().lines(screen(101))).isEqualTo(wide);
    }

    @Test
    void wordsThatDoNotFitStandBelow() {
        assertThat(table().lines(screen(60)))
                .containsExactly(
                        "NAME  STATUS   IMAGE",
                        "page  running  registry.example.com/shop/page:2026.11-rc1",
                        "cart  pending  cart:1",
                        "  no node fits: n1 lacks the label rack=moon");
    }

    @Test
    void theWidestIsShortenedInItsMiddle() {
        assertThat(table().lines(screen(36)))
                .containsExactly(
                        "NAME  STATUS   IMAGE",
                        "page  running  registry.e…026.11-rc1",
                        "cart  pending  cart:1",
                        "  no node fits: n1 lacks the label",
                        "  rack=moon");
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 30, 40, 57, 58, 80, 100})
    void noLineIsWiderThanTheScreen(int columns) {
        assertThat(table().lines(screen(columns))).allMatch(line -> line.length() <= columns);
    }

    @Test
    void rowsThatDoNotFitHaveALineForEachColumn() {
        TextTable table = new TextTable("INSTANCE", "REVISION", "NODE", "STATE", "RESTARTS", "PORTS", "AGE", "")
                .row("web-0-2wbdcu", 1, "n1", TextTable.status("running"), 0, "-", "5s", "")
                .row(
                        "a-longer-name-than-there-is-room-for",
                        2,
                        "n2",
                        "starting",
                        0,
                        "-",
                        "1s",
                        "it pulls its image, which is large");
        assertThat(table.lines(screen(40))).allMatch(line -> line.length() <= 40);
        assertThat(table.lines(screen(30)))
                .containsExactly(
                        "INSTANCE  web-0-2wbdcu",
                        "REVISION  1",
                        "NODE      n1",
                        "STATE     running",
                        "RESTARTS  0",
                        "PORTS     -",
                        "AGE       5s",
                        "",
                        "INSTANCE  a-longer-…s-room-for",
                        "REVISION  2",
                        "NODE      n2",
                        "STATE     starting",
                        "RESTARTS  0",
                        "PORTS     -",
                        "AGE       1s",
                        "  it pulls its image, which is",
                        "  large");
    }

    @Test
    void coloursTakeNoRoom() {
        List<String> coloured = table().lines(new Terminal(true, 36, 24, true));
        assertThat(coloured.stream()
                        .map(line -> line.replaceAll("\033\\[\\d+m", ""))
                        .toList())
                .isEqualTo(table().lines(screen(36)));
        assertThat(coloured.get(1)).contains("\033[32mrunning\033[0m");
        assertThat(coloured.get(2)).contains("\033[33mpending\033[0m");
    }

    @ParameterizedTest
    @CsvSource({
        "running, GOOD",
        "'running, healthy', GOOD",
        "'running, paused', BUSY",
        "'starting, failing', BAD",
        "degraded, BAD",
        "'down, drained', BAD",
        "suspect, BUSY",
        "'', PLAIN"
    })
    void theWorstWordGivesTheTone(String status, Tone tone) {
        assertThat(Tone.of(status)).isEqualTo(tone);
    }

    @Test
    void whatIsPrintedIntoAPipeIsNoScreen() {
        // the tests' own streams are none either
        assertThat(Terminal.NONE.toned("running", Tone.GOOD)).isEqualTo("running");
    }
}
