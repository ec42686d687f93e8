package io.knit.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;

/**
 * The log of who gave no logback file of his own: one line an event, a stack trace included, on stderr, for stdout belongs to the ready line. It is said
 * here, for what reads it as a file, and an XML parser, are 300 classes that stay in an agent's memory. A file named by
 * {@code -Dlogback.configurationFile}, or one that lies on the class path by logback's own names, goes before it.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class StandardLog extends ContextAwareBase implements Configurator {
    /** What engines, registries and agents say never steers a terminal. */
    private static final String LINE = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level %logger{0}:"
            + " %replace(%replace(%replace(%msg%n%ex){'\\s+$', ''}){'\\s*[\\r"
            + "\\n"
            + "]+\\s*', ' |"
            + " '}){'[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',"
            + " '?'}%nopex%n";

    private static final String FILE_PROPERTY = "logback.configurationFile";
    private static final List<String> FILES = List.of("logback-test.xml", "logback.xml");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        ClassLoader loader = StandardLog.class.getClassLoader();
        if (System.getProperty(FILE_PROPERTY) != null
                || FILES.stream().anyMatch(file -> loader.getResource(file) != null)) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(LINE);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("io.knit").setLevel(Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
