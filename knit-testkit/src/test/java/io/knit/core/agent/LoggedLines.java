package io.knit.core.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a class warns of in the log from here on, on this thread: others test at the same time. */
final class LoggedLines implements AutoCloseable {
    private final Logger logger;
    private final @Nullable Level before;
    private final String thread = Thread.currentThread().getName();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    private LoggedLines(Class<?> of) {
        logger = (Logger) LoggerFactory.getLogger(of);
        before = logger.getLevel();
        logger.setLevel(Level.WARN);
        lines.start();
        logger.addAppender(lines);
    }

    static LoggedLines of(Class<?> logging) {
        return new LoggedLines(logging);
    }

    List<String> taken() {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getThreadName().equals(thread))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
        logger.setLevel(before);
    }
}
