package io.knit.launcher.remote.typed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandWordsTest {
    @ParameterizedTest
    @CsvSource({"ls -l, ls -l", "-- ls -l, ls -l", "-- -- x, -- x", "ls -- x, ls -- x", "--, --"})
    void whatPartsThemIsNone(String typed, String words) {
        assertThat(CommandWords.of(List.of(typed.split(" ")))).containsExactly(words.split(" "));
    }
}
