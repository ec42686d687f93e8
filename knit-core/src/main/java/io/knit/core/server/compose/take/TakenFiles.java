package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Value.Content;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files that a container is given: configs as templates that change nothing, secrets. */
final class TakenFiles {
    private static final Pattern TAG = Pattern.compile("\\{[{%#]");
    private static final int MOST_MODE = 0777;
    private static final String EXTERNAL = "external";
    private static final String RUN = "0755";

    private final ServiceReading in;
    private final List<ComposeSecret> secrets = new ArrayList<>();

    TakenFiles(ServiceReading in) {
        this.in = in;
    }

    /** @return the secrets whose content the file names */
    List<ComposeSecret> take() {
        in.given("configs").ifPresent(part -> in.each(part, "configs", this::config));
        in.given("secrets").ifPresent(part -> in.each(part, "secrets", this::secret));
        return secrets;
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
        once(config, List.of("content", "environment", "file"));
        content(config, part.spot()).ifPresent(text -> {
            // one that is relative is so to the container's root
            ObjectNode template = template(in, part.spot(), target.startsWith("/") ? target : "/" + target, text);
            Optional<Part> file = ServiceReading.given(config, "file");
            boolean has = isLong && ServiceReading.given(part, "mode").isPresent();
            if (file.isPresent() && !has && isRun(text)) {
                template.put("mode", RUN);
                in.remark(
                        part.spot(),
                        "the file " + file.get().text() + " begins with #!, and may be run: its mode is " + RUN,
                        "write mode: with another, behind source:");
            }
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

    /** What it holds is in one place: of two one would be passed over. */
    private List<String> once(Part top, List<String> ways) {
        List<String> given = ways.stream()
                .filter(way -> way.equals(EXTERNAL)
                        ? in.isExternal(top)
                        : ServiceReading.given(top, way).isPresent())
                .toList();
        if (given.size() > 1) {
            in.refuse(
                    top.spotOf(given.get(1)),
                    String.join(" and ", given) + " say " + (given.size() > 2 ? "several" : "two")
                            + " things of what is in it",
                    "keep one of them");
        }
        return given;
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
            String text = in.around.textOf(file.get().text());
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

    /** Whose a file is, and who may read it. */
    private void owner(Part part, ObjectNode file) {
        ServiceReading.given(part, "mode")
                .flatMap(each -> in.mode(each, MOST_MODE, "three octal digits such as 0440"))
                .ifPresent(mode -> file.put("mode", mode));
        for (String name : List.of("uid", "gid")) {
            ServiceReading.given(part, name)
                    .flatMap(each -> in.number(each, name))
                    .ifPresent(number -> file.put(name, number));
        }
    }

    /** Of a file's mode nothing is known but its text, which may have come from anywhere; that of a script that could not be run would be of no use. */
    private static boolean isRun(String text) {
        return text.startsWith("#!");
    }

    /** A file of who typed, as it is there. */
    static void mounted(ServiceReading in, Spot at, String source, String target, String text) {
        String run = isRun(text) ? " and, for it begins with #!, with the mode " + RUN : "";
        in.remark(
                at,
                "the file " + source + " is sent along as it is now" + run + ", for a node has it not",
                "deploy again when it changes");
        ObjectNode template = template(in, at, target, text);
        if (isRun(text)) {
            template.put("mode", RUN);
        }
    }

    /** A file whose content stands as it is. One without a tag is so for every agent; the others need one that knows engines. */
    static ObjectNode template(ServiceReading in, Spot at, String destination, String content) {
        in.findings.spend(at, content.length());
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
        String own = in.isExternal(secret) ? source.get() : in.around.project() + "." + source.get();
        String kept = in.nameOf(secret, source.get(), own).orElse(own);
        if (once(secret, List.of("file", "environment", EXTERNAL)).isEmpty()) {
            in.remark(
                    secret.spot(),
                    source.get() + " has neither file, environment nor external, and is what the server keeps as "
                            + kept + "; docker compose takes no such secret",
                    "write external: true and name: " + kept + ", which is the same here");
        } else if (!in.isExternal(secret)) {
            held(kept, secret);
        }
        String target =
                isLong ? ServiceReading.given(part, "target").map(Part::text).orElse(source.get()) : source.get();
        ObjectNode mount = JsonNodeFactory.instance.objectNode().put("name", kept);
        if (!target.equals(kept)) {
            mount.put("target", target);
        }
        if (isLong) {
            owner(part, mount);
        }
        in.draft.add("secrets", part.spot(), mount);
    }

    /** Who deploys may set it by what the file names; it is in no spec. */
    private void held(String kept, Part secret) {
        ServiceReading.given(secret, "file")
                .flatMap(part -> in.text(part, "file"))
                .ifPresent(file -> {
                    secrets.add(new ComposeSecret(kept, secret.spotOf("file"), file, "", null));
                    byHand("file", "file", secret, "knit secret set " + kept + " --raw --from-file " + file);
                });
        ServiceReading.given(secret, "environment")
                .flatMap(part -> in.text(part, "environment"))
                .ifPresent(name -> {
                    String value = in.around.variables().get(name);
                    Content held = value == null ? null : Content.of(value);
                    secrets.add(new ComposeSecret(kept, secret.spotOf("environment"), "", name, held));
                    byHand("environment", "variable", secret, "printenv " + name + " | knit secret set " + kept);
                });
    }

    private void byHand(String key, String what, Part secret, String command) {
        if (!in.around.liberties().contains(Liberty.SECRETS_ARE_SET)) {
            in.remark(
                    secret.spotOf(key),
                    key + ": the server keeps secrets, and the " + what + " is not read",
                    "knit deploy --secrets sets those that are not set yet; or set it once: " + command);
        }
    }
}
