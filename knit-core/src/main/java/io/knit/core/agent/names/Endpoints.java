package io.knit.core.agent.names;

import io.knit.api.model.PortBinding;
import io.knit.core.template.TemplateModel.ServicePort;
import io.knit.core.wire.NamedInstance;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is made of the names for files: the same facts always make the same list. */
final class Endpoints {
    /** So many are given; those on the node are among them. */
    static final int MOST = 1000;

    private final HeldNames names;
    private final String node;
    private final LocalInstances local;
    private final Predicate<String> routed;

    Endpoints(HeldNames names, String node, LocalInstances local, Predicate<String> routed) {
        this.names = names;
        this.node = node;
        this.local = local;
        this.routed = routed;
    }

    List<Endpoint> of(String name, String asker, @Nullable String network) {
        return deployments(name, asker).stream()
                .flatMap(deployment -> names.of(deployment).stream())
                .filter(it -> !it.node().equals(node) || local.isWell(it.id()))
                .flatMap(it -> endpoint(it, network))
                .sorted(Comparator.comparing((Endpoint it) -> !it.node().equals(node))
                        .thenComparing(Endpoint::instance))
                .limit(MOST)
                .toList();
    }

    private Collection<String> deployments(String name, String asker) {
        List<String> labels = List.of(name.split("\\."));
        return (labels.size() == 1 ? PlainNames.of(names, name, asker) : NameBook.deployments(names, labels))
                .orElse(List.of());
    }

    private Stream<Endpoint> endpoint(NamedInstance instance, @Nullable String network) {
        boolean here = instance.node().equals(node);
        String direct = here && network != null ? local.direct(instance.id(), network) : null;
        String own = instance.direct();
        if (!here && own != null && routed.test(own)) {
            direct = own;
        }
        String published = instance.address();
        if (direct == null && published == null && here) {
            direct = local.address(instance.id());
        }
        if (direct != null) {
            return at(instance, direct, PortBinding::containerPort, instance.ports().stream());
        }
        return published == null
                ? Stream.empty()
                : at(
                        instance,
                        published,
                        PortBinding::hostPort,
                        instance.ports().stream().filter(it -> NameBook.isAt(it, published)));
    }

    private static Stream<Endpoint> at(
            NamedInstance instance,
            String address,
            Function<PortBinding, Integer> number,
            Stream<PortBinding> bindings) {
        List<ServicePort> ports = bindings.map(
                        it -> new ServicePort(number.apply(it), it.containerPort(), it.protocol()))
                .toList();
        return ports.isEmpty()
                ? Stream.empty()
                : Stream.of(new Endpoint(instance.id(), instance.node(), address, ports));
    }
}
