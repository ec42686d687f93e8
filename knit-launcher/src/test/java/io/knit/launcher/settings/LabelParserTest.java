package io.knit.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelParserTest {
    @Test
    void readsTheSeedsLabels() {
        assertThat(LabelParser.parse("--labels", "region=eu,role=api,ssd=true"))
                .containsExactlyEntriesOf(orderedMap("region", "eu", "role", "api", "ssd", "true"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1", " a = 1 ", "a.b/c_d-e=X.9", "zone=eu-central-1", "1=1"})
    void takesWhatIsALabel(String text) {
        assertThat(LabelParser.parse("--labels", text)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "a=b=c        | more than one",
                "=x           | has no key",
                "x=           | has no value",
                "x            | write x=true",
                "a=1,a=2      | given twice, as \"1\" and \"2\"",
                "a=1,a=1      | given twice",
                "a=1,         | before, between or after a comma",
                "',a=1'       | before, between or after a comma",
                "a=1,,b=2     | before, between or after a comma",
                "'a b=1'      | the key of \"a b=1\"",
                "a=1 2        | the value of \"a=1 2\"",
                "-a=1         | begins and ends with a letter or digit",
                "a=1-         | begins and ends with a letter or digit",
                "ä=1          | the key of",
                "a='\"'       | the value of",
            })
    void refusesWhatIsNone(String text, String why) {
        assertThatThrownBy(() -> LabelParser.parse("KNIT_LABELS", text))
                .isInstanceOf(KnitException.class)
                .hasMessageStartingWith("KNIT_LABELS: ")
                .hasMessageContaining(why)
                .extracting(e -> ((KnitException) e).code())
                .isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    }

    @Test
    void knowsHowLongAWordMayBe() {
        String longest = "a".repeat(63);
        assertThat(LabelParser.parse("--labels", longest + "=" + longest)).hasSize(1);
        assertThatThrownBy(() -> LabelParser.parse("--labels", longest + "a=1")).hasMessageContaining("1 to 63");
    }

    private static Map<String, String> orderedMap(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
