package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LogLayoutTest {
    @Test
    @DisplayName("one line an event, and nothing in it that steers a terminal, also from a cause")
    void plain() throws JoranException {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogLayoutTest.class.getResource("/logback.xml"));
        Logger logger = context.getLogger(Logger.ROOT_LOGGER_NAME);
        var appender = (ConsoleAppender<ILoggingEvent>) logger.getAppender("STDERR");
        Throwable cause = new IllegalStateException("engine\u009b31m said\nERROR forged");
        LoggingEvent event =
                new LoggingEvent("x", logger, Level.WARN, "pull\u001b[2J é 漢 \u202efailed\nnext\ttab", cause, null);
        String line = new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
        assertThat(line).contains("pull?[2J é 漢 ?failed | next\ttab", "engine?31m said | ERROR forged");
        assertThat(line.strip().chars())
                .noneMatch(c -> (c < ' ' && c != '\t') || (c >= 0x7f && c <= 0x9f) || c == 0x202e);
        context.stop();
    }
}
