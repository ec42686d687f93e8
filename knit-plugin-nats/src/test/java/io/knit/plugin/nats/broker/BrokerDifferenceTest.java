package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a few clients send, made from a seed, gets the same answers from nats-server and from the embedded broker. To look further:
 * {@code -Dtest=BrokerDifferenceTest -Dknit.seeds=1000-2000}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokerDifferenceTest {
    private TestBroker real;
    private TestBroker ours;

    @BeforeAll
    void start() {
        real = new NatsServerProcess();
        ours = new EmbeddedTestBroker();
    }

    @AfterAll
    void stop() {
        if (ours != null) {
            ours.close();
            real.close();
        }
    }

    static LongStream seeds() {
        String[] range = System.getProperty("knit.seeds", "1-300").split("-", -1);
        return LongStream.range(Long.parseLong(range[0]), Long.parseLong(range[1]));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("the same answers as nats-server's")
    void answersAlike(long seed) {
        List<DifferenceScript.Step> script = DifferenceScript.steps(seed);
        List<String> expected = DifferencePlayer.play(script, real.port());
        List<String> actual = DifferencePlayer.play(script, ours.port());
        for (int i = 0; i < script.size(); i++) {
            int step = i;
            assertThat(actual.get(i)).as(() -> story(script, step)).isEqualTo(expected.get(i));
        }
    }

    /** What was sent up to the step that differs. */
    private static String story(List<DifferenceScript.Step> script, int last) {
        return IntStream.rangeClosed(0, last)
                .mapToObj(i -> "[" + script.get(i).client() + "] "
                        + shown(script.get(i).sent()))
                .reduce("sent:", (all, each) -> all + "\n" + each);
    }

    private static String shown(String sent) {
        String text = sent.replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replaceAll("(.)\\1{40,}", "$1…$1");
        return text;
    }
}
