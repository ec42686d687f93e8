package io.knit.core.agent;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NetworkSpec;
import io.knit.api.spi.runtime.ContainerResolver;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.dns.NameHost;
import io.knit.core.agent.fetch.DroppedMessages;
import io.knit.core.agent.names.KeptNames;
import io.knit.core.agent.names.LocalInstances;
import io.knit.core.agent.names.NameBook;
import io.knit.core.agent.names.NamesKeeper;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.rules.node.ContainerSubnets;
import io.knit.core.template.ServiceLookup;
import io.knit.core.template.TemplateModel;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an agent has to do with names: what it hears of them, what it knows of its own, and who asks. Only on the loop. */
final class AgentNames {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    private final LocalInstances local = new LocalInstances();
    private final List<String> subnets;
    private final NameBook book;
    private final NamesKeeper keeper;
    private final NameHost host;

    /**
     * @param fault told why containers here can't ask; empty: they can
     * @param changed called when another table is held
     */
    AgentNames(AgentParts parts, String node, DroppedMessages dropped, Consumer<String> fault, Runnable changed) {
        subnets = parts.containerSubnets();
        book = new NameBook(node, local, own -> ContainerSubnets.areOfKind(subnets, own));
        keeper = new NamesKeeper(
                parts.loop(),
                parts.transport(),
                parts.timing(),
                book,
                new KeptNames(parts.loop(), parts.dataDir()),
                dropped,
                changed);
        host = new NameHost(parts.loop(), parts.runtime(), parts.names(), book, parts.ids(), RESOLV_CONF, fault);
    }

    /** Succeeds when containers can ask, or it is known that they can't. */
    Future<?> start(@Nullable String cluster) {
        return Future.join(keeper.start(cluster), host.start(cluster));
    }

    Future<Void> stop() {
        keeper.stop();
        return host.stop();
    }

    void joined(String cluster) {
        host.joined(cluster);
    }

    /** The server has the table of that digest. */
    void told(String cluster, AgentIdentity who, String digest) {
        keeper.told(cluster, who, digest);
    }

    /** What is known of the instances here. */
    LocalInstances local() {
        return local;
    }

    /** The address of an instance's container, if the mesh leads others to it. */
    Optional<String> routed(String instance) {
        return ContainerSubnets.firstIn(subnets, local.addresses(instance));
    }

    Optional<ContainerResolver> resolver(DeploymentSpec spec) {
        return host.resolver(spec);
    }

    /** Whether it was ever heard where instances are. */
    boolean isKnown() {
        return book.isKnown();
    }

    /** Where instances are for a container of that deployment on this node; on any thread. */
    ServiceLookup services(DeploymentSpec spec) {
        String network = network(spec.network());
        return name -> book.endpoints(name, spec.name(), network).stream()
                .map(it -> TemplateModel.endpoint(it.instance(), it.node(), it.address(), it.ports()))
                .toList();
    }

    /** Whether it does its work. */
    static boolean isWell(InstanceMemory memory) {
        Health health = memory.check().health();
        return memory.state() == InstanceState.RUNNING
                && !memory.failing()
                && (health == Health.NONE || health == Health.HEALTHY);
    }

    /** Gives whether it is another than it was. */
    boolean instance(String instance, InstanceMemory memory) {
        return local.told(instance, isWell(memory));
    }

    void forgotten(String instance) {
        local.forgotten(instance);
    }

    void seen(List<ContainerSnapshot> containers, AssignmentSet set) {
        local.seen(containers, instance -> {
            Assignment assignment = set.get(instance);
            DeploymentSpec spec = assignment == null ? null : assignment.spec();
            return spec == null ? null : network(spec.network());
        });
    }

    private static @Nullable String network(NetworkSpec network) {
        if (network.network().equals(NetworkSpec.HOST) || network.network().equals(NetworkSpec.NONE)) {
            return null;
        }
        return network.networks().isEmpty() ? "" : network.networks().get(0).name();
    }
}
