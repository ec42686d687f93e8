package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.remote.screen.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What people see of deployments, instances and nodes. */
public final class Listings {
    private static final int SHORT_DIGEST = 12;
    private static final double MEBIBYTE = 1 << 20;

    private final Printer printer;

    public Listings(Printer printer) {
        this.printer = printer;
    }

    /** Of what has a field of its own for its name; what has none, as a host without an agent, is passed over. */
    public static List<String> names(JsonNode list, String field) {
        List<String> names = new ArrayList<>();
        for (JsonNode one : list) {
            if (one.hasNonNull(field)) {
                names.add(one.path(field).asText());
            }
        }
        return names;
    }

    public List<String> deployments(JsonNode list) {
        if (list.isEmpty()) {
            return List.of("nothing is deployed; knit deploy FILE deploys something");
        }
        TextTable table = new TextTable("NAME", "REVISION", "STATUS", "HEALTHY", "IMAGE", "AGE", "");
        for (JsonNode one : list) {
            table.row(
                    text(one, "name"),
                    text(one, "revision"),
                    TextTable.status(status(one)),
                    new RunLines(one, printer.now()).share(),
                    one.path("spec").path("image").asText(),
                    age(one, "created_at"),
                    trouble(one));
        }
        return table.lines(printer.terminal());
    }

    public List<String> deployment(JsonNode one) {
        List<String> lines = new ArrayList<>();
        JsonNode rollout = one.path("rollout");
        RunLines runs = new RunLines(one, printer.now());
        lines.add(TextTable.shown(text(one, "name") + " revision " + text(one, "revision") + ": " + status(one)
                + runs.words() + ", image "
                + one.path("spec").path("image").asText()));
        if (!rollout.path("reason").asText().isEmpty()) {
            lines.add(TextTable.shown("rollout " + rollout.path("phase").asText() + ": "
                    + rollout.path("reason").asText()));
        }
        if (!one.path("problem").asText("").isEmpty()) {
            lines.add(TextTable.shown("problem: " + one.path("problem").asText()));
        }
        lines.addAll(runs.lines(printer.terminal()));
        if (!one.path("instances").isEmpty()) {
            lines.add("");
            lines.addAll(instances(List.of(one)));
        }
        for (JsonNode instance : one.path("instances")) {
            if (!instance.path("last_output").isEmpty()) {
                lines.add("");
                lastOutput(instance, "", lines);
            }
        }
        return lines;
    }

    /** What it wrote last before it failed. */
    static void lastOutput(JsonNode instance, String indent, List<String> lines) {
        if (!instance.path("last_output").isEmpty()) {
            lines.add(TextTable.shown(indent + text(instance, "id") + " wrote last before it failed:"));
            instance.path("last_output").forEach(line -> lines.add(TextTable.shown(indent + "  " + line.asText())));
        }
    }

    /** Of one deployment, or of several. */
    public List<String> instances(Iterable<JsonNode> deployments) {
        TextTable table = new TextTable("INSTANCE", "REVISION", "NODE", "STATE", "RESTARTS", "PORTS", "AGE", "");
        boolean any = false;
        for (JsonNode deployment : deployments) {
            for (JsonNode one : deployment.path("instances")) {
                any = true;
                table.row(
                        text(one, "id"),
                        text(one, "revision"),
                        orDash(text(one, "node")),
                        TextTable.status(state(one)),
                        text(one, "restarts"),
                        ports(one.path("ports")),
                        age(one, "created_at"),
                        why(one));
            }
        }
        return any ? table.lines(printer.terminal()) : List.of("no instances");
    }

    public List<String> nodes(JsonNode list) {
        if (list.isEmpty()) {
            return List.of("no agent has joined yet; have a host join: knit join root@HOST");
        }
        TextTable table = printer.isWide()
                ? new TextTable(
                        "NODE", "STATE", "INSTANCES", "CPU", "MEMORY MiB", "ADDRESS", "AGENT", "ENGINE", "LABELS", "")
                : new TextTable("NODE", "STATE", "INSTANCES", "CPU", "MEMORY MiB", "");
        for (JsonNode one : list) {
            String name = one.path("id").isTextual() ? text(one, "id") : text(one, "hostname");
            String load = used(one, "cpu", "cpus", 1);
            String memory = used(one, "memory_bytes", "memory_bytes", MEBIBYTE);
            String why = text(one, "condition").isEmpty() ? text(one, "reason") : text(one, "condition");
            if (printer.isWide()) {
                table.row(
                        name,
                        TextTable.status(nodeState(one)),
                        text(one, "instances"),
                        load,
                        memory,
                        text(one, "mesh_ip"),
                        text(one, "agent_version"),
                        text(one, "engine_version"),
                        labels(one.path("labels")),
                        why);
            } else {
                table.row(name, TextTable.status(nodeState(one)), text(one, "instances"), load, memory, why);
            }
        }
        return table.lines(printer.terminal());
    }

