package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.DUPLICATE_VALUE;
import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.command.Value;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.core.rules.DestinationRules;
import io.knit.core.rules.ImageReference;
import io.knit.core.spec.ContainerTables;
import io.knit.core.spec.Delimiters;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import io.knit.core.template.WholeText;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Whether a deployment can be taken (pure). It looks at nothing but the spec and the files that are its templates; since templates are tried out, all of them on one
 * {@link TemplateEngine.Checking}, it may take a second and does not belong on an event loop. Thread-safe.
 */
public final class Admission {
    private static final FieldLimits NAME = SpecTable.SPEC.field("name").limits();
    private static final FieldLimits STACK = SpecTable.SPEC.field("stack").limits();
    private static final FieldLimits ENV = SpecTable.SPEC.field("env").limits();
    private static final FieldLimits SELECTOR =
            SpecTable.SPEC.field("node_selector").limits();
    private static final FieldLimits DEPENDS_ON =
            SpecTable.SPEC.field("depends_on").limits();
    private static final FieldLimits CONTENT =
            ContainerTables.TEMPLATE.field("content").limits();
    private static final FieldLimits VALIDATE =
            ContainerTables.TEMPLATE.field("validate").limits();
    private static final int MAX_TEMPLATES =
            SpecTable.SPEC.field("templates").limits().entries();

    private final TemplateEngine templates;

    public Admission(TemplateEngine templates) {
        this.templates = templates;
    }

    /**
     * The spec itself, if nothing is wrong with it.
     *
     * @throws KnitException of kind USER; {@link Refusals#of} tells all that is wrong
     */
    public DeploymentSpec admit(DeploymentSpec spec) {
        return admit(spec, SourceFiles.UNKNOWN);
    }

    /**
     * The same, with the files that are its templates tried, too.
     *
     * @throws KnitException of kind USER; {@link Refusals#of} tells all that is wrong
     */
    public DeploymentSpec admit(DeploymentSpec spec, SourceFiles files) {
        Refusals refusals = rules(spec, true);
        templates(spec, files, refusals);
        ReadRules.lines(spec.envFrom(), files, refusals);
        refusals.throwIfAny();
        return spec;
    }

    /**
     * What is wrong with a spec, but for its templates, which cost too much to be tried beside the reading of a request.
     *
     * @param knowsMode whether it says its mode in a known word; if not, what goes with a mode is not judged
     */
    public static Refusals rules(DeploymentSpec spec, boolean knowsMode) {
        Refusals refusals = new Refusals();
        name(spec.name(), refusals);
        stack(spec.stack(), refusals);
        image(spec, refusals);
        words("/command", spec.command(), refusals);
        words("/args", spec.args(), refusals);
        env("/env", spec.env(), ENV, refusals);
        LabelRules.check(spec.labels(), refusals);
        selector("/node_selector", spec.nodeSelector(), refusals);
        NumberRules.check(spec, refusals);
        PortRules.check(spec, refusals);
        TendRules.check(spec, refusals);
        ProcessRules.check(spec, refusals);
        VolumeRules.check(spec, refusals);
        ReadRules.check(spec, refusals);
        PartRules.check(spec, refusals);
        PlaceRules.check(spec, refusals);
        if (knowsMode) {
            ModeRules.check(spec, refusals);
        }
        dependsOn(spec, refusals);
        return refusals;
    }

    private static void name(String name, Refusals refusals) {
        if (!NAME.has(name)) {
            refusals.add(
                    "/name",
                    INVALID_VALUE,
                    "name " + Pointers.quoted(name) + " is not a DNS label; give 1 to " + NAME.length()
                            + " of a-z 0-9 -, starting and ending with a letter or digit");
        }
    }

    private static void stack(String stack, Refusals refusals) {
        if (!STACK.has(stack)) {
            refusals.add(
                    "/stack",
                    INVALID_VALUE,
                    "stack " + Pointers.quoted(stack) + " is not a DNS label; give 1 to " + STACK.length()
                            + " of a-z 0-9 -, starting and ending with a letter or digit, or leave it out");
        }
    }

