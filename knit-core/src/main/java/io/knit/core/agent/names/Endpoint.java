package io.knit.core.agent.names;

import io.knit.core.template.TemplateModel.ServicePort;
import java.util.List;

/**
 * Where an instance that does its work is, for who reads it.
 *
 * @param ports at least one, in the order of its spec
 */
public record Endpoint(String instance, String node, String address, List<ServicePort> ports) {
    public Endpoint {
        ports = List.copyOf(ports);
    }
}
