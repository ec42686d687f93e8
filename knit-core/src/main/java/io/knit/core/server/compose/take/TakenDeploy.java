package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.spi.Durations;
import io.knit.core.rules.node.PlatformWords;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where instances go, and how a change of them is carried out. */
final class TakenDeploy {
    private static final Pattern CONSTRAINT = Pattern.compile("\\s*([A-Za-z0-9_.\\-/]+)\\s*(==|!=)\\s*(.+?)\\s*");
    private static final String LINUX = "linux";
    private static final String LABELS = "node.labels.";
    private static final Map<String, String> FACTS = Map.of(
            "node.id", "node.id",
            "node.hostname", "node.hostname",
            "node.platform.os", "node.os",
            "node.platform.arch", "node.arch");
    private static final Map<String, String> MACHINES =
            Map.of("x86_64", "amd64", "aarch64", "arm64", "armv7l", "arm", "armv6l", "arm");
    private static final Map<String, String> ORDERS = Map.of("start-first", "start_first", "stop-first", "stop_first");
    private static final int ALL = 1000;

    private final ServiceReading in;
    private final Part deploy;

    TakenDeploy(ServiceReading in, Part deploy) {
        this.in = in;
        this.deploy = deploy;
    }

    /** Whether a service is to run on every node. */
    static boolean isGlobal(ServiceReading in) {
        return in.given("deploy")
                .flatMap(part -> ServiceReading.given(part, "mode"))
                .filter(mode -> mode.text().startsWith("global"))
                .isPresent();
    }

    void take(boolean replaced) {
        in.given("platform").flatMap(part -> in.text(part, "platform")).ifPresent(this::platform);
        ServiceReading.given(deploy, "placement").ifPresent(part -> placement(in.map(part, "placement")));
        Optional<Part> update = ServiceReading.given(deploy, "update_config");
        if (update.isPresent() && replaced) {
            update(in.map(update.get(), "update_config"));
        } else if (update.isPresent()) {
            in.remark(
                    deploy.spotOf("update_config"),
                    "what runs to its end is not updated: each revision is a run",
                    "leave it out");
        }
    }

    /** In the words of images, as Docker makes them of others; of a wrong one is told where it is admitted. */
    private void platform(String text) {
        Spot at = in.service.spotOf("platform");
        if (text.equals(LINUX)) {
            constraint(at, "node.os", "=", LINUX);
        } else {
            in.draft.set("platform", at, PlatformWords.normal(text));
        }
    }

    private void placement(Part placement) {
        ServiceReading.given(placement, "constraints")
                .ifPresent(part -> in.values(part, "constraints").forEach(this::constraint));
        ServiceReading.given(placement, "preferences").ifPresent(part -> {
            List<Part> all = in.items(part, "preferences");
            if (all.size() > 1) {
                in.refuse(all.get(1).spot(), "instances are spread over one label", "keep the first");
            }
            all.stream().limit(1).forEach(each -> spread(in.map(each, "preferences")));
        });
        in.number(placement, "max_replicas_per_node", "max_per_node");
    }

    private void spread(Part preference) {
        ServiceReading.given(preference, "spread")
                .flatMap(part -> in.text(part, "spread"))
                .ifPresent(text -> {
                    Spot at = preference.spotOf("spread");
                    if (text.startsWith(LABELS)) {
                        in.draft.set("spread_by", at, text.substring(LABELS.length()));
                    } else {
                        in.refuse(at, "spread: " + text + " is no label of nodes", "write " + LABELS + "KEY");
                    }
                });
    }

    private void constraint(Part part) {
        Matcher words = CONSTRAINT.matcher(part.text());
        String key = words.matches() ? words.group(1) : "";
        if (key.startsWith(LABELS)) {
            constraint(part.spot(), key.substring(LABELS.length()), op(words), words.group(3));
        } else if (FACTS.containsKey(key)) {
            String value = MACHINES.getOrDefault(words.group(3), words.group(3));
            constraint(
                    part.spot(), FACTS.get(key), op(words), key.equals("node.platform.arch") ? value : words.group(3));
        } else {
            in.refuse(
                    part.spot(),
                    "the constraint " + part.text() + " is not known"
                            + (key.equals("node.role") ? ": no node is a manager here" : ""),
                    "write node.labels.KEY==VALUE, node.hostname, node.id, node.platform.os or node.platform.arch; knit node label sets labels");
        }
    }

    private static String op(Matcher words) {
        return words.group(2).equals("==") ? "=" : "!=";
    }

    private void constraint(Spot at, String key, String op, String value) {
        ObjectNode constraint = JsonNodeFactory.instance.objectNode();
        in.draft.add("constraints", at, constraint.put("key", key).put("op", op).put("value", value));
    }

    /** What comes and what it replaces can't have one port of one host. */
    private void besideAFixedPort(Spot at) {
        for (JsonNode port : in.draft.json().path("ports")) {
            if (port.path("host_port").asInt() > 0) {
                in.remark(
                        at,
                        "host port " + port.path("host_port").asInt()
                                + " is fixed, so that what is started first needs another node; where there is none, it waits while the old one runs on",
                        "write order: stop-first, or publish the container's port alone");
                return;
            }
        }
    }

    private void update(Part update) {
        ServiceReading.given(update, "parallelism")
                .flatMap(part -> in.number(part, "parallelism"))
                .ifPresent(many ->
                        in.draft.set("update.max_parallel", update.spotOf("parallelism"), many == 0 ? ALL : many));
        settled(update);
        String failure = ServiceReading.given(update, "failure_action")
                .flatMap(part -> in.text(part, "failure_action"))
                .orElse("pause");
        in.draft.set("update.on_failure", update.spotOf("failure_action"), failure);
        String order = ServiceReading.given(update, "order")
                .flatMap(part -> in.text(part, "order"))
                .orElse("stop-first");
        in.draft.set("update.order", update.spotOf("order"), ORDERS.getOrDefault(order, order));
        if (order.equals("start-first")) {
            besideAFixedPort(update.spotOf("order"));
        }
        ServiceReading.given(update, "max_failure_ratio")
                .flatMap(part -> in.decimal(part, "max_failure_ratio"))
                .ifPresent(ratio -> {
                    BigDecimal replicas = in.draft.has("replicas")
                            ? in.draft.json().get("replicas").decimalValue()
                            : BigDecimal.ONE;
                    long failures = ratio.multiply(replicas)
                            .setScale(0, RoundingMode.DOWN)
                            .longValue();
                    in.draft.set("update.max_failures", update.spotOf("max_failure_ratio"), failures);
                });
    }

    /** A new one must be well for so long before the next is replaced, which is also the time between two. */
    private void settled(Part update) {
        Duration longest = null;
        Spot at = update.spot();
        for (String name : List.of("monitor", "delay")) {
            Optional<Part> given = ServiceReading.given(update, name);
            Optional<Duration> time = given.flatMap(part -> Amounts.time(part.text()));
            if (given.isPresent() && time.isEmpty()) {
                in.wrong(given.get(), name, "a time such as 1m30s");
            } else if (time.isPresent() && (longest == null || time.get().compareTo(longest) > 0)) {
                longest = time.get();
                at = update.spotOf(name);
            }
        }
        if (longest != null) {
            in.draft.set("update.min_healthy", at, Durations.text(longest));
        }
    }
}
