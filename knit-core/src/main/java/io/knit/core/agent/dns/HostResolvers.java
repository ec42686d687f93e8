package io.knit.core.agent.dns;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom a host asks for names, as its {@code resolv.conf} says.
 *
 * @param servers addresses, in order
 * @param search domains that are put behind a name
 */
public record HostResolvers(List<String> servers, List<String> search) {
    public static final HostResolvers NONE = new HostResolvers(List.of(), List.of());

    private static final int MOST = 6;

    public HostResolvers {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** Of the text of a {@code resolv.conf}; the last line with a search list counts. */
    static HostResolvers of(String text) {
        List<String> servers = new ArrayList<>();
        List<String> search = List.of();
        for (String line : text.split("\n", -1)) {
            List<String> words = List.of(line.strip().split("\\s+"));
            List<String> rest = words.subList(1, words.size());
            if (words.get(0).equals("nameserver") && !rest.isEmpty() && servers.size() < MOST) {
                String address = rest.get(0);
                if (NetUtil.isValidIpV4Address(address) || NetUtil.isValidIpV6Address(address)) {
                    servers.add(address);
                }
            } else if (words.get(0).equals("search") || words.get(0).equals("domain")) {
                search = rest.stream().filter(it -> !it.equals(".")).limit(MOST).toList();
            }
        }
        return new HostResolvers(servers, search);
    }
}
