package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import io.knit.core.spec.ContainerTables;
import io.knit.core.spec.SpecTable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files that a container is given: configs as templates that change nothing, secrets. */
final class TakenFiles {
    private static final List<String> OF_FILE = List.of("mode", "uid", "gid");
    private static final Pattern TAG = Pattern.compile("\\{[{%#]");
    private static final boolean ENGINES = ContainerTables.TEMPLATE.names().contains("engine");

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
            if (isLong && template != null) {
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

    /** A file whose content stands as it is; null: it can't. */
    static @Nullable ObjectNode template(ServiceReading in, Spot at, String destination, String content) {
        ObjectNode template = JsonNodeFactory.instance.objectNode().put("destination", destination);
        if (ENGINES) {
            template.put("content", content).put("engine", "none");
        } else if (!TAG.matcher(content).find()) {
            template.put("content", content);
        } else if (content.contains("endverbatim")) {
            in.refuse(
                    at, "the file for " + destination + " has a tag of the template language", "put it into the image");
            return null;
        } else {
            // a tag swallows the blanks behind it
            String text = content.stripLeading();
            String blanks = content.substring(0, content.length() - text.length());
            template.put("content", blanks + "{% verbatim %}" + text + "{% endverbatim %}");
        }
        in.draft.add("templates", at, template);
        return template;
    }

    private void secret(Part part, boolean isLong) {
        source(part, isLong, "secrets").ifPresent(name -> {
            if (top("secrets", name, part.spot()) != null
                    && !SpecTable.SPEC.names().contains("secrets")) {
                in.refuse(
                        part.spot(),
                        "secrets: " + name + ": no secrets are kept yet",
                        "give it as a variable under environment:, or as a file that is on the nodes");
            }
        });
    }
}
