package io.knit.launcher.remote.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.remote.screen.Terminal;
import java.io.PrintWriter;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DrawingTest {
    private final Screen screen = new Screen();
    private final PrintWriter out = new PrintWriter(screen);
    private final Drawing drawing = new Drawing(out, new Terminal(true, 20, 6, false));

    @Test
    @DisplayName("whatever was drawn before, the screen shows what was printed before it and the newest lines")
    void drawnOver() {
        out.println("$ knit status --watch");
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            List<String> lines = IntStream.range(0, random.nextInt(6))
                    .mapToObj(i -> "x".repeat(random.nextInt(21)))
                    .toList();
            drawing.draw(lines);
            assertThat(screen.shown())
                    .isEqualTo("$ knit status --watch\n"
                            + String.join(
                                    "", lines.stream().map(line -> line + "\n").toList()));
        }
        drawing.clear();
        out.println("done");
        out.flush();
        assertThat(screen.shown()).isEqualTo("$ knit status --watch\ndone\n");
    }

    @Test
    void whatDoesNotFitIsCountedAndCut() {
        drawing.draw(List.of("1", "2", "3", "4", "5", "6", "7"));
        assertThat(screen.shown()).isEqualTo("1\n2\n3\n4\n… and 3 more lines\n");
        drawing.draw(List.of("a line of more than twenty signs"));
        assertThat(screen.shown()).isEqualTo("a line of more than…\n");
    }

    @Test
    void coloursAreNotCounted() {
        String line = "\033[32m" + "x".repeat(20) + "\033[0m";
        assertThat(Drawing.cut(line, 20)).isEqualTo(line);
        assertThat(Drawing.cut(line, 5)).isEqualTo("\033[32mxxxxx\033[0m");
    }
}