    public List<String> revisions(JsonNode list) {
        TextTable table = new TextTable("REVISION", "AGE", "IMAGE", "REPLICAS", "INSTANCES", "BY", "");
        for (JsonNode one : list) {
            table.row(
                    text(one, "number") + (one.path("present").asBoolean() ? "*" : ""),
                    age(one, "created_at"),
                    image(one),
                    text(one, "replicas"),
                    text(one, "instances"),
                    orDash(text(one, "by")),
                    text(one, "command"));
        }
        return table.lines(printer.terminal());
    }

    /** With the begin of the digest that its instances run, by which one sees whether two are the same. */
    private static String image(JsonNode revision) {
        String digest = text(revision, "image_digest").replaceFirst("^sha256:", "");
        String image = text(revision, "image");
        return digest.isEmpty() || image.contains("@")
                ? image
                : image + "@" + digest.substring(0, Math.min(SHORT_DIGEST, digest.length()));
    }

    private static String nodeState(JsonNode node) {
        String availability = text(node, "availability");
        return availability.isEmpty() || availability.equals("active")
                ? text(node, "state")
                : text(node, "state") + ", " + availability;
    }

    /** What is set aside of what there is. */
    private static String used(JsonNode node, String reserved, String capacity, double unit) {
        if (!node.path("capacity").has(capacity)) {
            return "-";
        }
        return number(node.path("reserved").path(reserved).asDouble() / unit) + "/"
                + number(node.path("capacity").path(capacity).asDouble() / unit);
    }

    public static String number(double value) {
        return value == Math.rint(value)
                ? String.valueOf((long) value)
                : String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String labels(JsonNode labels) {
        List<String> all = new ArrayList<>();
        for (Iterator<Map.Entry<String, JsonNode>> it = labels.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> label = it.next();
            all.add(label.getKey() + "=" + label.getValue().asText());
        }
        return String.join(",", all);
    }

    /** Why an instance is as it is; of one whose image is pulled, how far that has come. */
    public static String why(JsonNode instance) {
        String reason = text(instance, "reason");
        JsonNode pull = instance.path("pull");
        return reason.isEmpty() && pull.isObject()
                ? "fetches its image: " + Bytes.words(pull.path("fetched_bytes").asDouble()) + " of "
                        + Bytes.words(pull.path("size_bytes").asDouble())
                : reason;
    }

    /** With what is to be said of its health. */
    public static String state(JsonNode instance) {
        String health = text(instance, "health");
        String state = text(instance, "state");
        if (instance.path("failing").asBoolean()) {
            return state + ", failing";
        }
        boolean checked = !health.isEmpty() && !health.equals("none");
        return state.equals("running") && checked ? state + ", " + health : state;
    }

    private static String status(JsonNode deployment) {
        return text(deployment, "status") + (deployment.path("paused").asBoolean() ? ", paused" : "");
    }

    /** How many instances there shall be. */
    public static long wanted(JsonNode deployment) {
        long wanted = 0;
        JsonNode spec = deployment.path("spec");
        String mode = spec.path("mode").asText("replicated");
        if (mode.equals("replicated")) {
            return spec.path("replicas").asLong();
        }
        for (JsonNode instance : deployment.path("instances")) {
            String state = text(instance, "state");
            wanted += state.equals("stopping") || state.equals("stopped") || state.equals("lost") ? 0 : 1;
        }
        return wanted;
    }

    /** Why a deployment is not as it should be, in the words of the first of its instances that has any. */
    private static String trouble(JsonNode deployment) {
        String status = text(deployment, "status");
        if (status.equals("running") || status.equals("completed")) {
            return "";
        }
        for (JsonNode instance : deployment.path("instances")) {
            if (!text(instance, "reason").isEmpty()) {
                return text(instance, "reason");
            }
        }
        return deployment.path("rollout").path("reason").asText();
    }

    private static String ports(JsonNode ports) {
        List<String> all = new ArrayList<>();
        for (JsonNode port : ports) {
            String protocol = text(port, "protocol");
            String ip = text(port, "host_ip");
            all.add((ip.isEmpty() ? "" : (ip.contains(":") ? "[" + ip + "]" : ip) + ":")
                    + text(port, "host_port") + "→" + text(port, "container_port")
                    + (protocol.equals("udp") ? "/udp" : ""));
        }
        return orDash(String.join(",", all));
    }

    private String age(JsonNode one, String field) {
        try {
            return age(Duration.between(Instant.parse(text(one, field)), printer.now()));
        } catch (DateTimeParseException e) {
            return "-";
        }
    }

    /** The largest unit of which there are two or more; of a clock that is behind, nothing. */
    public static String age(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 2 * 3_600) {
            return seconds / 60 + "m";
        }
        return seconds < 2 * 86_400 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
    }

    /** Empty where there is none. */
    public static String text(JsonNode one, String field) {
        JsonNode value = one.path(field);
        return value.isNull() ? "" : value.asText("");
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
