package io.knit.core.agent.names;

import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import io.knit.core.wire.NamesPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A book for tests: {@code web} on two nodes, {@code idle} on none, {@code web6}, and {@code many}. */
public final class TestBook {
    /** The address of a container of {@code web} on the node. */
    public static final String WEB = "172.17.0.20";

    private TestBook() {}

    public static NameBook of(String node, int many) {
        List<NamedInstance> instances = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            instances.add(instance("web", i, "10.54.0." + i));
        }
        instances.add(instance("web6", 1, "fd00::1"));
        for (int i = 1; i <= many; i++) {
            instances.add(instance("many", i, "10.54.1." + i));
        }
        List<NamedDeployment> deployments = List.of(
                new NamedDeployment("web", "", List.of()),
                new NamedDeployment("web6", "", List.of()),
                new NamedDeployment("idle", "", List.of()),
                new NamedDeployment("shop-db", "shop", List.of("db")),
                new NamedDeployment("many", "", List.of()));
        LocalInstances local = new LocalInstances();
        local.seen(
                List.of(new ContainerSnapshot(
                        "c",
                        "c",
                        ContainerState.RUNNING,
                        Map.of(KnitLabels.INSTANCE, "web-1-x7f3k2", KnitLabels.DEPLOYMENT, "web"),
                        null,
                        0,
                        WEB,
                        null)),
                instance -> "");
        NameBook book = new NameBook(node, local, own -> false);
        book.take(HeldNames.NONE.with(
                new NamesPage(1, "here", null, "d", deployments, instances, List.of(), List.of(), null)));
        return book;
    }

    private static NamedInstance instance(String deployment, int number, String address) {
        return new NamedInstance(
                deployment + "-" + number + "-x7f3k2",
                deployment,
                "n" + number,
                address,
                List.of(new PortBinding(address, 8000 + number, 80, Protocol.TCP)));
    }
}
