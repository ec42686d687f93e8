package io.knit.core.spec;

import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.EnvSource;
import io.knit.api.model.SecretMount;
import io.knit.api.model.TemplateSpec;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a spec reads of the variables, secrets and files that the server keeps. What a template reads stands in its text as {@code secret("name")}: a name that is worked out when it is
 * rendered could be any, and is refused, so that it is known before who reads what.
 */
public final class Reads {
    /** The functions of templates by which they read, in alphabetical order. */
    public static final List<String> FUNCTIONS = List.of("file", "secret", "var");

    /** By which they read where instances are, which is no value that is kept. */
    public static final String SERVICE = "service";

    /** By which agents say that their templates have them. */
    static final String FEATURE = "templates.values";

    private static final Pattern CALL = Pattern.compile(
            "\\b(" + String.join("|", FUNCTIONS) + ")\\s*\\(\\s*(?:\"([^\"\\\\#]*)\"|'([^'\\\\]*)')\\s*\\)");

    private static final Pattern SERVICE_CALL = Pattern.compile("\\b" + SERVICE + "\\s*\\(");
    /** A deployment, or one of a stack. */
    private static final Pattern SERVICE_NAME =
            Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?");

    private Reads() {}

    /** Whether it is one by which templates ask for a service. */
    public static boolean isService(String name) {
        return SERVICE_NAME.matcher(name).matches();
    }

    /** Whether a template's content asks for a service. */
    public static boolean asksForServices(TemplateSpec template) {
        boolean[] found = {false};
        if (template.content().contains(SERVICE)) {
            switch (template.engine()) {
                case PEBBLE ->
                    Delimiters.of(template)
                            .eachPart(
                                    template.content(),
                                    part -> found[0] |=
                                            SERVICE_CALL.matcher(part).find());
                case GO -> found[0] = GoReads.asksForServices(template);
                case NONE -> found[0] = false;
            }
        }
        return found[0];
    }

    /**
     * All that it reads, as {@code kind/name}, with the JSON pointer to where first.
     *
     * @return sorted
     */
    public static SortedMap<String, String> of(DeploymentSpec spec) {
        SortedMap<String, String> found = new TreeMap<>();
        if (spec.secrets().isEmpty()
                && spec.envFrom().isEmpty()
                && spec.templates().isEmpty()) {
            return found;
        }
        BiConsumer<String, String> add = found::putIfAbsent;
        for (int i = 0; i < spec.secrets().size(); i++) {
            SecretMount secret = spec.secrets().get(i);
            add.accept(at(Value.Kind.SECRET, secret.name()), "/secrets/" + i + "/name");
        }
        for (int i = 0; i < spec.envFrom().size(); i++) {
            EnvSource source = spec.envFrom().get(i);
            String pointer = "/env_from/" + i + "/";
            if (!source.var().isEmpty()) {
                add.accept(at(Value.Kind.VAR, source.var()), pointer + "var");
            }
            if (!source.secret().isEmpty()) {
                add.accept(at(Value.Kind.SECRET, source.secret()), pointer + "secret");
            }
            if (!source.file().isEmpty()) {
                add.accept(at(Value.Kind.FILE, source.file()), pointer + "file");
            }
        }
        for (int i = 0; i < spec.templates().size(); i++) {
            TemplateSpec template = spec.templates().get(i);
            if (!template.source().isEmpty()) {
                add.accept(at(Value.Kind.FILE, template.source()), "/templates/" + i + "/source");
            }
            String pointer = "/templates/" + i + "/content";
            calls(template, (kind, name) -> add.accept(kind + "/" + name, pointer));
        }
        return found;
    }

    /** What a template's content reads, as {@code kind/name}, sorted. */
    public static List<String> ofTemplate(TemplateSpec template) {
        SortedMap<String, String> found = new TreeMap<>();
        calls(template, (kind, name) -> found.put(kind + "/" + name, ""));
        return List.copyOf(found.keySet());
    }

    /** As it stands among all. */
    public static String at(Value.Kind kind, String name) {
        return kind.wireName() + "/" + name;
    }

    /** In Pebble's; who knows Go's knows how they read. */
    static boolean isInTemplatesOf(DeploymentSpec spec) {
        return spec.templates().stream()
                .anyMatch(it -> it.engine() == TemplateSpec.Engine.PEBBLE
                        && !ofTemplate(it).isEmpty());
    }

    private static void calls(TemplateSpec template, BiConsumer<String, String> found) {
        switch (template.engine()) {
            case PEBBLE -> calls(template.content(), Delimiters.of(template), found);
            case GO -> GoReads.calls(template, found);
            case NONE -> {}
        }
    }

    private static void calls(String content, Delimiters delimiters, BiConsumer<String, String> found) {
        if (content.contains("(")) {
            delimiters.eachPart(content, part -> {
                Matcher call = CALL.matcher(part);
                while (call.find()) {
                    String name = call.group(2) == null ? call.group(3) : call.group(2);
                    found.accept(call.group(1).toLowerCase(Locale.ROOT), name);
                }
            });
        }
    }
}
