package io.knit.core.rules.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where containers of a host have addresses of their own to which the mesh leads: {@code 10.210.1.0/24}. */
public final class ContainerSubnets {
    /** Of one host. */
    public static final int MOST = 8;

    private ContainerSubnets() {}

    /**
     * As they are given, without those that lie in another of them.
     *
     * @throws IllegalArgumentException if one can't be such, in words for who gave it
     */
    public static List<String> read(List<String> given) {
        List<String> read = new ArrayList<>();
        for (String each : given) {
            String text = each.strip();
            String fault = fault(text);
            if (fault != null) {
                throw new IllegalArgumentException("\"" + text + "\" " + fault
                        + "; give a subnet of this host's containers, such as 10.210.1.0/24");
            }
            if (read.stream().noneMatch(other -> isWithin(text, other))) {
                read.removeIf(other -> isWithin(other, text));
                read.add(text);
            }
        }
        if (read.size() > MOST) {
            throw new IllegalArgumentException("more than " + MOST + " subnets are given; give fewer and larger ones");
        }
        return List.copyOf(read);
    }

    /** Those of a stranger's that can be such; null: none are told. */
    public static List<String> sound(@Nullable List<String> told) {
        return told == null
                ? List.of()
                : told.stream()
                        .filter(Objects::nonNull)
                        .filter(each -> fault(each) == null)
                        .distinct()
                        .limit(MOST)
                        .toList();
    }

    /** Whether the address is in one of them. */
    public static boolean have(List<String> subnets, String address) {
        return subnets.stream().map(Cidr::of).anyMatch(each -> each != null && each.has(address));
    }

    /** The first of these addresses that is in one of them. */
    public static Optional<String> firstIn(List<String> subnets, List<String> addresses) {
        return subnets.isEmpty()
                ? Optional.empty()
                : addresses.stream().filter(each -> have(subnets, each)).findFirst();
    }

    /** Whether one of them is of the address' kind: who has addresses of IPv4 alone reaches none of IPv6. */
    public static boolean areOfKind(List<String> subnets, String address) {
        return subnets.stream().anyMatch(each -> each.contains(":") == address.contains(":"));
    }

    /** Whether all addresses of the one are the other's, too; what is no subnet is in none. */
    public static boolean isWithin(String subnet, String other) {
        Cidr inner = Cidr.of(subnet);
        Cidr outer = Cidr.of(other);
        return inner != null && outer != null && outer.contains(inner);
    }

    /** Whether some address is in both. */
    public static boolean overlap(String one, String other) {
        return isWithin(one, other) || isWithin(other, one);
    }

    /** What is wrong with it; null: nothing. */
    private static @Nullable String fault(String text) {
        Cidr subnet = text.contains("/") ? Cidr.of(text) : null;
        if (subnet == null) {
            return "is no subnet";
        }
        if (!subnet.isPlain()) {
            return "has bits behind its prefix: the address before the \"/\" is to be the subnet's first";
        }
        if (subnet.prefix() < subnet.bits() / 4 || subnet.prefix() > subnet.bits() - 2) {
            return "has a prefix of " + subnet.prefix() + " bits, and " + subnet.bits() / 4 + " to "
                    + (subnet.bits() - 2) + " will do";
        }
        return subnet.isOfHosts() ? null : "is of addresses that no container has";
    }
}
