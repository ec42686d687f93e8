package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTextTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "plain: a-b_c/d é 漢 😀,plain: a-b_c/d é 漢 😀",
                "<\u001b[2J\u001b]0;t\u0007>,<?[2J?]0;t?>",
                "\u009b31m,?31m",
                "rtl\u202egnp.exe,rtl?gnp.exe",
                "half\ud83d,half?",
                "\udc00half,?half",
                "unseen\udb40\udc41tag,unseen??tag",
                "zero\u0000.,zero?.",
                "sep\u2028sep,sep?sep"
            })
    void cleaned(String text, String expected) {
        assertThat(PlainText.of(text)).isEqualTo(expected);
    }

    @Test
    @DisplayName("line breaks become blanks, so that nobody writes a line of the log")
    void lines() {
        assertThat(PlainText.of("a\r\nb\tc\nd")).isEqualTo("a  b c d");
    }

    @Test
    void cut() {
        assertThat(PlainText.of("abcdef", 3)).isEqualTo("abc…");
        assertThat(PlainText.of("ab😀def", 3)).isEqualTo("ab…");
        assertThat(PlainText.of("abc", 3)).isEqualTo("abc");
    }
}
