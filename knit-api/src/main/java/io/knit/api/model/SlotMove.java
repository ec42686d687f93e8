package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A slot that is moved to another node together with its volumes. While there is one, nothing is placed in the slot; its volumes hold it to the old node until all of them are on the new one.
 *
 * @param slot as {@link SlotVolume#slotOf} calls it
 * @param volumes names of those that are copied
 * @param copying whether nothing of the slot runs any more, so that they are copied
 * @param since when it was asked for
 * @param failures how often a copy broke off
 */
public record SlotMove(
        String deployment,
        String slot,
        String from,
        String to,
        List<String> volumes,
        boolean copying,
        Instant since,
        int failures) {
    public SlotMove {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(since, "since");
        volumes = List.copyOf(volumes);
    }

    /** Told apart from all others by it. */
    public String key() {
        return key(deployment, slot);
    }

    public static String key(String deployment, String slot) {
        return deployment + "/" + slot;
    }

    /** Its volumes are copied now. */
    public SlotMove copied() {
        return new SlotMove(deployment, slot, from, to, volumes, true, since, failures);
    }

    /** A copy broke off. */
    public SlotMove failed() {
        return new SlotMove(deployment, slot, from, to, volumes, copying, since, failures + 1);
    }

    /** For people. */
    public String words() {
        return "its volumes are moved from " + from + " to " + to + ": "
                + (copying
                        ? "they are copied" + (failures == 0 ? "" : ", after " + failures + " that broke off")
                        : "what runs of it stops first");
    }
}
