package io.knit.core.server.dashboard.volume;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.vertx.core.MultiMap;
import java.util.Objects;
import java.util.Set;

/**
 * What a button of the page of volumes asks for.
 *
 * @param action {@code remove}, {@code move} or {@code cancel}
 * @param name of the deployment
 * @param to where a slot is to go
 */
public record VolumeForm(String action, String name, String slot, String volume, String node, String to) {
    public static final Set<String> FIELDS = Set.of(CsrfTokens.FIELD, "do", "name", "slot", "volume", "node", "to");

    static VolumeForm of(MultiMap fields) {
        return new VolumeForm(
                field(fields, "do"),
                field(fields, "name"),
                field(fields, "slot"),
                field(fields, "volume"),
                field(fields, "node"),
                field(fields, "to"));
    }

    private static String field(MultiMap fields, String name) {
        return Objects.requireNonNullElse(fields.get(name), "").strip();
    }

    /** @throws KnitException of kind USER */
    Command<?> command() {
        return switch (action) {
            case "remove" -> new Command.RemoveVolume(name, slot, volume, node);
            case "move" -> new Command.MoveSlot(name, slot, to);
            case "cancel" -> new Command.CancelMove(name, slot);
            default -> throw new KnitException(ErrorCode.INVALID_VALUE, "the page has no such button; open it anew");
        };
    }

    /** What the page says once it is done. */
    String done() {
        return switch (action) {
            case "remove" -> "removing=" + name + "/" + slot + "/" + volume;
            case "move" -> "moving=" + name + "/" + slot;
            default -> "staying=" + name + "/" + slot;
        };
    }
}
