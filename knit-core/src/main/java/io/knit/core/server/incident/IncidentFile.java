package io.knit.core.server.incident;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.KnitVersion;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.core.server.incident.Recorder.Decided;
import io.knit.core.server.incident.Recorder.Recording;
import io.knit.core.server.schedule.fit.Refusal;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.wish.Scorers;
import io.knit.core.server.schedule.wish.Wish;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Recordings as text: a line for what it begins with, and one for each decision. */
public final class IncidentFile {
    static final int FORM = 1;

    private final ChangeJson changes;

    private IncidentFile(byte[] key) {
        changes = new ChangeJson(new Masks(key));
    }

    /**
     * All that the recorder keeps. May be much; on no event loop.
     *
     * @param key random bytes that nobody keeps
     */
    public static String write(Recorder recorder, byte[] key) {
        return new IncidentFile(key).write(recorder.recording());
    }

    private String write(Recording recording) {
        ClusterState state = recording.begin();
        List<Decided> decided = recording.decided();
        int from = 0;
        // what waits is known by more than is stored; mostly nothing does, or it is what it is for those that do
        Optional<ArrayNode> waits = waits(state);
        while (waits.isEmpty() && from + 1 < decided.size()) {
            Decided passed = decided.get(from++);
            if (passed.stored()) {
                state = Recorder.after(state, passed.changes(), passed.answered(), decided.get(from));
                waits = waits(state);
            }
        }
        StringBuilder text = new StringBuilder();
        text.append(head(state, waits.orElseGet(JsonNodeFactory.instance::arrayNode)))
                .append('\n');
        for (Decided each : decided.subList(from, decided.size())) {
            text.append(line(each)).append('\n');
        }
        return text.toString();
    }

    private ObjectNode head(ClusterState state, ArrayNode waits) {
        ObjectNode head = JsonNodeFactory.instance.objectNode();
        head.put("knit_incident", FORM).put("version", KnitVersion.current());
        head.put("cluster", state.cluster()).put("revision", state.revision()).put("last_event", state.lastEvent());
        Scorers scorers = state.fleet().scorers();
        if (!scorers.all().isEmpty()) {
            ArrayNode names = head.putArray("scorers");
            scorers.all().forEach(each -> names.add(each.name()));
        }
        ArrayNode all = head.putArray("state");
        state.nodes().values().forEach(node -> all.add(changes.of(new Change.PutNode(node))));
        for (Deployment deployment : state.deployments().values()) {
            for (Revision revision : state.revisionsOf(deployment.name())) {
                all.add(changes.of(new Change.PutRevision(revision)));
            }
            all.add(changes.of(new Change.PutDeployment(deployment)));
        }
        state.volumes().values().forEach(volume -> all.add(changes.of(new Change.PutVolume(volume))));
        state.moves().values().forEach(move -> all.add(changes.of(new Change.PutMove(move))));
        state.instances().values().forEach(instance -> all.add(changes.of(new Change.PutInstance(instance))));
        state.quarantined().forEach((name, why) -> all.add(changes.of(new Change.Quarantine(name, why))));
        ArrayNode unasked = head.putArray("unasked");
        state.deployments().keySet().stream()
                .filter(name -> !state.knowsWaitsOf(name))
                .forEach(unasked::add);
        head.set("waits", waits);
        return head;
    }

    /** Empty: what is wished of one that waits can't be told by any instance that there is. */
    private static Optional<ArrayNode> waits(ClusterState state) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (List<Waiting> waits : state.waits().values()) {
            for (Waiting waiting : waits) {
                Wish wish = waiting.wish();
                Instance of = state.waitingOf(wish.deployment()).stream()
                        .filter(instance -> wish.equals(wish(state, instance, wish.waits())))
                        .findFirst()
                        .orElse(null);
                if (of == null) {
                    return Optional.empty();
                }
                ObjectNode json = all.addObject();
                json.put("instance", of.id()).put("later", wish.waits());
                json.set("refusal", WireCodec.parse(WireCodec.encodeText(waiting.refusal())));
                waiting.clears().stream().sorted().forEach(json.withArray("clears")::add);
                if (waiting.tryAgain() != null) {
                    json.put("try_again", waiting.tryAgain().toString());
                }
            }
        }
        return Optional.of(all);
    }

    /** @param later whether those that rejected it are not asked yet */
    private static @Nullable Wish wish(ClusterState state, Instance instance, boolean later) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        Deployment present = state.deployment(instance.deployment());
        DeploymentSpec spec = revision == null ? null : revision.spec();
        Instant served = later ? instance.notBefore().minusMillis(1) : Instant.MAX;
        return spec == null || present == null
                ? null
                : Wish.of(instance, spec, present.spec(), served, state.pins(spec));
    }

    private ObjectNode line(Decided decided) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("revision", decided.revision()).put("last_event", decided.lastEvent());
        json.put("served", decided.served().toString());
        json.put("now", decided.now().toString()).put("most", decided.most()).put("stored", decided.stored());
        decided.due().forEach(json.putArray("due")::add);
        decided.given().forEach(json.putArray("ids")::add);
        ArrayNode asked = json.putArray("asked");
        // nothing is decided by tokens or webhooks, and who has the file is not to know who has one
        decided.changes().stream()
                .filter(change -> !change.isOfOutside())
                .forEach(change -> asked.add(changes.of(change)));
        ArrayNode answered = json.putArray("answered");
        decided.answered().forEach(change -> answered.add(changes.of(change)));
        new TreeSet<>(decided.left()).forEach(json.putArray("left")::add);
        return json;
    }

    /** The state that a file begins with. */
    static ClusterState begin(JsonNode head) {
        ClusterState state = ClusterState.empty(head.path("cluster").asText());
        for (JsonNode change : head.path("state")) {
            state = ChangeJson.read(change).applyTo(state);
        }
        Set<String> unasked = new TreeSet<>();
        head.path("unasked").forEach(name -> unasked.add(name.asText()));
        state = state.loaded(unasked);
        List<Waiting> all = new ArrayList<>();
        for (JsonNode waiting : head.path("waits")) {
            Instance instance = state.instance(waiting.path("instance").asText());
            Wish wish = instance == null
                    ? null
                    : wish(state, instance, waiting.path("later").asBoolean());
            if (wish != null) {
                Set<String> clears = new TreeSet<>();
                waiting.path("clears").forEach(node -> clears.add(node.asText()));
                JsonNode again = waiting.path("try_again");
                all.add(new Waiting(
                        wish,
                        WireCodec.decodeText(waiting.path("refusal").toString(), Refusal.class),
                        clears,
                        again.isTextual() ? Instant.parse(again.asText()) : null));
            }
        }
        for (var each : all.stream()
                .collect(Collectors.groupingBy(waiting -> waiting.wish().deployment()))
                .entrySet()) {
            state = new Change.PutWaits(each.getKey(), each.getValue()).applyTo(state);
        }
        return state.at(head.path("revision").asLong(), head.path("last_event").asLong());
    }
}
