package io.knit.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> WORDS = List.of("http-addr", "labels", "dev");

    @Test
    void theNearestWordIsNearEnough() {
        assertThat(Nearest.to("http-adr", WORDS, 1)).hasValue("http-addr");
        assertThat(Nearest.to("HTTP_ADDR", WORDS, 1)).hasValue("http-addr");
        assertThat(Nearest.to("lables", WORDS, 1)).hasValue("labels");
        assertThat(Nearest.to("something-else", WORDS, 2)).isEmpty();
        assertThat(Nearest.to("x".repeat(65), WORDS, 2)).isEmpty();
    }

    @Test
    void howFewEditsAreFewIsTheCallersToSay() {
        assertThat(Nearest.to("dvx", WORDS, 1)).isEmpty();
        assertThat(Nearest.to("dvx", WORDS, 2)).hasValue("dev");
    }

    @Test
    void twoLettersTheWrongWayRoundAreOneMistake() {
        assertThat(Nearest.to("inti", List.of("image", "init"), 1)).hasValue("init");
        assertThat(Nearest.to("dve", WORDS, 1)).hasValue("dev");
        assertThat(Nearest.to("evd", WORDS, 1)).as("moved by two places").isEmpty();
        assertThat(Nearest.to("eimt", List.of("time"), 1)).as("two mistakes").isEmpty();
    }

    @Test
    void ofTwoThatAreAsNearALetterTooManyIsLessLikelyThanTwoTheWrongWayRound() {
        assertThat(Nearest.to("stauts", List.of("stats", "status"), 2)).hasValue("status");
        assertThat(Nearest.to("stat", List.of("stats", "stay"), 2)).hasValue("stay");
    }
}
