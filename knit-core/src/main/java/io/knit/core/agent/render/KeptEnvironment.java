package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.EnvSource;
import io.knit.api.model.TemplateSpec;
import io.knit.core.rules.EnvironmentLines;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** The environment of a container, with what the server keeps of it (pure). */
public final class KeptEnvironment {
    private KeptEnvironment() {}

    /**
     * What {@code env} says goes first, then templates that are environment, then {@code env_from}; of each of these what stands later.
     *
     * @param files contents of the templates, by their places; asked for those alone that are environment
     * @throws KnitException with {@code INVALID_VALUE} where a content can't be environment, in words that quote nothing of it
     */
    public static Map<String, String> of(DeploymentSpec spec, OpenedValues values, IntFunction<Value.Content> files) {
        if (spec.envFrom().isEmpty() && spec.templates().stream().noneMatch(TemplateSpec::env)) {
            return spec.env();
        }
        Map<String, String> all = new LinkedHashMap<>();
        spec.envFrom().forEach(source -> add(all, source, values));
        for (int i = 0; i < spec.templates().size(); i++) {
            TemplateSpec template = spec.templates().get(i);
            if (template.env()) {
                String words = "the template for " + template.destination();
                addLines(all, text(files.apply(i), words), words, "");
            }
        }
        all.putAll(spec.env());
        return all;
    }

    private static void add(Map<String, String> all, EnvSource source, OpenedValues values) {
        Value.Kind kind = !source.var().isEmpty()
                ? Value.Kind.VAR
                : source.secret().isEmpty() ? Value.Kind.FILE : Value.Kind.SECRET;
        String name = source.var() + source.secret() + source.file();
        String words = "the " + kind.words() + " " + name;
        String text = text(values.get(kind, name), words);
        if (source.variable().isEmpty()) {
            addLines(all, text, words, ", or say by env which variable the whole is");
        } else {
            all.put(source.variable(), text);
        }
    }

    private static String text(Value.Content content, String words) {
        return content.text()
                .filter(it -> it.indexOf('\0') < 0)
                .orElseThrow(() -> invalid(words
                        + " can't be environment: it is no text in UTF-8, or has zero bytes; mount it as a file"));
    }

    private static void addLines(Map<String, String> all, String text, String words, String orElse) {
        int wrong = EnvironmentLines.wrong(text);
        if (wrong > 0) {
            throw invalid("line " + wrong + " of " + words + " is no KEY=value; mend it" + orElse);
        }
        all.putAll(EnvironmentLines.of(text));
    }

    private static KnitException invalid(String message) {
        return new KnitException(ErrorCode.INVALID_VALUE, message);
    }
}
