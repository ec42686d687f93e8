package io.knit.api.spi.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTextTest {
    @Test
    void saysWhatANameMeansOnce() {
        Figure ready = Figure.gauge("knit_nodes", "Nodes by state", 3).with("state", "ready");
        Figure commits = Figure.counter("knit_commits_total", "Commits to the store", 7);
        Figure down = Figure.gauge("knit_nodes", "Nodes by state", 1).with("state", "down");
        assertThat(FigureText.of(List.of(ready, commits, down))).isEqualTo("""
                # HELP knit_nodes Nodes by state
                # TYPE knit_nodes gauge
                knit_nodes{state="ready"} 3
                knit_nodes{state="down"} 1
                # HELP knit_commits_total Commits to the store
                # TYPE knit_commits_total counter
                knit_commits_total 7
                """);
    }

    @Test
    void noTextEndsALineOrALabelEarly() {
        Figure figure = Figure.gauge("a", "one\ntwo \\", 0).with("z", "\"\\\n").with("b", "ü");
        assertThat(FigureText.of(List.of(figure)))
                .isEqualTo("# HELP a one\\ntwo \\\\\n# TYPE a gauge\na{b=\"ü\",z=\"\\\"\\\\\\n\"} 0\n");
    }

    @Test
    void writesNumbersAsPrometheusReadsThem() {
        assertThat(value(0.25)).isEqualTo("0.25");
        assertThat(value(-3)).isEqualTo("-3");
        assertThat(value(9_007_199_254_740_991d)).isEqualTo("9007199254740991");
        assertThat(value(1e300)).isEqualTo("1.0E300");
        assertThat(value(Double.POSITIVE_INFINITY)).isEqualTo("+Inf");
        assertThat(value(Double.NaN)).isEqualTo("NaN");
    }

    private static String value(double value) {
        String text = FigureText.of(List.of(Figure.gauge("a", "", value)));
        return text.substring(text.lastIndexOf(' ') + 1).strip();
    }

    @Test
    void refusesNamesThatLie() {
        assertThatThrownBy(() -> Figure.counter("knit_commits", "", 1)).hasMessageContaining("end in _total");
        assertThatThrownBy(() -> Figure.gauge("knit_commits_total", "", 1)).hasMessageContaining("end in _total");
        assertThatThrownBy(() -> Figure.gauge("Knit-x", "", 1)).hasMessageContaining("\"Knit-x\" is no name");
        assertThatThrownBy(() -> Figure.gauge("a", "", 1).with("b c", "")).hasMessageContaining("\"b c\" is no name");
    }
}
