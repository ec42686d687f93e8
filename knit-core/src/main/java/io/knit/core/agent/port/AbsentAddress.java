package io.knit.core.agent.port;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PortBinding;
import io.knit.core.rules.IpAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells an address that a node does not have now, as its mesh comes up after its agent or goes for a moment, from one that it never had (pure).
 */
public final class AbsentAddress {
    /** Which no host lacks. */
    private static final Set<String> ALWAYS = Set.of("0.0.0.0", "127.0.0.1", canonical("::"), canonical("::1"));

    private AbsentAddress() {}

    /** Whether it failed for the lack of an address. */
    public static boolean isWhy(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.NO_SUCH_ADDRESS;
    }

    /**
     * Why a container was not started that never ran: where an address is missing that is not the mesh's, its port is not to be had on this
     * node, and may be on another.
     *
     * @param mesh the node's own address, or null: it has none, or does not know it
     */
    public static Throwable ofFirstStart(List<PortBinding> ports, @Nullable String mesh, Throwable why) {
        return isWhy(why) && !areOf(mesh, ports)
                ? new KnitException(ErrorCode.PORT_IN_USE, String.valueOf(why.getMessage()), why)
                : why;
    }

    private static boolean areOf(@Nullable String mesh, List<PortBinding> ports) {
        Set<String> asked = ports.stream()
                .map(PortBinding::hostIp)
                .map(AbsentAddress::canonical)
                .filter(ip -> !ALWAYS.contains(ip))
                .collect(Collectors.toSet());
        return mesh != null && asked.equals(Set.of(canonical(mesh)));
    }

    private static String canonical(String ip) {
        return Objects.requireNonNullElse(IpAddress.canonical(ip), ip);
    }
}
