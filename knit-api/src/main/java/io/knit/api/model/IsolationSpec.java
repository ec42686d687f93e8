package io.knit.api.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What keeps a container apart from its host, or lets it reach there. Of JSON's fields they are the spec's own, as in Compose's files. What
 * reaches there is refused by agents that do not allow it.
 *
 * @param privileged whether it may do what its host may
 * @param capAdd capabilities that it has besides the engine's usual ones, such as {@code NET_ADMIN}
 * @param capDrop capabilities it has not, such as {@code NET_RAW}; {@code ALL}: none but those added
 * @param securityOpt the engine's security options, such as {@code seccomp=unconfined}
 * @param devices of the host that it may use: {@code /dev/ttyUSB0:/dev/modem:rw}
 * @param sysctls of the kernel's settings that are the container's own, by name
 * @param pid {@code host}: it sees its host's processes, and is one of them; empty: it has its own
 * @param ipc {@code host}: it has its host's shared memory, queues and semaphores; empty: it has its own
 */
public record IsolationSpec(
        boolean privileged,
        List<String> capAdd,
        List<String> capDrop,
        List<String> securityOpt,
        List<String> devices,
        Map<String, String> sysctls,
        String pid,
        String ipc) {
    /** The host's own, and not one of the container's. */
    public static final String HOST = "host";

    /** What a spec has that says nothing of it. */
    public static final IsolationSpec DEFAULT =
            new IsolationSpec(false, List.of(), List.of(), List.of(), List.of(), Map.of());

    public IsolationSpec {
        capAdd = List.copyOf(capAdd);
        capDrop = List.copyOf(capDrop);
        securityOpt = List.copyOf(securityOpt);
        devices = List.copyOf(devices);
        sysctls = Copies.ordered(sysctls);
        Objects.requireNonNull(pid, "pid");
        Objects.requireNonNull(ipc, "ipc");
    }

    /** One with processes and shared memory of its own. */
    public IsolationSpec(
            boolean privileged,
            List<String> capAdd,
            List<String> capDrop,
            List<String> securityOpt,
            List<String> devices,
            Map<String, String> sysctls) {
        this(privileged, capAdd, capDrop, securityOpt, devices, sysctls, "", "");
    }
}