    /** Whether they are there is no matter: they may come later. */
    private static void dependsOn(DeploymentSpec spec, Refusals refusals) {
        List<String> names = spec.dependsOn();
        if (names.size() > DEPENDS_ON.entries()) {
            refusals.add(
                    "/depends_on",
                    TOO_LARGE,
                    "depends_on has " + names.size() + " entries; give " + DEPENDS_ON.entries() + " at most");
            return;
        }
        for (int i = 0; i < names.size() && !refusals.full(); i++) {
            String name = names.get(i);
            String fault = !NAME.has(name)
                    ? " is not a deployment's name; give 1 to " + NAME.length()
                            + " of a-z 0-9 -, starting and ending with a letter or digit"
                    : name.equals(spec.name())
                            ? " is the deployment itself, which would never start; leave it out"
                            : names.indexOf(name) < i ? " is given twice; leave one out" : null;
            if (fault != null) {
                refusals.add("/depends_on/" + i, INVALID_VALUE, "depends_on: " + Pointers.quoted(name) + fault);
            }
        }
    }

    private static void image(DeploymentSpec spec, Refusals refusals) {
        String fault = ImageReference.fault(spec.image());
        if (fault != null) {
            refusals.add("/image", INVALID_VALUE, "image " + Pointers.quoted(spec.image()) + " " + fault);
        }
        if (spec.registryAuth() != null) {
            secret("username", spec.registryAuth().username(), refusals);
            secret("password", spec.registryAuth().password(), refusals);
        }
    }

    /** The message never quotes the value. */
    private static void secret(String field, String value, Refusals refusals) {
        int most = ContainerTables.REGISTRY_AUTH.field(field).limits().length();
        if (value.isEmpty() || value.length() > most || unprintable(value)) {
            refusals.add(
                    "/registry_auth/" + field,
                    INVALID_VALUE,
                    "registry_auth." + field + " is empty, too long or has control characters; give 1 to " + most
                            + " printable ones");
        }
    }

    private static boolean unprintable(String value) {
        return value.chars().anyMatch(c -> c < ' ') || WholeText.fault(value) != null;
    }

    static void words(String pointer, List<String> words, Refusals refusals) {
        words(pointer, pointer.substring(1), words, limits(pointer), refusals);
    }

    static void words(String pointer, String field, List<String> words, FieldLimits limits, Refusals refusals) {
        if (words.size() > limits.entries()) {
            refusals.add(pointer, TOO_LARGE, field + " has more than " + limits.entries() + " words");
        }
        for (int i = 0; i < words.size() && !refusals.full(); i++) {
            value(pointer + "/" + i, field, words.get(i), limits, refusals);
        }
    }

    static void env(String pointer, Map<String, String> env, FieldLimits limits, Refusals refusals) {
        if (env.size() > limits.entries()) {
            refusals.add(
                    pointer, TOO_LARGE, "env has " + env.size() + " entries; give " + limits.entries() + " at most");
        }
        env.forEach((key, value) -> {
            if (!limits.hasKey(key) || WholeText.fault(key) != null) {
                refusals.add(
                        Pointers.child(pointer, key),
                        INVALID_VALUE,
                        "env: " + Pointers.quoted(key) + " is not a variable's name; give 1 to " + limits.keyLength()
                                + " characters without =, spaces and control characters");
            }
            value(Pointers.child(pointer, key), "env", value, limits, refusals);
        });
    }

    private static void selector(String pointer, Map<String, String> labels, Refusals refusals) {
        String field = pointer.substring(1);
        entries(pointer, labels, refusals);
        labels.forEach((key, value) -> {
            if (!SELECTOR.hasKey(key)) {
                refusals.add(
                        Pointers.child(pointer, key),
                        INVALID_VALUE,
                        field + ": " + Pointers.quoted(key) + " is not a label's key; give 1 to " + SELECTOR.keyLength()
                                + " of A-Z a-z 0-9 . _ / -, starting and ending with a letter or digit");
            }
            unwritable(Pointers.child(pointer, key), field, key, value, refusals);
            if (value.length() > SELECTOR.length() || value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                refusals.add(
                        Pointers.child(pointer, key),
                        INVALID_VALUE,
                        field + ": the value of " + Pointers.quoted(key) + " is longer than " + SELECTOR.length()
                                + " characters or has control characters; shorten it or remove them");
            }
        });
    }

    /** Of a field of the spec itself. */
    private static FieldLimits limits(String pointer) {
        return SpecTable.SPEC.field(pointer.substring(1)).limits();
    }

    static void unwritable(String pointer, String field, String key, String value, Refusals refusals) {
        String fault = WholeText.fault(value);
        if (fault != null) {
            refusals.add(pointer, INVALID_VALUE, field + ": the value of " + Pointers.quoted(key) + " " + fault);
        }
    }

    static void entries(String pointer, Map<String, String> entries, Refusals refusals) {
        int most = limits(pointer).entries();
        if (entries.size() > most) {
            refusals.add(
                    pointer,
                    TOO_LARGE,
                    pointer.substring(1) + " has " + entries.size() + " entries; give " + most + " at most");
        }
    }

