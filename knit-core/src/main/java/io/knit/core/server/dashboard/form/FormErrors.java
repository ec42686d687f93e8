package io.knit.core.server.dashboard.form;

import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was wrong with the form, beside which field. */
public final class FormErrors {
    private static final Map<String, String> FIELDS = Map.of(
            "name", "name",
            "image", "image",
            "platform", "platform",
            "replicas", "replicas",
            "node_selector", "selector",
            "near", "near",
            "ports", "ports",
            "env", "env");

    private final Map<String, List<String>> byField = new HashMap<>();

    public static FormErrors none() {
        return new FormErrors();
    }

    /** @param form to find the row of a template: rows left empty are not in the spec */
    public static FormErrors of(KnitException exception, DeployForm form) {
        FormErrors errors = new FormErrors();
        for (KnitException one : Refusals.of(exception)) {
            errors.byField
                    .computeIfAbsent(field(one.pointer(), form), field -> new ArrayList<>())
                    .add(one.getMessage());
        }
        return errors;
    }

    /** Of what no field of the deploy form asked for. */
    public static FormErrors nothingDone(KnitException exception) {
        return general("Nothing was done: "
                + Refusals.of(exception).stream().map(KnitException::getMessage).collect(Collectors.joining("; ")));
    }

    public static FormErrors general(String message) {
        FormErrors errors = new FormErrors();
        errors.byField.put("general", List.of(message));
        return errors;
    }

    public boolean any() {
        return !byField.isEmpty();
    }

    /** By the field's name in the page; {@code template0} is the first file, {@code general} the whole form. */
    public Map<String, List<String>> byField() {
        return byField;
    }

    private static String field(@Nullable String pointer, DeployForm form) {
        if (pointer == null || pointer.isEmpty()) {
            return "general";
        }
        String[] parts = pointer.substring(1).split("/", 3);
        if (parts[0].equals("templates") && parts.length > 1 && parts[1].matches("\\d{1,3}")) {
            return "template" + row(Integer.parseInt(parts[1]), form);
        }
        return FIELDS.getOrDefault(parts[0], "general");
    }

    private static int row(int template, DeployForm form) {
        int seen = -1;
        for (int row = 0; row < form.templates().size(); row++) {
            if (!form.templates().get(row).blank() && ++seen == template) {
                return row;
            }
        }
        return template;
    }
}
