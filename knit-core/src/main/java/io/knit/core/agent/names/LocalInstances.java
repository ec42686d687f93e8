package io.knit.core.agent.names;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an agent knows of the instances on its own node, before any server does. Thread-safe. */
public final class LocalInstances {
    /** By instance; one that is not there was not spoken of yet. */
    private final Map<String, Boolean> well = new ConcurrentHashMap<>();

    private volatile Map<String, Here> byInstance = Map.of();
    private volatile Map<String, Here> byAddress = Map.of();
    /** The networks of those whose containers ran at the last look. */
    private Map<String, String> networks = Map.of();

    /**
     * A container that runs here.
     *
     * @param address where its host and who shares its first network reach it
     * @param network the first one with a name that it is on; empty: the engine's own
     * @param all that it has, that one first
     */
    record Here(String instance, String deployment, String address, String network, List<String> all) {
        Here {
            all = List.copyOf(all);
        }
    }

    /** Which network each instance is on first. */
    @FunctionalInterface
    public interface Networks {
        /** Empty: the engine's own. Null: on none that others are on, or not known any more, as the order that it shall stop has no spec. */
        @Nullable
        String of(String instance);
    }

    /** How it stands with one; gives whether that is new. */
    public boolean told(String instance, boolean isWell) {
        return !Objects.equals(well.put(instance, isWell), isWell);
    }

    /** It is over, and nothing more will be said of it. */
    public void forgotten(String instance) {
        well.remove(instance);
    }

    /** What the engine shows. One whose network is not known any more is on the one that it was on: an instance never changes it. */
    public synchronized void seen(List<ContainerSnapshot> containers, Networks told) {
        Map<String, String> running = new HashMap<>();
        Map<String, Here> instances = new HashMap<>();
        Map<String, Here> addresses = new HashMap<>();
        for (ContainerSnapshot container : containers) {
            String instance = container.labels().get(KnitLabels.INSTANCE);
            String address = container.address();
            String network = instance == null ? null : network(instance, told);
            if (container.state() == ContainerState.RUNNING && address != null && instance != null && network != null) {
                String deployment = container.labels().getOrDefault(KnitLabels.DEPLOYMENT, "");
                running.put(instance, network);
                List<String> all = Stream.concat(Stream.of(address), container.addresses().stream())
                        .distinct()
                        .toList();
                Here here = new Here(instance, deployment, address, network, all);
                // by which of its networks it asks is not its choice
                all.forEach(each -> addresses.put(each, here));
                // who makes it ready asks for others, and is not led to itself by those who ask for the instance
                if (!container.labels().containsKey(KnitLabels.PART)) {
                    instances.put(instance, here);
                }
            }
        }
        byInstance = instances;
        byAddress = addresses;
        networks = running;
    }

    private @Nullable String network(String instance, Networks told) {
        String network = told.of(instance);
        return network == null ? networks.get(instance) : network;
    }

    /** Whether it is known of one on this node that it does its work; one that was never spoken of is taken at the server's word. */
    public boolean isWell(String instance) {
        return well.getOrDefault(instance, true);
    }

    @Nullable
    Here at(String address) {
        return byAddress.get(address);
    }

    /** Where who asks reaches the instance without leaving their network; null: they share none. */
    @Nullable
    String direct(String instance, @Nullable Here asker) {
        Here asked = byInstance.get(instance);
        return asked != null && asker != null && asked.network().equals(asker.network()) ? asked.address() : null;
    }

    /** Where who is on that network, their first, reaches the instance without leaving it; null: it is not on it. */
    @Nullable
    String direct(String instance, String network) {
        Here asked = byInstance.get(instance);
        return asked != null && asked.network().equals(network) ? asked.address() : null;
    }

    /** All addresses of the instance, first where the host itself reaches it; empty: none. */
    public List<String> addresses(String instance) {
        Here asked = byInstance.get(instance);
        return asked == null ? List.of() : asked.all();
    }

    /** Where the host itself reaches the instance; null: nowhere. */
    public @Nullable String address(String instance) {
        Here asked = byInstance.get(instance);
        return asked == null ? null : asked.address();
    }
}
