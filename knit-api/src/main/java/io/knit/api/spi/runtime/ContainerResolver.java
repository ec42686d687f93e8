package io.knit.api.spi.runtime;

import java.util.List;

/**
 * Whom a container asks for names, where its spec names nobody.
 *
 * @param servers addresses, in order
 * @param search domains that are put behind a name
 */
public record ContainerResolver(List<String> servers, List<String> search) {
    public ContainerResolver {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }
}
