package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.core.server.compose.take.ServiceReading.Pair;
import io.knit.core.server.compose.text.EnvText;
import io.knit.core.server.compose.text.NoTextException;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The image, its process, and what that is given: words, variables, labels. */
final class TakenProcess {
    private static final Map<String, String> PULL =
            Map.of("always", "always", "never", "never", "missing", "missing", "if_not_present", "missing");

    private final ServiceReading in;

    TakenProcess(ServiceReading in) {
        this.in = in;
    }

    void take() {
        image();
        words();
        variables();
        labels();
        in.text(in.service, "user", "user");
        in.texts(in.service, "group_add", "group_add");
        in.text(in.service, "working_dir", "workdir");
        in.text(in.service, "hostname", "hostname");
        in.flag(in.service, "tty", "tty");
        in.flag(in.service, "stdin_open", "stdin");
        // an image's own init is to be process 1, and without this one it is, as the file's author saw it
        in.draft.set("init", in.service.spotOf("init"), false);
        in.flag(in.service, "init", "init");
        pull();
    }

    private void image() {
        Optional<Part> build = in.given("build");
        Optional<Part> image = in.given("image");
        image.flatMap(part -> in.text(part, "image"))
                .ifPresent(text -> in.draft.set("image", in.service.spotOf("image"), text));
        if (image.isEmpty()) {
            in.refuse(
                    in.service.spotOf("build"),
                    build.isPresent() ? "build: nothing is built here" : "there is no image",
                    build.isPresent()
                            ? "build the image, push it to a registry that the nodes reach (docker build -t REGISTRY/NAME:TAG . && docker push REGISTRY/NAME:TAG), and write image: REGISTRY/NAME:TAG"
                            : "write image: with what to run");
        } else if (build.isPresent()) {
            in.remark(
                    in.service.spotOf("build"),
                    "build: nothing is built here, " + image.get().text() + " is what runs",
                    "push it to a registry that the nodes reach before");
        }
    }

    /** An entrypoint puts away the image's own arguments, as it does with engines. */
    private void words() {
        Part entrypoint = in.service.at("entrypoint");
        Part command = in.service.at("command");
        List<String> start = entrypoint == null ? List.of() : list(entrypoint, "entrypoint");
        List<String> more = command == null ? List.of() : list(command, "command");
        if (isBlank(entrypoint)) {
            in.refuse(
                    in.service.spotOf("entrypoint"),
                    "an entrypoint of no words is that of the image here",
                    "write the program itself into it, and its arguments into command");
        } else if (isBlank(command) && start.isEmpty()) {
            in.refuse(
                    in.service.spotOf("command"),
                    "a command of no words is that of the image here",
                    "write the program into entrypoint, or leave command out");
        }
        if (!start.isEmpty()) {
            in.draft.set("entrypoint", in.service.spotOf("entrypoint"), texts(start));
        }
        if (!more.isEmpty()) {
            in.draft.set("args", in.service.spotOf("command"), texts(more));
        }
    }

    private static boolean isBlank(@Nullable Part words) {
        return words != null
                && (words.is(Kind.LIST)
                        ? words.items().isEmpty()
                        : words.is(Kind.VALUE) && words.text().isBlank());
    }

    private List<String> list(Part part, String name) {
        return words(in, part, name);
    }

    /** A text's words, or a list's. */
    static List<String> words(ServiceReading in, Part part, String name) {
        if (part.is(Kind.NOTHING)) {
            return List.of();
        } else if (part.is(Kind.LIST)) {
            return part.items().stream()
                    .map(each -> each.is(Kind.NOTHING) ? Part.value(each.spot(), "") : each)
                    .flatMap(each -> in.text(each, name).stream())
                    .toList();
        }
        Optional<String> text = in.text(part, name);
        Optional<List<String>> words = text.flatMap(ShellWords::of);
        if (text.isPresent() && words.isEmpty()) {
            in.refuse(part.spot(), name + " has a quote that is not closed", "close it, or give a list of words");
        }
        return words.orElse(List.of());
    }

