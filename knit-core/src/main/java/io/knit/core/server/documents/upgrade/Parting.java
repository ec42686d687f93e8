package io.knit.core.server.documents.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.documents.kept.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** From form 1 to 2: what is wanted, seen and judged of an instance or a node has a document each. */
final class Parting implements Upgrades.Step {
    private static final Set<String> AGENTS =
            Set.of("PREPARING", "STARTING", "RUNNING", "STOPPED", "FAILED", "REJECTED");

    @Override
    public List<Upgrades.Tree> apply(Upgrades.Tree document) {
        return switch (document.table()) {
            case Tables.INSTANCE -> instance(document.key(), document.body());
            case Tables.NODE -> node(document.key(), document.body());
            default -> List.of(document);
        };
    }

    private static List<Upgrades.Tree> instance(String key, ObjectNode body) {
        ObjectNode decided = body.objectNode();
        ObjectNode observed = body.objectNode();
        String state = body.path("state").asText().toUpperCase(java.util.Locale.ROOT);
        boolean agents = AGENTS.contains(state);
        boolean ordered = "STOP".equalsIgnoreCase(body.path("order").asText());
        decided.put("lost", state.equals("LOST"));
        for (String field : List.of("attempt", "avoid", "not_before", "tried")) {
            move(body, field, decided, field);
        }
        copy(body, "reason", decided, "reason");
        if (!agents && !decided.has("tried") && decided.path("attempt").asInt() > 0) {
            decided.put("tried", tried(body.path("reason").asText()));
        }
        copy(body, "changed_at", decided, "since");
        observed.set("state", agents ? body.path("state") : body.nullNode());
        observed.set("reason", agents && !ordered ? body.path("reason") : body.textNode(""));
        for (String field : List.of("restarts", "failing")) {
            move(body, field, observed, field);
        }
        move(body, "status_seq", observed, "seq");
        copy(body, "changed_at", observed, "since");
        body.set("decided", decided);
        drop(body, "state", "reason", "changed_at");
        List<Upgrades.Tree> parts = new ArrayList<>();
        parts.add(new Upgrades.Tree(Tables.INSTANCE, key, body));
        if (agents || observed.path("seq").asLong() > 0) {
            parts.add(new Upgrades.Tree(Tables.OBSERVED, key, withoutMissing(observed)));
        }
        return parts;
    }

    /** Knit 0.1.0 kept what the nodes had said in the reason, before the newest refusal. */
    private static String tried(String reason) {
        int end = reason.lastIndexOf(" | ");
        return end < 0 ? reason : reason.substring(0, end);
    }

    private static List<Upgrades.Tree> node(String key, ObjectNode body) {
        ObjectNode facts = body.objectNode();
        ObjectNode judgement = body.objectNode();
        for (String field : List.of(
                "hostname",
                "labels",
                "capacity",
                "engine_version",
                "agent_version",
                "mesh_ip",
                "mesh_key",
                "condition",
                "features")) {
            move(body, field, facts, field);
        }
        move(body, "state", judgement, "state");
        move(body, "reason", judgement, "reason");
        move(body, "changed_at", judgement, "since");
        return List.of(
                new Upgrades.Tree(Tables.NODE, key, body),
                new Upgrades.Tree(Tables.FACTS, key, facts),
                new Upgrades.Tree(Tables.JUDGEMENT, key, judgement));
    }

    private static void move(ObjectNode from, String field, ObjectNode to, String name) {
        copy(from, field, to, name);
        from.remove(field);
    }

    private static void copy(ObjectNode from, String field, ObjectNode to, String name) {
        JsonNode value = from.get(field);
        if (value != null) {
            to.set(name, value);
        }
    }

    private static void drop(ObjectNode body, String... fields) {
        for (String field : fields) {
            body.remove(field);
        }
    }

    private static ObjectNode withoutMissing(ObjectNode tree) {
        Predicate<JsonNode> missing = value -> value.isNull() || value.isMissingNode();
        List<String> gone = new ArrayList<>();
        tree.fields().forEachRemaining(field -> {
            if (missing.test(field.getValue())) {
                gone.add(field.getKey());
            }
        });
        gone.forEach(tree::remove);
        return tree;
    }
}
