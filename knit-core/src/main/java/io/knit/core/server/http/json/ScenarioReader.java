package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Scenario;
import io.knit.api.foresight.Scenario.Pace;
import io.knit.api.foresight.Scenario.Step;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.admission.Refusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A scenario's JSON, as strictly as a spec's is read: what was not understood would seem to have no consequence. */
public final class ScenarioReader {
    private static final String STEPS = "steps";
    private static final String FOR = "for";
    private static final String PACE = "pace";
    private static final String NODE = "node";
    private static final List<String> PACES = List.of("fetch", "start", "stop", "run");
    private static final List<String> DRAIN =
            Stream.concat(Stream.of(NODE), OperationReader.DRAINING.stream()).toList();
    /** What may happen; each step is one of them. */
    static final List<String> WORDS = List.of(
            "kill",
            "revive",
            "advance",
            "unhealthy",
            "deploy",
            "undeploy",
            "scale",
            "rollback",
            "restart",
            "promote",
            "drain",
            "activate");

    private final Refusals refusals = new Refusals();

    private ScenarioReader() {}

    /** @throws KnitException of kind USER */
    public static Scenario read(byte[] body) {
        ScenarioReader reader = new ScenarioReader();
        Scenario scenario = reader.scenario(SpecReader.tree(body));
        reader.refusals.throwIfAny();
        return scenario;
    }

    private Scenario scenario(JsonNode tree) {
        Fields fields = new Fields(tree, "", refusals, List.of(STEPS, FOR, PACE));
        List<Step> steps = new ArrayList<>();
        if (!fields.has(STEPS)) {
            fields.require(STEPS);
        } else {
            List<Fields> read = fields.objects(STEPS, WORDS);
            for (int i = 0; i < Math.min(read.size(), Scenario.MOST_STEPS + 1); i++) {
                Step step = step(read.get(i), tree.get(STEPS).get(i), "/" + STEPS + "/" + i);
                if (step != null) {
                    steps.add(step);
                }
            }
        }
        Duration length = fields.has(FOR) ? atMostADay("/" + FOR, fields.duration(FOR)) : null;
        Pace pace = fields.has(PACE) ? pace(fields.object(PACE, PACES)) : Pace.USUAL;
        try {
            return new Scenario(steps, length == null ? Scenario.USUAL : length, pace);
        } catch (IllegalArgumentException e) {
            refusals.add("", ErrorCode.INVALID_VALUE, String.valueOf(e.getMessage()));
            return Scenario.of();
        }
    }

    private Pace pace(Fields fields) {
        Pace usual = Pace.USUAL;
        return new Pace(
                time(fields, "fetch", usual.fetch()),
                time(fields, "start", usual.start()),
                time(fields, "stop", usual.stop()),
                time(fields, "run", usual.run()));
    }

    private Duration time(Fields fields, String name, Duration unlessGiven) {
        Duration given = fields.has(name) ? atMostADay("/" + PACE + "/" + name, fields.duration(name)) : null;
        return given == null ? unlessGiven : given;
    }

    private @Nullable Duration atMostADay(String pointer, @Nullable Duration time) {
        if (time == null || time.compareTo(Scenario.LONGEST) <= 0) {
            return time;
        }
        refusals.add(pointer, ErrorCode.INVALID_VALUE, "that is longer than a day; give at most 24h");
        return null;
    }

    /** Null: it is refused. */
    private @Nullable Step step(Fields fields, JsonNode tree, String pointer) {
        List<String> given = WORDS.stream().filter(fields::has).toList();
        if (given.size() != 1) {
            // an unknown word was refused already
            if (tree.isObject() && (given.size() > 1 || tree.isEmpty())) {
                refusals.add(
                        pointer,
                        given.isEmpty() ? ErrorCode.MISSING_FIELD : ErrorCode.INVALID_VALUE,
                        (given.isEmpty() ? "the step says nothing" : "the step says " + String.join(" and ", given))
                                + "; give one of " + String.join(", ", WORDS) + " in each");
            }
            return null;
        }
        String word = given.get(0);
        return switch (word) {
            case "kill" -> named(fields, word, Scenario.Kill::new);
            case "revive" -> named(fields, word, Scenario.Revive::new);
            case "unhealthy" -> named(fields, word, Scenario.Unhealthy::new);
            case "advance" -> advance(fields, pointer);
            case "deploy" ->
                new Scenario.Run(new Command.Deploy(SpecReader.read(tree.get(word), pointer + "/" + word, refusals)));
            case "scale" -> scale(fields.object(word, List.of("name", "replicas")));
            case "drain" ->
                tree.get(word).isObject()
                        ? drain(fields.object(word, DRAIN))
                        : run(fields, word, node -> new Command.SetAvailability(node, Availability.DRAINED));
            case "activate" -> run(fields, word, node -> new Command.SetAvailability(node, Availability.ACTIVE));
            case "undeploy" -> run(fields, word, Command.Undeploy::new);
            case "rollback" -> run(fields, word, name -> new Command.Rollback(name, null, null));
            case "restart" -> run(fields, word, name -> new Command.Restart(name, false, null));
            default -> run(fields, word, name -> new Command.Promote(name, null));
        };
    }

    private static @Nullable Step named(Fields fields, String word, Function<String, Step> step) {
        String name = fields.text(word);
        return step.apply(name);
    }

    private static @Nullable Step run(Fields fields, String word, Function<String, Command<?>> command) {
        return named(fields, word, name -> new Scenario.Run(command.apply(name)));
    }

    private @Nullable Step advance(Fields fields, String pointer) {
        Duration time = atMostADay(pointer + "/advance", fields.duration("advance"));
        return time == null ? null : new Scenario.Advance(time);
    }

    /** With how it is drained. */
    private static @Nullable Step drain(Fields fields) {
        OperationReader.Draining how = OperationReader.draining(fields);
        if (!fields.has(NODE)) {
            fields.require(NODE);
            return null;
        }
        return run(
                fields,
                NODE,
                node -> new Command.SetAvailability(node, Availability.DRAINED, how.deadline(), how.startFirst()));
    }

    private static @Nullable Step scale(Fields fields) {
        if (!fields.has("name") || !fields.has("replicas")) {
            List.of("name", "replicas").stream().filter(it -> !fields.has(it)).forEach(fields::require);
            return null;
        }
        String name = fields.text("name");
        Integer replicas = fields.number("replicas");
        return replicas == null ? null : new Scenario.Run(new Command.Scale(name, replicas, null));
    }
}
