package io.knit.core.template;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.core.spec.Delimiters;
import io.knit.core.template.bound.Budget;
import io.knit.core.template.bound.SpentError;
import io.knit.core.template.bound.ValueFault;
import io.knit.core.template.bound.ValueReader;
import io.knit.core.template.go.GoEngine;
import io.knit.core.template.parse.Sandbox;
import io.knit.core.template.parse.TemplateFault;
import io.knit.core.template.parse.TemplateParser;
import io.knit.core.template.parse.TemplateWords;
import io.knit.gotemplate.GoTemplate;
import io.knit.gotemplate.bound.GoFault;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.error.RootAttributeNotFoundException;
import io.pebbletemplates.pebble.lexer.Syntax;
import io.pebbletemplates.pebble.loader.MemoryLoader;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Checks and renders templates (Pebble with strict variables, without escaping and without comments, or Go's). Both are pure: what they
 * may cost is counted by a {@link Budget}, so the same template and model always end the same way, on any machine. That may
 * still take a second: not for an event loop. Ends early when its thread is interrupted. Thread-safe; has nothing to close.
 */
public final class TemplateEngine {
    /** Characters that one template may render to. */
    public static final int MAX_OUTPUT = Budget.MAX_OUTPUT;

    /** Shell, YAML, nginx and others have <code>&#123;#</code> in them, as <code>$&#123;#1&#125;</code>; no text that comes as UTF-8 has this. */
    private static final String NO_COMMENT = "\uDC00";

    private static final Set<String> NAMES = Set.of("node", "deployment", "instance", "env", "ports");

    /** Of other delimiters so many parsers are kept. */
    private static final int MOST_PARSERS = 32;

    private final Map<Delimiters, TemplateParser> others = new ConcurrentHashMap<>();

    /** Made by the first template: 150 classes that an agent, and a server, may never need. */
    private static final class Usual {
        static final TemplateParser PARSER = parser(Delimiters.STANDARD);

        private Usual() {}
    }

    private static TemplateParser parser(Delimiters delimiters) {
        return new TemplateParser(
                new PebbleEngine.Builder()
                        .loader(new MemoryLoader()) // always empty: no name leads to a file
                        .strictVariables(true)
                        .autoEscaping(false)
                        .syntax(new Syntax.Builder()
                                .setPrintOpenDelimiter(delimiters.open())
                                .setPrintCloseDelimiter(delimiters.close())
                                .setExecuteOpenDelimiter(delimiters.tagOpen())
                                .setExecuteCloseDelimiter(delimiters.tagClose())
                                .setCommentOpenDelimiter(NO_COMMENT)
                                .setCommentCloseDelimiter(NO_COMMENT)
                                .setEnableNewLineTrimming(false)
                                .build())
                        .cacheActive(false)
                        .maxRenderedSize(MAX_OUTPUT)
                        .defaultLocale(Locale.ROOT)
                        .methodAccessValidator((object, method) -> false)
                        .registerExtensionCustomizer(Sandbox::new)
                        .build(),
                delimiters);
    }

    private PebbleTemplateImpl parse(String content, Delimiters delimiters, Set<String> names) {
        if (delimiters.equals(Delimiters.STANDARD)) {
            return Usual.PARSER.parse(content, names);
        }
        if (others.size() > MOST_PARSERS) {
            others.clear();
        }
        return others.computeIfAbsent(delimiters, TemplateEngine::parser).parse(content, names);
    }

    /**
     * Whether the text is a template: syntax, tags and names.
     *
     * @throws KnitException {@code TEMPLATE_INVALID}, its message with line and column
     */
    public void check(String content) {
        within(new Budget(), () -> Usual.PARSER.parse(content, NAMES));
    }

    /**
     * Also renders it once for a made-up instance of this deployment. That finds loops without end, output without bounds, and
     * fields, {@code env} and deployment labels that don't exist; labels of nodes are not known yet and never missed.
     *
     * @throws KnitException {@code TEMPLATE_INVALID}
     */
    public void check(String content, DeploymentSpec spec) {
        checking(spec).check(content);
    }

    /** To check templates of a deployment one after another, which take their steps from one budget. */
    public Checking checking(DeploymentSpec spec) {
        return new Checking(spec);
    }

    /** Checks templates of one deployment. Not thread-safe. */
    public final class Checking {
        private final DeploymentSpec spec;
        private final Budget budget = new Budget(new MadeUp());
        private boolean read;

        private Checking(DeploymentSpec spec) {
            this.spec = spec;
        }

        /** What is kept of values is not known here, nor where services are. */
        private final class MadeUp implements ValueReader {
            @Override
            public String read(String kind, String name) {
                read = true;
                return kind;
            }

            @Override
            public List<Map<String, Object>> service(String name) {
                return List.of(TemplateModel.sampleEndpoint(name));
            }
        }

        /** One of Pebble's with the usual braces. */
        public void check(String content) {
            check(new TemplateSpec("/", content));
        }

        /**
         * Gives what becomes of it wherever nothing of that is made up; else an empty text.
         *
         * @throws KnitException {@code TEMPLATE_INVALID}
         */
        public String check(TemplateSpec template) {
            read = false;
            Map<String, Object> sample = TemplateModel.sample(spec);
            boolean isGo = template.engine() == TemplateSpec.Engine.GO;
            String text = within(budget, () -> isGo ? go(template, sample) : pebble(template, sample));
            return read || guessed(sample) ? "" : text;
        }

        private String pebble(TemplateSpec given, Map<String, Object> sample) {
            PebbleTemplateImpl template = parse(given.content(), Delimiters.of(given), NAMES);
            try {
                return evaluate(template, sample);
            } catch (PebbleException e) {
                if (couldBeTheSample(e, read || guessed(sample))) {
                    return "";
                }
                throw e;
            }
        }

        /** What ends it at a bound is no such fault, and is never taken for the sample's. */
        private String go(TemplateSpec given, Map<String, Object> sample) {
            GoTemplate template = GoEngine.parse(given, NAMES);
            try {
                return GoEngine.evaluate(template, sample, budget);
            } catch (GoFault e) {
                if (read || guessed(sample)) {
                    return "";
                }
                throw e;
            }
        }
    }

    /**
     * Renders.
     *
     * @param model as {@link TemplateModel#build} makes it: only maps, lists, strings, numbers and booleans
     * @throws KnitException {@code TEMPLATE_INVALID}
     */
    public String render(String content, Map<String, Object> model) {
        return render(content, model, ValueReader.NONE);
    }

    /**
     * Renders.
     *
     * @param model as {@link TemplateModel#build} makes it: only maps, lists, strings, numbers and booleans
     * @param values what it reads
     * @throws KnitException {@code TEMPLATE_INVALID}
     */
    public String render(String content, Map<String, Object> model, ValueReader values) {
        return render(new TemplateSpec("/", content), model, values);
    }

    /** The same, of a template with its engine and its delimiters. */
    public String render(TemplateSpec template, Map<String, Object> model, ValueReader values) {
        return render(template, model, new Budget(values));
    }

    /**
     * Renders one of several that take their steps from one budget.
     *
     * @param budget with what it reads
     * @throws KnitException {@code TEMPLATE_INVALID}
     */
    public String render(TemplateSpec template, Map<String, Object> model, Budget budget) {
        return within(
                budget,
                () -> template.engine() == TemplateSpec.Engine.GO
                        ? GoEngine.evaluate(GoEngine.parse(template, model.keySet()), model, budget)
                        : evaluate(parse(template.content(), Delimiters.of(template), model.keySet()), model));
    }

    private static String evaluate(PebbleTemplateImpl template, Map<String, Object> model) {
        StringWriter writer = new StringWriter();
        try {
            template.evaluate(writer, model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String text = writer.toString();
        if (WholeText.fault(text) != null) {
            throw new ValueFault("its output has half a character, which no file can hold; give both halves", 0);
        }
        return text;
    }

    /** Whether a node label's made-up value was looked at. */
    private static boolean guessed(Map<String, Object> sample) {
        return sample.get("node") instanceof Map<?, ?> node
                && node.get("labels") instanceof TemplateModel.UnknownLabels labels
                && labels.guessed();
    }

    /** Whether the fault may come of what is made up. */
    private static boolean couldBeTheSample(PebbleException e, boolean guessed) {
        PebbleException first = innermost(e);
        boolean bounds = first.getLineNumber() == null || first.getLineNumber() == 0;
        return guessed && !bounds && !(first instanceof RootAttributeNotFoundException);
    }

    /** Pebble wraps a fault in another for each operator and condition around it; the first one says what is wrong, or ours, which stands for what it wraps. */
    private static PebbleException innermost(PebbleException e) {
        PebbleException first = e;
        for (Throwable cause = e.getCause();
                cause != null && !(first instanceof ValueFault);
                cause = cause.getCause()) {
            if (cause instanceof PebbleException deeper) {
                first = deeper;
            }
        }
        return first;
    }

    private static <T> T within(Budget budget, Supplier<T> work) {
        try {
            return budget.during(work);
        } catch (SpentError | TemplateFault | GoFault e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new KnitException(ErrorCode.CLOSED, "the rendering of a template was interrupted", e);
            }
            throw invalid(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            throw translate(e);
        }
    }

    private static KnitException translate(Throwable cause) {
        if (cause instanceof StackOverflowError) {
            return invalid(SpentError.TOO_DEEP);
        }
        if (cause instanceof PebbleException outer) {
            PebbleException pebble = innermost(outer);
            String line = line(line(pebble).isEmpty() ? outer : pebble);
            return invalid(line + TemplateWords.of(pebble));
        }
        return invalid(TemplateWords.UNFIT);
    }

    private static String line(PebbleException e) {
        return e.getLineNumber() == null || e.getLineNumber() < 1 ? "" : "line " + e.getLineNumber() + ": ";
    }

    /** Without a cause, whose words may have a secret in them. */
    private static KnitException invalid(String words) {
        return new KnitException(ErrorCode.TEMPLATE_INVALID, "the template is wrong: " + words);
    }
}
