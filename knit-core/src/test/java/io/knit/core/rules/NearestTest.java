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
        assertThat(Nearest.to("dve", WORDS, 1)).isEmpty();
        assertThat(Nearest.to("dve", WORDS, 2)).hasValue("dev");
    }
}
