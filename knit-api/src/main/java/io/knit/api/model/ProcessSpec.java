package io.knit.api.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the process of a container is, beside its words and environment. Of JSON's fields they are the spec's own, as in Compose's files.
 *
 * @param entrypoint replaces the image's entrypoint, and the spec's {@code command} and {@code args} are its arguments; empty: {@code command} replaces it
 * @param user who it is: {@code name} or {@code uid}, perhaps with {@code :group}; empty: the image's
 * @param groupAdd groups that it is in besides, by name or number
 * @param workdir absolute path in the container where it starts; empty: the image's
 * @param tty whether it has a terminal
 * @param stdin whether what it reads is kept open for who joins it; else it reads its end at once
 * @param ulimits by the limit's name, {@code soft} or {@code soft:hard}; -1: none
 * @param platform what its image is for, {@code os/arch} or {@code os/arch/variant}, and what its node must be; empty: as the node's engine chooses
 */
public record ProcessSpec(
        List<String> entrypoint,
        String user,
        List<String> groupAdd,
        String workdir,
        boolean tty,
        boolean stdin,
        Map<String, String> ulimits,
        String platform) {
    /** What a spec has that says nothing of it. */
    public static final ProcessSpec DEFAULT = new ProcessSpec(List.of(), "", List.of(), "", false, false, Map.of(), "");

    /** One that is given nothing to read. */
    public ProcessSpec(
            List<String> entrypoint,
            String user,
            List<String> groupAdd,
            String workdir,
            boolean tty,
            Map<String, String> ulimits) {
        this(entrypoint, user, groupAdd, workdir, tty, false, ulimits);
    }

    /** One whose image is as the node's engine chooses. */
    public ProcessSpec(
            List<String> entrypoint,
            String user,
            List<String> groupAdd,
            String workdir,
            boolean tty,
            boolean stdin,
            Map<String, String> ulimits) {
        this(entrypoint, user, groupAdd, workdir, tty, stdin, ulimits, "");
    }

    public ProcessSpec {
        entrypoint = List.copyOf(entrypoint);
        Objects.requireNonNull(user, "user");
        groupAdd = List.copyOf(groupAdd);
        Objects.requireNonNull(workdir, "workdir");
        ulimits = Copies.ordered(ulimits);
        Objects.requireNonNull(platform, "platform");
    }

    /** The same for this platform. */
    public ProcessSpec on(String platform) {
        return new ProcessSpec(entrypoint, user, groupAdd, workdir, tty, stdin, ulimits, platform);
    }
}
