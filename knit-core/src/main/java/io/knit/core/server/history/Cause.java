package io.knit.core.server.history;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.spi.Durations;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command as it is remembered: who gave it, in words, and in a small form for programs. No secret is in it.
 *
 * @param deployment the deployment it is about, or null
 * @param node the node it is about, or null
 */
public record Cause(
        Caller caller,
        String words,
        Map<String, String> details,
        @Nullable String deployment,
        @Nullable String node) {
    private static final String DEPLOYMENT = "deployment";
    private static final String NODE = "node";
    private static final String REPLICAS = "replicas";

    public static Cause of(Command<?> command, Caller caller) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("kind", kind(command));
        String[] subject = command.subject().split("/", 2);
        details.put(subject[0], subject[subject.length - 1]);
        if (command instanceof Command.Deploy deploy) {
            details.put("image", deploy.spec().image());
            details.put(REPLICAS, Integer.toString(deploy.spec().replicas()));
        } else if (command instanceof Command.Scale scale) {
            details.put(REPLICAS, Integer.toString(scale.replicas()));
        } else if (command instanceof Command.Rollback rollback && rollback.revision() != null) {
            details.put("revision", rollback.revision().toString());
        } else if (command instanceof Command.Restart restart) {
            details.put("pull", Boolean.toString(restart.pull()));
        } else if (command instanceof Command.SetAvailability set) {
            details.put("availability", set.availability().wireName());
            if (set.deadline() != null) {
                details.put("deadline", Durations.text(set.deadline()));
            }
            if (set.startFirst() != null) {
                details.put("start_first", set.startFirst().toString());
            }
        } else if (command instanceof Command.Rebalance rebalance) {
            details.put("max_moves", Integer.toString(rebalance.maxMoves()));
        } else if (command instanceof Command.CreateToken create) {
            details.put("role", create.role().name().toLowerCase(Locale.ROOT));
            details.put("deployments", String.join(",", create.deployments()));
        } else if (command instanceof Command.CreateWebhook create) {
            details.put("events", String.join(",", create.events()));
            details.put("deployments", String.join(",", create.deployments()));
        } else if (command instanceof Command.SetValue set) {
            details.put("bytes", Integer.toString(set.content().size()));
        } else if (command instanceof Command.LabelNode label) {
            label.labels().forEach((key, value) -> details.put("labels." + key, value == null ? "" : value));
        }
        return new Cause(caller, command.words(), details, details.get(DEPLOYMENT), details.get(NODE));
    }

    /** {@code forget_node} of a {@code ForgetNode}. */
    private static String kind(Command<?> command) {
        return command.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }
}
