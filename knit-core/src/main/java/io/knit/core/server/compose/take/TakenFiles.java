package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import io.knit.core.spec.ContainerTables;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files that a container is given: configs as templates that change nothing, secrets. */
final class TakenFiles {
    private static final List<String> OF_FILE = List.of("mode", "uid", "gid");
    private static final Pattern TAG = Pattern.compile("\\{[{%#]");
    private static final Pattern MODE = Pattern.compile("0?o?[0-7]{3}");

    private final ServiceReading in;

    TakenFiles(ServiceReading in) {
        this.in = in;
    }

    void take() {
        in.given("configs").ifPresent(part -> in.each(part, "configs", this::config));
        in.given("secrets").ifPresent(part -> in.each(part, "secrets", this::secret));
    }

    private void config(Part part, boolean isLong) {
        Optional<String> source = source(part, isLong, "configs");
        Part config = source.map(name -> top("configs", name, part.spot())).orElse(null);
        if (source.isEmpty() || config == null) {
            return;
        }
        String target = isLong
                ? ServiceReading.given(part, "target").map(Part::text).orElse("/" + source.get())
                : "/" + source.get();
        content(config, part.spot()).ifPresent(text -> {
            ObjectNode template = template(in, part.spot(), target, text);
            if (isLong) {
                owner(part, template);
            }
        });
    }

    private Optional<String> source(Part part, boolean isLong, String kind) {
        Optional<String> source = isLong
                ? ServiceReading.given(part, "source").flatMap(each -> in.text(each, "source"))
                : Optional.of(part.text());
        if (source.isEmpty()) {
            in.refuse(part.spot(), kind + " has no source", "write source: with its name");
        }
        return source;
    }

    private @Nullable Part top(String kind, String name, Spot at) {
        Part all = in.around.file().at(kind);
        Part one = all == null ? null : all.at(name);
        if (one == null || !one.is(Kind.MAP)) {
            in.refuse(
                    at,
                    "there is nothing about " + name + " under " + kind + " at the top of the file",
                    "add it there");
            return null;
        }
        return one;
    }

    private Optional<String> content(Part config, Spot at) {
        Optional<Part> content = ServiceReading.given(config, "content");
        Optional<Part> variable = ServiceReading.given(config, "environment");
        Optional<Part> file = ServiceReading.given(config, "file");
        if (content.isPresent()) {
            return in.text(content.get(), "content");
        } else if (variable.isPresent()) {
            String value = in.around.variables().get(variable.get().text());
            if (value == null) {
                in.refuse(
                        variable.get().spot(), "the variable " + variable.get().text() + " is not set", "set it");
            }
            return Optional.ofNullable(value);
        } else if (file.isPresent()) {
            String text = in.around.beside().apply(file.get().text());
            if (text == null) {
                in.refuse(
                        file.get().spot(),
                        "the file " + file.get().text() + " is not there, or is no text",
                        "give it along: beside the file, or under files");
            }
            return Optional.ofNullable(text);
        } else if (ServiceReading.given(config, "external").isEmpty()) {
            in.refuse(at, "a config has no content", "write content: or file:");
        }
        return Optional.empty();
    }

    private void owner(Part part, ObjectNode template) {
        for (String name : OF_FILE) {
            ServiceReading.given(part, name)
                    .flatMap(each -> in.text(each, name))
                    .ifPresent(text -> {
                        if (ContainerTables.TEMPLATE.names().contains(name)) {
                            template.put(name, text);
                        } else if (!text.matches("0|0?444|0?644|\"\"")) {
                            in.refuse(
                                    part.spotOf(name),
                                    name + ": " + text + ": a file is read by everybody and written by nobody",
                                    "leave it out, or set it in the container's own start");
                        }
                    });
        }
    }

    /** A file whose content stands as it is. One without a tag is so for every agent; the others need one that knows engines. */
    static ObjectNode template(ServiceReading in, Spot at, String destination, String content) {
        ObjectNode template = JsonNodeFactory.instance
                .objectNode()
                .put("destination", destination)
                .put("content", content);
        if (TAG.matcher(content).find()) {
            template.put("engine", "none");
        }
        in.draft.add("templates", at, template);
        return template;
    }

    /** What is in it is kept by the server: an external one under its own name, another under the project's and its own. */
    private void secret(Part part, boolean isLong) {
        Optional<String> source = source(part, isLong, "secrets");
        Part secret = source.map(name -> top("secrets", name, part.spot())).orElse(null);
        if (source.isEmpty() || secret == null) {
            return;
        }
        boolean external = ServiceReading.given(secret, "external")
                .flatMap(each -> in.flag(each, "external"))
                .orElse(false);
        String own = external ? source.get() : in.around.project() + "." + source.get();
        String kept = ServiceReading.given(secret, "name").map(Part::text).orElse(own);
        String target =
                isLong ? ServiceReading.given(part, "target").map(Part::text).orElse(source.get()) : source.get();
        ObjectNode mount = JsonNodeFactory.instance.objectNode().put("name", kept);
        if (!target.equals(kept)) {
            mount.put("target", target);
        }
        if (isLong) {
            ServiceReading.given(part, "mode").ifPresent(each -> mode(each, mount));
            for (String name : List.of("uid", "gid")) {
                ServiceReading.given(part, name)
                        .flatMap(each -> in.number(each, name))
                        .ifPresent(number -> mount.put(name, number));
            }
        }
        in.draft.add("secrets", part.spot(), mount);
    }

    private void mode(Part part, ObjectNode mount) {
        if (MODE.matcher(part.text()).matches()) {
            mount.put("mode", part.text().replace("o", ""));
        } else {
            in.wrong(part, "mode", "three octal digits such as 0440");
        }
    }
}