    static ArrayNode texts(List<String> texts) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        texts.forEach(list::add);
        return list;
    }

    private void variables() {
        in.given("env_file").ifPresent(part -> {
            if (part.is(Kind.LIST)) {
                in.each(part, "env_file", this::envFile);
            } else {
                envFile(part, part.is(Kind.MAP));
            }
        });
        in.given("environment")
                .ifPresent(part -> in.pairs(part, "environment").forEach((name, pair) -> {
                    // a name alone is the caller's own, and without one there is none
                    boolean own = pair.value() == null;
                    String value = own ? in.around.variables().get(name) : pair.value();
                    if (value != null) {
                        in.findings.spend(pair.at(), own ? value.length() : 0);
                        in.draft.put("env", name, pair.at(), value);
                    }
                }));
    }

    private void envFile(Part part, boolean isLong) {
        Optional<String> path = isLong
                ? ServiceReading.given(part, "path").flatMap(each -> in.text(each, "path"))
                : in.text(part, "env_file");
        boolean required = !isLong
                || ServiceReading.given(part, "required")
                        .flatMap(each -> in.flag(each, "required"))
                        .orElse(true);
        Optional<Part> format = isLong ? ServiceReading.given(part, "format") : Optional.empty();
        boolean raw = format.flatMap(each -> in.text(each, "format"))
                .filter("raw"::equals)
                .isPresent();
        format.filter(each -> !raw && each.is(Kind.VALUE) && !each.text().isEmpty())
                .ifPresent(each -> in.wrong(each, "format", "raw, or leave it out"));
        path.ifPresent(name ->
                file(part, name, required, raw).forEach((key, value) -> in.draft.put("env", key, part.spot(), value)));
    }

    private Map<String, String> file(Part part, String name, boolean required, boolean raw) {
        try {
            String text = in.around.beside().apply(name);
            if (text != null) {
                return EnvText.read(name, text, raw, in.around.variables(), in.findings);
            }
        } catch (NoTextException e) {
            // not passed over: all that it sets would be missing
            in.refuse(part.spot(), "the file " + name + " " + e.getMessage(), "write it anew, in UTF-8");
            return Map.of();
        }
        if (required) {
            in.refuse(
                    part.spot(),
                    "the file " + name + " is not there",
                    "give it along: beside the file, or under files; or write {path: " + name + ", required: false}");
        } else {
            in.remark(part.spot(), "the file " + name + " is not there, and is passed over", "");
        }
        return Map.of();
    }

    private void labels() {
        Map<String, Pair> labels = new LinkedHashMap<>();
        in.given("label_file")
                .ifPresent(part -> in.values(part, "label_file")
                        .forEach(each -> file(each, each.text(), true, false)
                                .forEach((key, value) -> labels.put(key, new Pair(each.spot(), value)))));
        ServiceReading.given(in.service, "deploy")
                .flatMap(deploy -> ServiceReading.given(deploy, "labels"))
                .ifPresent(part -> {
                    in.remark(part.spot(), "a deployment has no labels of its own; these are its containers'", "");
                    labels.putAll(in.pairs(part, "labels"));
                });
        in.given("labels").ifPresent(part -> labels.putAll(in.pairs(part, "labels")));
        labels.forEach((key, pair) -> in.draft.put("labels", key, pair.at(), pair.value() == null ? "" : pair.value()));
    }

    private void pull() {
        in.given("pull_policy").flatMap(part -> in.text(part, "pull_policy")).ifPresent(text -> {
            String pull = PULL.get(text);
            if (pull == null) {
                in.refuse(
                        in.service.spotOf("pull_policy"),
                        "pull_policy " + text
                                + " is not known: nothing is built here, and nothing fetched by the clock",
                        "give always, missing or never");
            } else {
                in.draft.set("pull", in.service.spotOf("pull_policy"), pull);
            }
        });
    }
}
