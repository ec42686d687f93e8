package io.knit.core.agent.dns;

import io.knit.api.spi.runtime.Bridge;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Networks of containers.
 *
 * @param bridges as the runtime names them
 */
record Subnets(List<Bridge> bridges, List<Subnet> subnets) {
    static final Subnets NONE = new Subnets(List.of(), List.of());

    /** The first bits of addresses. */
    record Subnet(byte[] address, int bits) {
        static @Nullable Subnet of(String text) {
            int slash = text.indexOf('/');
            byte[] address = slash < 0 ? null : NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash));
            try {
                int bits = Integer.parseInt(text.substring(slash + 1));
                return address == null || bits < 0 || bits > 8 * address.length ? null : new Subnet(address, bits);
            } catch (NumberFormatException e) {
                return null;
            }
        }

        boolean has(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> i % 8;
                if ((address[i / 8] & mask) != (other[i / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    static Subnets of(List<Bridge> bridges) {
        return new Subnets(
                List.copyOf(bridges),
                bridges.stream()
                        .map(bridge -> Subnet.of(bridge.subnet()))
                        .filter(Objects::nonNull)
                        .toList());
    }

    boolean have(String asker) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(asker);
        return address != null && subnets.stream().anyMatch(subnet -> subnet.has(address));
    }
}
