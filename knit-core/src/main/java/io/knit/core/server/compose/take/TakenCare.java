package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.knit.core.rules.process.SignalWords;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How a node looks after what runs: its check, how it is stopped, where what it writes is kept. When it is started again is for {@link TakenMode}. */
final class TakenCare {
    private static final Map<String, String> LOG = Map.of("max-size", "log.max_size", "max-file", "log.max_files");

    private final ServiceReading in;

    TakenCare(ServiceReading in) {
        this.in = in;
    }

    void take() {
        in.given("healthcheck").ifPresent(part -> health(in.map(part, "healthcheck")));
        in.given("stop_signal").flatMap(part -> in.text(part, "stop_signal")).ifPresent(this::signal);
        in.time(in.service, "stop_grace_period", "stop.grace");
        in.given("pre_stop").ifPresent(this::preStop);
        in.given("logging").ifPresent(part -> logging(in.map(part, "logging")));
    }

    private void health(Part check) {
        Optional<Boolean> disabled = ServiceReading.given(check, "disable").flatMap(part -> in.flag(part, "disable"));
        Part test = check.at("test");
        Spot at = check.spotOf("test");
        if (disabled.orElse(false)) {
            in.draft.set("health.disabled", check.spotOf("disable"), true);
            return;
        }
        if (test == null || test.is(Kind.NOTHING)) {
            if (!check.members().isEmpty() && !(check.members().size() == 1 && disabled.isPresent())) {
                in.refuse(
                        check.spot(),
                        "healthcheck has no test: how an image's own is timed is said in the image",
                        "write test: with the image's own check, too");
            }
            return;
        }
        List<String> words =
                test.is(Kind.LIST) ? TakenProcess.words(in, test, "test") : List.of("CMD-SHELL", test.text());
        String kind = words.isEmpty() ? "" : words.get(0);
        switch (kind) {
            case "NONE" -> in.draft.set("health.disabled", at, true);
            case "CMD" -> exec(check, at, TakenProcess.texts(words.subList(1, words.size())));
            case "CMD-SHELL" -> exec(check, at, shell(words));
            default -> in.refuse(at, "the test begins with " + kind, "begin it with CMD, CMD-SHELL or NONE");
        }
    }

    private static ArrayNode shell(List<String> words) {
        return TakenProcess.texts(List.of("/bin/sh", "-c", String.join(" ", words.subList(1, words.size()))));
    }

    /** What is not given is Compose's own: a check that may take ten seconds there is not to fail here after two. */
    private void exec(Part check, Spot at, ArrayNode command) {
        if (command.isEmpty()) {
            in.refuse(at, "the test has no command", "write it behind CMD");
            return;
        }
        in.draft.set("health.exec", at, command);
        in.draft.set("health.interval", at, "30s");
        in.draft.set("health.timeout", at, "30s");
        // nothing stands for what is usual, as with engines
        if (!isZero(check, "interval")) {
            in.time(check, "interval", "health.interval");
        }
        if (!isZero(check, "timeout")) {
            in.time(check, "timeout", "health.timeout");
        }
        if (!isZero(check, "retries")) {
            in.number(check, "retries", "health.retries");
        }
        in.time(check, "start_period", "health.grace");
    }

    private static boolean isZero(Part part, String name) {
        return ServiceReading.given(part, name)
                .filter(each -> each.text().matches("0[a-z]*"))
                .isPresent();
    }

    /** Engines take them in any letters, and by their numbers. */
    private void signal(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String name = text.matches("\\d{1,2}")
                ? SignalWords.of(Integer.parseInt(text)).orElse("")
                : upper.startsWith("SIG") ? upper : "SIG" + upper;
        if (SignalWords.fault(name) == null) {
            in.draft.set("stop.signal", in.service.spotOf("stop_signal"), name);
        } else {
            in.refuse(
                    in.service.spotOf("stop_signal"),
                    "stop_signal " + text + " is no signal's name",
                    "give its name, such as SIGQUIT");
        }
    }

    private void preStop(Part part) {
        List<Part> hooks = in.items(part, "pre_stop");
        if (hooks.size() > 1) {
            in.refuse(
                    hooks.get(1).spot(),
                    "there are " + hooks.size() + " commands in pre_stop",
                    "write one that does all");
        } else if (hooks.size() == 1) {
            Part hook = in.map(hooks.get(0), "pre_stop");
            List<String> words = ServiceReading.given(hook, "command")
                    .map(each -> TakenProcess.words(in, each, "command"))
                    .orElse(List.of());
            if (words.isEmpty()) {
                in.refuse(hook.spot(), "pre_stop has no command", "write command: with it");
            } else {
                in.draft.set("stop.pre_stop", hook.spotOf("command"), TakenProcess.texts(words));
            }
        }
    }

    private void logging(Part logging) {
        in.text(logging, "driver", "log.driver");
        ServiceReading.given(logging, "options").ifPresent(part -> {
            Part options = in.map(part, "options");
            options.members().forEach((name, value) -> {
                if (!LOG.containsKey(name)) {
                    in.refuse(
                            options.spotOf(name),
                            "the option " + name + " of logging is not set",
                            "leave it out; there are max-size and max-file");
                }
            });
            in.size(options, "max-size", "log.max_size");
            in.number(options, "max-file", "log.max_files");
        });
    }
}