    private static void value(String pointer, String field, String value, FieldLimits limits, Refusals refusals) {
        String unwritable = WholeText.fault(value);
        if (unwritable != null) {
            refusals.add(pointer, INVALID_VALUE, field + ": a value " + unwritable);
        } else if (value.indexOf('\0') >= 0) {
            refusals.add(pointer, INVALID_VALUE, field + ": a NUL character can't be passed to a program; remove it");
        } else if (value.length() > limits.length()) {
            refusals.add(
                    pointer,
                    TOO_LARGE,
                    field + ": a value has " + value.length() + " characters; give " + limits.length()
                            + " at most, or use a template");
        }
    }

    private void templates(DeploymentSpec spec, SourceFiles files, Refusals refusals) {
        List<TemplateSpec> all = spec.templates();
        if (all.size() > MAX_TEMPLATES) {
            refusals.add(
                    "/templates",
                    TOO_LARGE,
                    "there are " + all.size() + " templates; give " + MAX_TEMPLATES + " at most");
            return;
        }
        Set<String> destinations = new HashSet<>();
        TemplateEngine.Checking checking = templates.checking(spec);
        for (int i = 0; i < all.size(); i++) {
            String pointer = "/templates/" + i;
            String destination = all.get(i).destination();
            String fault = DestinationRules.fault(destination);
            if (fault != null) {
                refusals.add(
                        pointer + "/destination",
                        INVALID_VALUE,
                        "destination " + Pointers.quoted(destination) + " " + fault);
            } else if (!destinations.add(destination)) {
                refusals.add(
                        pointer + "/destination",
                        DUPLICATE_VALUE,
                        "destination " + destination
                                + " is given twice; a file can be rendered from one template only");
            }
            CommandRules.check(pointer + "/validate", "validate", all.get(i).validate(), VALIDATE, refusals);
            SortedMap<String, String> unfit = Delimiters.faults(all.get(i).delimiters());
            unfit.forEach((at, why) -> refusals.add(pointer + "/delimiters" + at, INVALID_VALUE, "delimiters: " + why));
            if (!unfit.isEmpty()) {
                continue;
            }
            content(pointer + "/content", all.get(i), checking, refusals);
            source(pointer + "/source", all.get(i), files, checking, refusals);
        }
    }

    private static void content(
            String pointer, TemplateSpec template, TemplateEngine.Checking checking, Refusals refusals) {
        String content = template.content();
        String unwritable = WholeText.fault(content);
        if (unwritable != null) {
            refusals.add(pointer, INVALID_VALUE, "content " + unwritable);
            return;
        }
        if (content.getBytes(StandardCharsets.UTF_8).length > CONTENT.length()) {
            refusals.add(
                    pointer,
                    TOO_LARGE,
                    "the template is larger than " + (CONTENT.length() >> 10) + " KiB; put large files into the image");
            return;
        }
        FollowRules.check(pointer.substring(0, pointer.lastIndexOf('/')), template, refusals);
        ReadRules.names(pointer, template, refusals);
        if (template.engine() == TemplateSpec.Engine.NONE) {
            ReadRules.lines(pointer, template, content, "the template", refusals);
            return;
        }
        try {
            ReadRules.lines(pointer, template, checking.check(template), "the template", refusals);
        } catch (KnitException e) {
            refusals.add(pointer, e.code(), e.getMessage());
        }
    }

    /** One that is not there is refused by whoever pins its version. */
    private static void source(
            String pointer,
            TemplateSpec template,
            SourceFiles files,
            TemplateEngine.Checking checking,
            Refusals refusals) {
        String name = template.source();
        boolean taken = template.engine() == TemplateSpec.Engine.NONE;
        Value.Content file = name.isEmpty() || taken && !template.env() ? null : files.content(name);
        if (file == null) {
            return;
        }
        String text = file.text().orElse(null);
        if (text == null) {
            refusals.add(
                    pointer,
                    INVALID_VALUE,
                    "the file " + name + " is no text in UTF-8; "
                            + (taken ? "leave out env" : "give engine none to have it as it is"));
            return;
        } else if (taken) {
            ReadRules.lines(pointer, template, text, "the file " + name, refusals);
            return;
        }
        FollowRules.source(pointer, template, text, refusals);
        ReadRules.names(pointer, template.with(text), refusals);
        try {
            ReadRules.lines(pointer, template, checking.check(template.with(text)), "the file " + name, refusals);
        } catch (KnitException e) {
            refusals.add(pointer, e.code(), "the file " + name + ": " + e.getMessage());
        }
    }
}
