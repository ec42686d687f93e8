package io.knit.core.server.dashboard.form;

import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.knit.core.spec.SpecTable;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The deploy form as it was typed. Lists are text areas with one entry a line, so that the form needs no script.
 *
 * @param templates as many as the page shows, empty ones included
 */
public record DeployForm(
        String name,
        String image,
        String platform,
        String replicas,
        String selector,
        String near,
        String ports,
        String env,
        List<TemplateField> templates) {

    public static final Set<String> FIELDS = Set.of(
            CsrfTokens.FIELD,
            "name",
            "image",
            "platform",
            "replicas",
            "selector",
            "near",
            "ports",
            "env",
            "destination",
            "content",
            "more",
            "show",
            "edit");

    private static final int MAX_TEMPLATES =
            SpecTable.SPEC.field("templates").limits().entries();

    /** One file. */
    public record TemplateField(String destination, String content) {
        boolean blank() {
            return destination.isBlank() && content.isBlank();
        }
    }

    public static final DeployForm EMPTY =
            new DeployForm("", "", "", "1", "", "", "", "", List.of(new TemplateField("", "")));

    public static DeployForm of(MultiMap typed) {
        List<String> destinations = typed.getAll("destination");
        List<String> contents = typed.getAll("content");
        List<TemplateField> templates = new ArrayList<>();
        for (int i = 0; i < Math.max(destinations.size(), contents.size()); i++) {
            templates.add(new TemplateField(at(destinations, i).strip(), newlines(at(contents, i))));
        }
        return new DeployForm(
                value(typed, "name"),
                value(typed, "image"),
                value(typed, "platform"),
                value(typed, "replicas"),
                newlines(value(typed, "selector")),
                newlines(value(typed, "near")),
                newlines(value(typed, "ports")),
                newlines(value(typed, "env")),
                templates);
    }

    /** Whether somebody wrote something of it. */
    public boolean isTyped() {
        return !equals(EMPTY);
    }

    public DeployForm withOneMoreTemplate() {
        List<TemplateField> more = new ArrayList<>(templates);
        if (more.size() < MAX_TEMPLATES) {
            more.add(new TemplateField("", ""));
        }
        return new DeployForm(name, image, platform, replicas, selector, near, ports, env, more);
    }

    private static String value(MultiMap typed, String field) {
        return Objects.requireNonNullElse(typed.get(field), "").strip();
    }

    private static String at(List<String> values, int i) {
        return i < values.size() ? values.get(i) : "";
    }

    /** Browsers send every line end of a text area as CR LF. */
    private static String newlines(String text) {
        return text.replace("\r\n", "\n");
    }
}
