package io.knit.core.server.dashboard.form;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.spi.Durations;
import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a button of the page asks for.
 *
 * @param kind word for what is done
 * @param name of the deployment or node
 * @param replicas as typed
 * @param deadline as typed
 * @param startFirst of a drain: {@code true}, {@code false}, or empty, as each deployment says
 * @param revision of the deployment when the button was seen; empty: not known yet
 */
public record ChangeForm(
        String kind, String name, String replicas, String deadline, String startFirst, String revision) {
    public static final Set<String> FIELDS =
            Set.of(CsrfTokens.FIELD, "do", "name", "replicas", "deadline", "start_first", "revision");

    public static final ChangeForm NONE = new ChangeForm("", "", "", "", "", "");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    public static ChangeForm of(MultiMap fields) {
        return new ChangeForm(
                field(fields, "do"),
                field(fields, "name"),
                field(fields, "replicas"),
                field(fields, "deadline"),
                field(fields, "start_first"),
                field(fields, "revision"));
    }

    private static String field(MultiMap fields, String name) {
        return Objects.requireNonNullElse(fields.get(name), "").strip();
    }

    /** The same, meant for the deployment as it is with this revision. */
    public ChangeForm withRevision(int number) {
        return new ChangeForm(kind, name, replicas, deadline, startFirst, Integer.toString(number));
    }

    /** @throws KnitException of kind USER */
    public Command<?> command() {
        return switch (kind) {
            case "scale" -> new Command.Scale(name, number("the number of instances", replicas), ifRevision());
            case "restart" -> new Command.Restart(name, false, ifRevision());
            case "rollback" -> new Command.Rollback(name, null, ifRevision());
            case "pause" -> new Command.Pause(name, ifRevision());
            case "resume" -> new Command.Resume(name, ifRevision());
            case "promote" -> new Command.Promote(name, ifRevision());
            case "drain" -> new Command.SetAvailability(name, Availability.DRAINED, time(), order());
            case "pause-node" -> new Command.SetAvailability(name, Availability.PAUSED);
            case "activate" -> new Command.SetAvailability(name, Availability.ACTIVE);
            default -> throw new KnitException(ErrorCode.INVALID_VALUE, "the page has no such button; open it anew");
        };
    }

    public @Nullable Integer ifRevision() {
        return revision.isEmpty() ? null : number("the revision", revision);
    }

    private static int number(String what, String text) {
        if (NUMBER.matcher(text).matches()) {
            return Integer.parseInt(text);
        }
        throw new KnitException(ErrorCode.INVALID_VALUE, what + " is no whole number; give one such as 3");
    }

    private @Nullable Boolean order() {
        return switch (startFirst) {
            case "" -> null;
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new KnitException(
                        ErrorCode.INVALID_VALUE, "what starts first is none of what the page offers; open it anew");
        };
    }

    private @Nullable Duration time() {
        if (deadline.isEmpty()) {
            return null;
        }
        return Durations.of(deadline)
                .filter(time -> !time.isZero())
                .orElseThrow(() -> new KnitException(
                        ErrorCode.INVALID_VALUE, "the time is no duration above zero; give one such as 10m, or none"));
    }
}
