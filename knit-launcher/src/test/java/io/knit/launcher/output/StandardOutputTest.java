package io.knit.launcher.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandardOutputTest {
    @ParameterizedTest
    @CsvSource({
        "pipe:[4711], Datenübergabe unterbrochen (broken pipe), true",
        "socket:[4711], Die Verbindung wurde vom Kommunikationspartner zurückgesetzt, true",
        "'', Broken pipe, true",
        "/dev/full, Auf dem Gerät ist kein Speicherplatz mehr verfügbar, false",
        "'', No space left on device, false"
    })
    void whoReadItHasLeftInAnyLanguage(String target, String reason, boolean left) {
        OutputStream refuses = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException(reason);
            }
        };
        StandardOutput output = new StandardOutput(refuses, () -> target);
        assertThat(output.isLeft()).as("nothing was written yet").isFalse();
        PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
        out.println("x");
        assertThat(output.failure()).isEqualTo(reason);
        assertThat(output.isLeft()).isEqualTo(left);
    }
}
