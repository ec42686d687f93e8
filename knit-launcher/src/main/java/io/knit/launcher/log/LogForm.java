package io.knit.launcher.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** How log lines are written. */
public enum LogForm {
    /** For people, one line an event. */
    TEXT,
    /** For programs: {@link JsonLines}. */
    JSON;

    /** The form of that name, {@code text} or {@code json}. */
    public static LogForm named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Has all that is said from now on written so. Where another logger than logback was put in, it keeps its own form. */
    public void use() {
        ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
        if (this == JSON && loggers instanceof LoggerContext context) {
            Iterator<Appender<ILoggingEvent>> appenders =
                    context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
            while (appenders.hasNext()) {
                if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
                    JsonLines lines = new JsonLines();
                    lines.setContext(context);
                    lines.start();
                    appender.setEncoder(lines);
                }
            }
        }
    }
}
