package io.knit.core.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken out of the words of a program. */
class SecretMaskTest {
    private static final SecretMask MASK =
            SecretMask.of(List.of("hush-1\n", "hush-1-longer", "# of the db\nUSER=anna\nPASSWORD=a=b=c\n", "abc", ""));

    @ParameterizedTest(name = "{0} -> {1}")
    @DisplayName("a secret, its lines and the values in them, the longest first; nothing that is short")
    @CsvSource({
        "no login as x with hush-1 at hush-1, no login as x with *** at ***",
        "hush-1-longer, ***",
        "unknown word 'PASSWORD=a=b=c', unknown word '***'",
        "got a=b=c of anna, got *** of ***",
        "abc is too short, abc is too short",
        "nothing of it, nothing of it",
    })
    void masks(String text, String masked) {
        assertThat(MASK.of(text)).isEqualTo(masked);
        assertThat(SecretMask.NONE.of(text)).isEqualTo(text);
        assertThat(MASK).asString().doesNotContain("hush");
    }

    @Test
    @DisplayName("of more words than can be looked for nothing is told")
    void tooMany() {
        String lines =
                IntStream.range(0, SecretMask.MOST).mapToObj(i -> "line-" + i).collect(Collectors.joining("\n"));
        SecretMask all = SecretMask.of(List.of(lines));
        assertThat(all.of("nothing of it")).isEqualTo("***");
        assertThat(all.of("")).isEmpty();
        SecretMask few = SecretMask.of(List.of(lines.substring(0, lines.lastIndexOf('\n'))));
        assertThat(few.of("at line-17 of it")).isEqualTo("at *** of it");
    }
}
