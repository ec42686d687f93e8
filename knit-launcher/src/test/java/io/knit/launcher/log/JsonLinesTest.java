package io.knit.launcher.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();

    private Logger logger() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        JsonLines lines = new JsonLines();
        lines.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(lines);
        appender.setOutputStream(written);
        appender.start();
        Logger logger = context.getLogger("io.knit.core.Some");
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
        return logger;
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anEventIsOneObjectInOneLine() throws Exception {
        logger().info("node {} says \"no\"\nand more", "eu-1");
        assertThat(text()).endsWith("}\n").containsOnlyOnce("\n");
        JsonNode line = new ObjectMapper().readTree(text());
        assertThat(Instant.parse(line.get("time").asText()))
                .isBefore(Instant.now().plusSeconds(60));
        assertThat(line.get("level").asText()).isEqualTo("INFO");
        assertThat(line.get("logger").asText()).isEqualTo("io.knit.core.Some");
        assertThat(line.get("thread").asText()).isNotEmpty();
        assertThat(line.get("message").asText()).isEqualTo("node eu-1 says \"no\"\nand more");
        assertThat(line.has("error")).isFalse();
    }

    @Test
    void anErrorHasItsTraceAndItsKeys() throws Exception {
        logger().atError()
                .addKeyValue("request_id", "job-42")
                .setCause(new IllegalStateException("on purpose"))
                .log("a request failed");
        assertThat(text()).containsOnlyOnce("\n");
        JsonNode line = new ObjectMapper().readTree(text());
        assertThat(line.get("request_id").asText()).isEqualTo("job-42");
        assertThat(line.get("error").asText())
                .startsWith("java.lang.IllegalStateException: on purpose")
                .contains("\tat ");
    }

    @Test
    void whatOthersSaySteersNoTerminal() throws Exception {
        String evil = "\u001b[2J\u009b2J \u202e\u2066 ü";
        logger().warn("the engine says {}", evil);
        assertThat(text().strip().chars()).allMatch(each -> each >= 0x20 && each < 0x7f);
        assertThat(new ObjectMapper().readTree(text()).get("message").asText()).endsWith(evil);
    }
}
