package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order that an instance shall run, or be stopped and removed, on a node.
 *
 * @param spec what to run; null with {@code STOP}, and where {@code blob} stands for it
 * @param specHash {@link SpecHash} of the spec; empty with {@code STOP}
 * @param ports the spec's ports with the node's addresses and the assigned host ports
 * @param blob names the spec as a {@link SpecBlob}; null: it is here, or there is none
 * @param unreadable why this release can't read it, so that nothing can be made from it; null: it was read
 * @param values what the spec reads of variables, secrets and files; null: nothing
 * @param key the name of its slot, by which its volumes are called; null: they are called by the number
 */
public record Assignment(
        String instance,
        String deployment,
        int revision,
        int slot,
        Order order,
        @Nullable DeploymentSpec spec,
        @JsonProperty("spec_hash") String specHash,
        List<PortBinding> ports,
        @Nullable String blob,
        @Nullable String unreadable,
        @Nullable String key,
        @Nullable List<ReadValue> values) {

    /** One that was read whole. */
    public Assignment(
            String instance,
            String deployment,
            int revision,
            int slot,
            Order order,
            @Nullable DeploymentSpec spec,
            String specHash,
            List<PortBinding> ports) {
        this(instance, deployment, revision, slot, order, spec, specHash, ports, null, null, null, null);
    }

    /** What its slot is called, and its volumes by it. */
    public String slotName() {
        return key == null ? Integer.toString(slot) : key;
    }

    /** With the spec, for who can't ask for it by its hash. */
    public Assignment whole() {
        return blob == null && values == null ? this : with(spec, null, unreadable, namedOnly());
    }

    /** With the spec's name alone, if it has one, and with the names alone of what it reads. */
    public Assignment named() {
        return blob == null ? this : with(null, blob, unreadable, namedOnly());
    }

    /** With the names alone of what it reads. */
    public Assignment lean() {
        return values == null ? this : with(spec, blob, unreadable, namedOnly());
    }

    private @Nullable List<ReadValue> namedOnly() {
        return values == null ? null : values.stream().map(ReadValue::named).toList();
    }

    /** With the spec that its name stands for. */
    public Assignment resolved(DeploymentSpec spec) {
        return with(spec, blob, unreadable, values);
    }

    /** With what it reads. */
    public Assignment reading(List<ReadValue> given) {
        return with(spec, blob, unreadable, given);
    }

    /** What it reads, as far as that is known; empty: nothing. */
    public List<ReadValue> reads() {
        return values == null ? List.of() : values;
    }

    /** One whose spec this release can't read. */
    public Assignment unreadable(String why) {
        return with(null, blob, why, values);
    }

    /** Whether what its name stands for is not known yet. */
    public boolean isUnresolved() {
        return order == Order.RUN && spec == null && unreadable == null;
    }

    private Assignment with(
            @Nullable DeploymentSpec spec,
            @Nullable String blob,
            @Nullable String unreadable,
            @Nullable List<ReadValue> values) {
        return new Assignment(
                instance, deployment, revision, slot, order, spec, specHash, ports, blob, unreadable, key, values);
    }
}
