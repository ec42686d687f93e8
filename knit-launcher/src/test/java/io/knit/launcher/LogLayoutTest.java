package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.knit.launcher.log.StandardLog;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LogLayoutTest {
    @Test
    @DisplayName("one line an event, and nothing in it that steers a terminal, also from a cause")
    void plain() {
        LoggerContext context = new LoggerContext();
        assertThat(new StandardLog().configure(context))
                .isEqualTo(Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
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

    @Test
    @DisplayName("where somebody names a file of logback's, it is the one that says")
    void another() {
        System.setProperty("logback.configurationFile", "another.xml");
        try {
            LoggerContext context = new LoggerContext();
            assertThat(new StandardLog().configure(context)).isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
            assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR"))
                    .isNull();
        } finally {
            System.clearProperty("logback.configurationFile");
        }
    }

    @Test
    @DisplayName("it is what logback takes for the launcher, without reading XML")
    void taken() {
        assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(StandardLog.class);
    }
}
