package io.knit.api.spi.runtime;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A container as the engine shows it.
 *
 * @param id the engine's id
 * @param name its name, without the engine's decoration
 * @param exit how it ended last, in words for a user ({@code exit code 1}, {@code killed, out of memory}), or null: never, or unknown
 * @param createdAt epoch seconds
 * @param address where its host reaches it and who shares its first network does, or null: nowhere, or not while it does not run
 * @param health what the engine thinks of it, or null: its image has no check, or the engine runs none
 * @param exitCode with which it ended last, or null: never, or unknown
 * @param addresses all that it has, from any of which it may be heard; empty: none, or not while it does not run
 */
public record ContainerSnapshot(
        String id,
        String name,
        ContainerState state,
        Map<String, String> labels,
        @Nullable String exit,
        long createdAt,
        @Nullable String address,
        @Nullable ContainerHealth health,
        @Nullable Integer exitCode,
        List<String> addresses) {
    public ContainerSnapshot {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        labels = Map.copyOf(labels);
        addresses = List.copyOf(addresses);
    }

    /** One that is on one network at most. */
    public ContainerSnapshot(
            String id,
            String name,
            ContainerState state,
            Map<String, String> labels,
            @Nullable String exit,
            long createdAt,
            @Nullable String address,
            @Nullable ContainerHealth health,
            @Nullable Integer exitCode) {
        this(
                id,
                name,
                state,
                labels,
                exit,
                createdAt,
                address,
                health,
                exitCode,
                address == null ? List.of() : List.of(address));
    }

    /** One of whose exit code nothing is known. */
    public ContainerSnapshot(
            String id,
            String name,
            ContainerState state,
            Map<String, String> labels,
            @Nullable String exit,
            long createdAt,
            @Nullable String address,
            @Nullable ContainerHealth health) {
        this(id, name, state, labels, exit, createdAt, address, health, null);
    }

    /** One without an address and a check. */
    public ContainerSnapshot(
            String id,
            String name,
            ContainerState state,
            Map<String, String> labels,
            @Nullable String exit,
            long createdAt) {
        this(id, name, state, labels, exit, createdAt, null, null, null);
    }
}
