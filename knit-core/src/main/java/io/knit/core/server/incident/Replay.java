package io.knit.core.server.incident;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.wire.WireCodec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Decides again what a file tells of, from the same and in the same order (pure). */
public final class Replay {
    private static final int LONGEST = 300;
    private static final String CHOSEN = "/value/decided/chosen";

    /** What is in a file is masked already. */
    private final ChangeJson changes = ChangeJson.unmasked();

    private final BiFunction<Question, IdSource, Outcome> controller;
    private ClusterState state;

    private Replay(ClusterState begin, BiFunction<Question, IdSource, Outcome> controller) {
        this.state = begin;
        this.controller = controller;
    }

    /**
     * What came of it.
     *
     * @param decisions how many were decided again
     * @param difference the first that is another one now, in words; null: all are the same
     */
    public record Result(int decisions, @Nullable String difference) {}

    /** @throws KnitException if it is no such file */
    public static Result of(String text) {
        return of(text, ControlLoop::decide);
    }

    static Result of(String text, BiFunction<Question, IdSource, Outcome> controller) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        ObjectNode head = lines.isEmpty() ? null : parsed(lines.get(0), 1);
        if (head == null || !head.has("knit_incident")) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "this is no incident of Knit: its first line does not say knit_incident; give a file that GET /incident answered");
        }
        if (head.path("knit_incident").asInt() != IncidentFile.FORM) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the incident has form " + head.path("knit_incident") + ", and this version knows form "
                            + IncidentFile.FORM + "; replay it with the version that wrote it, "
                            + head.path("version").asText());
        }
        Replay replay = new Replay(IncidentFile.begin(head), controller);
        List<ObjectNode> decided = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            decided.add(parsed(lines.get(i), i + 1));
        }
        for (int i = 0; i < decided.size(); i++) {
            String difference = decide(replay, decided, i);
            if (difference != null) {
                return new Result(
                        i + 1,
                        "decision " + (i + 1) + " of " + decided.size() + ", of "
                                + decided.get(i).path("now").asText() + ", is another one now: " + difference
                                + scorers(head));
            }
        }
        return new Result(decided.size(), null);
    }

    /** What nodes were liked by is code of who embeds the server, which no file has. */
    private static String scorers(ObjectNode head) {
        return head.has("scorers")
                ? "; the server was built with the scorers " + head.path("scorers")
                        + ", which are not replayed: what they liked may be the difference"
                : "";
    }

    private static @Nullable String decide(Replay replay, List<ObjectNode> decided, int number) {
        try {
            return replay.decide(decided.get(number), number + 1 < decided.size() ? decided.get(number + 1) : null);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "line " + (number + 2) + " can't be read as a decision: " + e.getMessage());
        }
    }

    private static ObjectNode parsed(String line, int number) {
        try {
            return WireCodec.parse(line);
        } catch (KnitException e) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "line " + number + " can't be read: " + e.getMessage());
        }
    }

    private @Nullable String decide(ObjectNode told, @Nullable ObjectNode next) {
        List<Change> asked = new ArrayList<>();
        told.path("asked").forEach(change -> asked.add(ChangeJson.read(change)));
        state = state.servedAt(Instant.parse(told.path("served").asText()));
        ClusterState tip = state;
        for (Change change : asked) {
            tip = change.applyTo(tip);
        }
        Set<String> due = new LinkedHashSet<>();
        told.path("due").forEach(name -> due.add(name.asText()));
        Iterator<JsonNode> ids = told.path("ids").elements();
        Outcome outcome;
        try {
            outcome = controller.apply(
                    new Question(
                            state,
                            tip,
                            asked,
                            due,
                            told.path("most").asInt(),
                            Instant.parse(told.path("now").asText())),
                    length -> ids.hasNext() ? ids.next().asText() : "one-more-than-then");
        } catch (RuntimeException e) {
            return "it fails: " + e;
        }
        String difference = difference(told, outcome);
        if (difference == null && told.path("stored").asBoolean() && next != null) {
            for (Change change : outcome.changes()) {
                tip = change.applyTo(tip);
            }
            state = tip.at(
                    next.path("revision").asLong(), next.path("last_event").asLong());
        }
        return difference;
    }

    private @Nullable String difference(ObjectNode told, Outcome outcome) {
        JsonNode before = told.path("answered");
        for (int i = 0; i < Math.max(before.size(), outcome.changes().size()); i++) {
            JsonNode was = before.get(i);
            ObjectNode is =
                    i < outcome.changes().size() ? changes.of(outcome.changes().get(i)) : null;
            if (was == null || is == null || !Objects.equals(was, asThen(is, was))) {
                return "then its change " + (i + 1) + " was " + words(was, is) + ", and now it is " + words(is, was);
            }
        }
        List<String> left = new ArrayList<>();
        told.path("left").forEach(name -> left.add(name.asText()));
        List<String> now = List.copyOf(new TreeSet<>(outcome.left()));
        return left.equals(now) ? null : "then it left " + left + " for later, and now " + now;
    }

    /** A server of before did not note why a node was chosen, which changes nothing of what was. */
    private static ObjectNode asThen(ObjectNode is, JsonNode was) {
        if (is.at(CHOSEN).isMissingNode() || !was.at(CHOSEN).isMissingNode()) {
            return is;
        }
        ObjectNode bare = is.deepCopy();
        ((ObjectNode) bare.at("/value/decided")).remove("chosen");
        return bare;
    }

    /** What it is about, and where it differs from the other first. */
    private static String words(@Nullable JsonNode change, @Nullable JsonNode other) {
        if (change == null) {
            return "none";
        }
        String about = "(" + ChangeJson.words(change) + ")";
        if (other == null || !ChangeJson.words(other).equals(ChangeJson.words(change))) {
            return about;
        }
        String text = about + " with " + first(change, other, "");
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    private static String first(JsonNode one, JsonNode other, String at) {
        if (one.isObject() && other.isObject()) {
            Set<String> names = new TreeSet<>();
            one.fieldNames().forEachRemaining(names::add);
            other.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                JsonNode mine = one.path(name);
                JsonNode others = other.path(name);
                if (!mine.equals(others)) {
                    return first(mine, others, at + "/" + name);
                }
            }
        }
        return at + " = " + (one.isMissingNode() ? "nothing" : one);
    }
}
