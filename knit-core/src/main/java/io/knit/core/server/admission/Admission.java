package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.DUPLICATE_VALUE;
import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.TemplateSpec;
import io.knit.core.rules.DestinationRules;
import io.knit.core.rules.ImageReference;
import io.knit.core.template.bound.Budget;
import io.knit.core.template.TemplateEngine;
import io.knit.core.template.WholeText;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether a deployment can be taken (pure). It looks at nothing but the spec; since templates are tried out, all of them on one
 * {@link Budget}, it may take a second and does not belong on an event loop. Thread-safe.
 */
public final class Admission {
    static final int MAX_REPLICAS = 1000;
    static final int MAX_TEMPLATE = 256 * 1024;
    static final int MAX_TEMPLATES = 32;
    static final int MAX_ENTRIES = 256;
    static final int MAX_VALUE = 32 * 1024;
    /** The most a Linux kernel counts to. */
    static final int MAX_PIDS = 4_194_304;

    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern ENV_KEY = Pattern.compile("[^=\\p{Cntrl}\\s]+");
    private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?");

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
        Refusals refusals = new Refusals();
        name(spec.name(), refusals);
        image(spec, refusals);
        words("/command", spec.command(), refusals);
        words("/args", spec.args(), refusals);
        env(spec.env(), refusals);
        LabelRules.check(spec.labels(), refusals);
        selector("/node_selector", spec.nodeSelector(), refusals);
        if (spec.replicas() < 0 || spec.replicas() > MAX_REPLICAS) {
            refusals.add("/replicas", INVALID_VALUE, "replicas is " + spec.replicas() + "; give 0 to " + MAX_REPLICAS);
        }
        PortRules.check(spec.ports(), refusals);
        resources(spec.resources(), refusals);
        templates(spec, refusals);
        refusals.throwIfAny();
        return spec;
    }

    private static void resources(Resources resources, Refusals refusals) {
        int pids = resources.pids();
        if (pids < Resources.UNLIMITED || pids > MAX_PIDS) {
            refusals.add(
                    "/resources/pids",
                    INVALID_VALUE,
                    "resources.pids is " + pids + "; give 1 to " + MAX_PIDS + ", -1 for no limit, or leave it out for "
                            + Resources.DEFAULT_PIDS);
        }
    }

    private static void name(String name, Refusals refusals) {
        if (!DNS_LABEL.matcher(name).matches()) {
            refusals.add(
                    "/name",
                    INVALID_VALUE,
                    "name " + Pointers.quoted(name)
                            + " is not a DNS label; give 1 to 63 of a-z 0-9 -, starting and ending with a letter or digit");
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
        if (value.isEmpty() || value.length() > 8192 || unprintable(value)) {
            refusals.add(
                    "/registry_auth/" + field,
                    INVALID_VALUE,
                    "registry_auth." + field
                            + " is empty, too long or has control characters; give 1 to 8192 printable ones");
        }
    }

    private static boolean unprintable(String value) {
        return value.chars().anyMatch(c -> c < ' ') || WholeText.fault(value) != null;
    }

    private static void words(String pointer, List<String> words, Refusals refusals) {
        if (words.size() > MAX_ENTRIES) {
            refusals.add(pointer, TOO_LARGE, pointer.substring(1) + " has more than " + MAX_ENTRIES + " words");
        }
        for (int i = 0; i < words.size() && !refusals.full(); i++) {
            value(pointer + "/" + i, pointer.substring(1), words.get(i), refusals);
        }
    }

    private static void env(Map<String, String> env, Refusals refusals) {
        entries("/env", env, refusals);
        env.forEach((key, value) -> {
            if (!ENV_KEY.matcher(key).matches() || key.length() > 256 || WholeText.fault(key) != null) {
                refusals.add(
                        Pointers.child("/env", key),
                        INVALID_VALUE,
                        "env: " + Pointers.quoted(key)
                                + " is not a variable's name; give 1 to 256 characters without =, spaces and control characters");
            }
            value(Pointers.child("/env", key), "env", value, refusals);
        });
    }

    private static void selector(String pointer, Map<String, String> labels, Refusals refusals) {
        String field = pointer.substring(1);
        entries(pointer, labels, refusals);
        labels.forEach((key, value) -> {
            if (key.length() > 253 || !LABEL_KEY.matcher(key).matches()) {
                refusals.add(
                        Pointers.child(pointer, key),
                        INVALID_VALUE,
                        field + ": " + Pointers.quoted(key)
                                + " is not a label's key; give 1 to 253 of A-Z a-z 0-9 . _ / -, starting and ending with a letter or digit");
            }
            unwritable(Pointers.child(pointer, key), field, key, value, refusals);
            if (value.length() > 4096 || value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                refusals.add(
                        Pointers.child(pointer, key),
                        INVALID_VALUE,
                        field + ": the value of " + Pointers.quoted(key)
                                + " is longer than 4096 characters or has control characters; shorten it or remove them");
            }
        });
    }

    static void unwritable(String pointer, String field, String key, String value, Refusals refusals) {
        String fault = WholeText.fault(value);
        if (fault != null) {
            refusals.add(pointer, INVALID_VALUE, field + ": the value of " + Pointers.quoted(key) + " " + fault);
        }
    }

    static void entries(String pointer, Map<String, String> entries, Refusals refusals) {
        if (entries.size() > MAX_ENTRIES) {
            refusals.add(
                    pointer,
                    TOO_LARGE,
                    pointer.substring(1) + " has " + entries.size() + " entries; give " + MAX_ENTRIES + " at most");
        }
    }

    private static void value(String pointer, String field, String value, Refusals refusals) {
        String unwritable = WholeText.fault(value);
        if (unwritable != null) {
            refusals.add(pointer, INVALID_VALUE, field + ": a value " + unwritable);
        } else if (value.indexOf('\0') >= 0) {
            refusals.add(pointer, INVALID_VALUE, field + ": a NUL character can't be passed to a program; remove it");
        } else if (value.length() > MAX_VALUE) {
            refusals.add(
                    pointer,
                    TOO_LARGE,
                    field + ": a value has " + value.length() + " characters; give " + MAX_VALUE
                            + " at most, or use a template");
        }
    }

    private void templates(DeploymentSpec spec, Refusals refusals) {
        List<TemplateSpec> all = spec.templates();
        if (all.size() > MAX_TEMPLATES) {
            refusals.add(
                    "/templates",
                    TOO_LARGE,
                    "there are " + all.size() + " templates; give " + MAX_TEMPLATES + " at most");
            return;
        }
        Set<String> destinations = new HashSet<>();
        Budget budget = new Budget();
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
            content(spec, pointer + "/content", all.get(i).content(), budget, refusals);
        }
        nested(all, refusals);
    }

    /** A file can't be mounted below another one. */
    private static void nested(List<TemplateSpec> all, Refusals refusals) {
        for (int i = 0; i < all.size(); i++) {
            for (TemplateSpec other : all) {
                if (all.get(i).destination().startsWith(other.destination() + "/")) {
                    refusals.add(
                            "/templates/" + i + "/destination",
                            INVALID_VALUE,
                            "destination " + all.get(i).destination() + " lies below " + other.destination()
                                    + ", which is a file; choose another one");
                }
            }
        }
    }

    private void content(DeploymentSpec spec, String pointer, String content, Budget budget, Refusals refusals) {
        String unwritable = WholeText.fault(content);
        if (unwritable != null) {
            refusals.add(pointer, INVALID_VALUE, "content " + unwritable);
            return;
        }
        if (content.getBytes(StandardCharsets.UTF_8).length > MAX_TEMPLATE) {
            refusals.add(pointer, TOO_LARGE, "the template is larger than 256 KiB; put large files into the image");
            return;
        }
        try {
            templates.check(content, spec, budget);
        } catch (KnitException e) {
            refusals.add(pointer, e.code(), e.getMessage());
        }
    }
}
