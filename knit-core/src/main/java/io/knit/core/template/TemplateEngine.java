package io.knit.core.template;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.error.RootAttributeNotFoundException;
import io.pebbletemplates.pebble.loader.MemoryLoader;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Checks and renders templates (Pebble with strict variables and no escaping). Everything runs on a thread of its own with a
 * deadline, since templates are a user's. Blocks for up to that deadline: not for an event loop. Thread-safe; has nothing to
 * close.
 */
public final class TemplateEngine {
    /** Characters that one template may render to. */
    public static final int MAX_OUTPUT = 1 << 20;

    /** How long a template may take. */
    public static final Duration DEADLINE = Duration.ofSeconds(2);

    private static final Set<String> NAMES = Set.of("node", "deployment", "instance", "env");
    private static final long STACK_BYTES = 1 << 20;

    private final TemplateParser parser;
    private final long deadlineMillis;

    public TemplateEngine() {
        this(DEADLINE);
    }

    TemplateEngine(Duration deadline) {
        this.deadlineMillis = deadline.toMillis();
        this.parser = new TemplateParser(new PebbleEngine.Builder()
                .loader(new MemoryLoader()) // always empty: no name leads to a file
                .strictVariables(true)
                .autoEscaping(false)
                .newLineTrimming(false)
                .cacheActive(false)
                .maxRenderedSize(MAX_OUTPUT)
                .defaultLocale(Locale.ROOT)
                .methodAccessValidator((object, method) -> Sandbox.mayCall(method))
                .registerExtensionCustomizer(Sandbox::new)
                .build());
    }

    /**
     * Whether the text is a template: syntax, tags and names.
     *
     * @throws KnitException {@code TEMPLATE_INVALID}, its message with line and column
     */
    public void check(String content) {
        within(() -> parser.parse(content, NAMES));
    }

    /**
     * Also renders it once for a made-up instance of this deployment. That finds loops without end, output without bounds, and
     * fields, {@code env} and deployment labels that don't exist; labels of nodes are not known yet and never missed.
     *
     * @throws KnitException {@code TEMPLATE_INVALID}
     */
    public void check(String content, DeploymentSpec spec) {
        within(() -> {
            Map<String, Object> sample = TemplateModel.sample(spec);
            PebbleTemplateImpl template = parser.parse(content, NAMES);
            try {
                return evaluate(template, sample);
            } catch (PebbleException e) {
                if (couldBeTheSample(e, sample)) {
                    return "";
                }
                throw e;
            }
        });
    }

    /**
     * Renders.
     *
     * @param model as {@link TemplateModel#build} makes it: only maps, lists, strings, numbers and booleans
     * @throws KnitException {@code TEMPLATE_INVALID}
     */
    public String render(String content, Map<String, Object> model) {
        return within(() -> evaluate(parser.parse(content, model.keySet()), model));
    }

    private static String evaluate(PebbleTemplateImpl template, Map<String, Object> model) {
        StringWriter writer = new StringWriter();
        try {
            template.evaluate(writer, model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.toString();
    }

    /** Whether the fault may come of a node label's made-up value. */
    private static boolean couldBeTheSample(PebbleException e, Map<String, Object> sample) {
        boolean guessed = sample.get("node") instanceof Map<?, ?> node
                && node.get("labels") instanceof TemplateModel.UnknownLabels labels
                && labels.guessed();
        boolean bounds = e.getLineNumber() == null || e.getLineNumber() == 0;
        return guessed && !bounds && !(e instanceof RootAttributeNotFoundException);
    }

    private <T> T within(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(null, task, "knit-template", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(deadlineMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw invalid("it takes longer than " + deadlineMillis + " ms; give it less to do", e);
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new KnitException(ErrorCode.CLOSED, "the rendering of a template was interrupted", e);
        } catch (ExecutionException e) {
            throw translate(e.getCause() == null ? e : e.getCause());
        }
    }

    private static KnitException translate(Throwable cause) {
        if (cause instanceof TemplateFault fault) {
            return invalid(String.valueOf(fault.getMessage()), null);
        }
        if (cause instanceof StackOverflowError) {
            return invalid("it is nested too deep, or a macro calls itself without end", null);
        }
        if (cause instanceof AttributeNotFoundException missing) {
            return invalid(
                    line(missing) + "\"" + missing.getAttributeName()
                            + "\" does not exist; give it, or write | default('…')",
                    cause);
        }
        if (cause instanceof PebbleException pebble) {
            return invalid(line(pebble) + TemplateWords.of(pebble.getPebbleMessage()), cause);
        }
        if (cause instanceof RuntimeException) {
            // Pebble's filters throw whatever their arguments make them throw
            String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            return invalid("it can't be rendered: " + words, cause);
        }
        return new KnitException(ErrorCode.INTERNAL, "a template could not be rendered: " + cause, cause);
    }

    private static String line(PebbleException e) {
        return e.getLineNumber() == null || e.getLineNumber() < 1 ? "" : "line " + e.getLineNumber() + ": ";
    }

    private static KnitException invalid(String words, @Nullable Throwable cause) {
        return new KnitException(ErrorCode.TEMPLATE_INVALID, "the template is wrong: " + words, cause);
    }
}
