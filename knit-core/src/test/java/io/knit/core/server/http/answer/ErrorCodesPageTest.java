package io.knit.core.server.http.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code docs/api.md} has all codes that an answer may have, each once. */
class ErrorCodesPageTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z_`, ]+`) \\| (\\d{3}) \\| .+ \\|$");

    @Test
    @DisplayName("each code stands once in the table, with the status that it is answered with")
    void table() throws IOException {
        String page = Files.readString(Path.of("../docs/api.md"))
                .split("\n## Errors\n", 2)[1]
                .split("\n## ", 2)[0];
        Map<String, Integer> told = new TreeMap<>();
        Matcher row = ROW.matcher(page);
        while (row.find()) {
            for (String code : row.group(1).replace("`", "").split(", ")) {
                assertThat(told.put(code, Integer.valueOf(row.group(2))))
                        .as(code + " a second time")
                        .isNull();
            }
        }
        Map<String, Integer> answered = new TreeMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            answered.put(code.wireName(), ProblemStatus.of(code));
        }
        assertThat(told).isEqualTo(answered);
    }

    @Test
    @DisplayName("who is answered 503 may try again, but for what fails again whenever it is asked")
    void retryable() throws IOException {
        for (ErrorCode code : ErrorCode.values()) {
            JsonNode problem =
                    new ObjectMapper().readTree(new Problem(new KnitException(code, "on purpose")).json("x"));
            if (problem.path("status").asInt() == 503) {
                assertThat(problem.path("retryable").asBoolean())
                        .as(code.wireName())
                        .isEqualTo(code != ErrorCode.PLUGIN_FAILED);
            }
        }
    }
}
