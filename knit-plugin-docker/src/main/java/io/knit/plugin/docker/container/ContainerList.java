package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerHostConfig;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ContainerNetworkSettings;
import io.knit.api.model.NetworkSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.Asides;
import io.knit.plugin.docker.engine.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists a cluster's containers in one call. Only what was killed is asked for one by one: the list has the exit code in its status
 * text, but not whether memory ran out. That is not cached: the list does not say which of its ends a container that was
 * started again came to. What the engine can't say of one, or not in time, or what it hangs on, makes words poorer, no more.
 */
public final class ContainerList implements Work<List<ContainerSnapshot>> {
    private static final String LOOPBACK = "127.0.0.1";

    private final String cluster;
    private final ToldStates told;
    private final EndWords ends;
    private final CommittedCopies copies;
    private final Asides asides;

    /**
     * @param told what the engine's events said, which its list may lag behind
     * @param copies which it leaves out
     * @param asides by which it is asked for more of one after the other
     */
    public ContainerList(String cluster, ToldStates told, EndWords ends, CommittedCopies copies, Asides asides) {
        this.cluster = cluster;
        this.told = told;
        this.ends = ends;
        this.copies = copies;
        this.asides = asides;
    }

    @Override
    public List<ContainerSnapshot> run(DockerClient client) {
        List<Container> found = client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(KnitLabels.CLUSTER + "=" + cluster))
                .exec();
        List<ContainerSnapshot> containers = new ArrayList<>(found.size());
        try (Asides.Round more = asides.begin()) {
            for (Container container : found) {
                if (!copies.has(more, container)) {
                    containers.add(snapshot(more, container));
                }
            }
        }
        return containers;
    }

    private ContainerSnapshot snapshot(Asides.Round more, Container container) {
        ContainerState listed = state(container.getState());
        ToldStates.@Nullable Told word = told.instead(container.getId(), listed);
        ContainerState state = word == null ? listed : word.state();
        Map<String, String> labels = container.getLabels();
        Long created = container.getCreated();
        End end = state == ContainerState.EXITED ? end(more, container, word) : End.UNKNOWN;
        boolean runs = state == ContainerState.RUNNING || state == ContainerState.PAUSED;
        return new ContainerSnapshot(
                container.getId(),
                name(container),
                state,
                CommittedCopies.own(labels),
                end.words(),
                created == null ? 0 : created,
                runs ? address(container) : null,
                runs ? CheckWords.of(more, container) : null,
                end.code(),
                runs ? addresses(container) : List.of());
    }

    /** Of the network that it was made on, which is its first; the host's loopback in the host's network, and none in no network. */
    private static @Nullable String address(Container container) {
        ContainerNetworkSettings settings = container.getNetworkSettings();
        if (settings == null || settings.getNetworks() == null) {
            return null;
        }
        if (settings.getNetworks().containsKey(NetworkSpec.HOST)) {
            return LOOPBACK;
        }
        ContainerHostConfig host = container.getHostConfig();
        ContainerNetwork first =
                host == null ? null : settings.getNetworks().get(String.valueOf(host.getNetworkMode()));
        String address = first == null ? null : first.getIpAddress();
        // the engine's own network may have another name than the mode it was asked for
        return address == null || address.isEmpty()
                ? addresses(container).stream().findFirst().orElse(null)
                : address;
    }

    /** Of all its networks: which one its packets leave by is the engine's choice. */
    static List<String> addresses(Container container) {
        ContainerNetworkSettings settings = container.getNetworkSettings();
        return settings == null || settings.getNetworks() == null
                ? List.of()
                : new TreeMap<>(settings.getNetworks())
                        .values().stream()
                                .flatMap(network -> Stream.of(network.getIpAddress(), network.getGlobalIPv6Address()))
                                .filter(address -> address != null && !address.isEmpty())
                                .map(String::valueOf)
                                .toList();
    }

    private static ContainerState state(@Nullable String engineState) {
        return switch (engineState == null ? "" : engineState) {
            case "created" -> ContainerState.CREATED;
            case "running", "restarting" -> ContainerState.RUNNING;
            case "paused" -> ContainerState.PAUSED;
            case "exited" -> ContainerState.EXITED;
            default -> ContainerState.DEAD;
        };
    }

    /** The engine writes {@code /name}, and {@code /other/alias} for links. */
    static String name(Container container) {
        String[] names = container.getNames();
        if (names == null) {
            return container.getId();
        }
        for (String name : names) {
            if (name.lastIndexOf('/') == 0) {
                return name.substring(1);
            }
        }
        return container.getId();
    }

    /** How it ended, both null where that is not known. */
    private record End(@Nullable String words, @Nullable Integer code) {
        static final End UNKNOWN = new End(null, null);
    }

    private End end(Asides.Round more, Container container, ToldStates.@Nullable Told word) {
        if (word != null) {
            Integer code = word.exitCode();
            return code == null ? End.UNKNOWN : new End(ends.of(more, container, code, word.outOfMemory()), code);
        }
        String status = container.getStatus();
        OptionalInt code = ExitWords.code(status == null ? "" : status);
        if (code.isPresent() && code.getAsInt() != ExitWords.KILLED) {
            return new End(ends.of(more, container, code.getAsInt(), false), code.getAsInt());
        }
        End listed = code.isPresent() ? new End(ExitWords.of(code.getAsInt(), false), code.getAsInt()) : End.UNKNOWN;
        // of one whose layers are damaged, or whose lock is held, the list has it all the same
        return Objects.requireNonNullElse(
                more.ask(container.getId(), client -> asked(client, container.getId()), listed), listed);
    }

    private static End asked(DockerClient client, String container) {
        try {
            InspectContainerResponse.ContainerState ended =
                    client.inspectContainerCmd(container).exec().getState();
            Long told = ended.getExitCodeLong();
            return told == null
                    ? End.UNKNOWN
                    : new End(
                            ExitWords.of(told.intValue(), Boolean.TRUE.equals(ended.getOOMKilled())), told.intValue());
        } catch (NotFoundException e) {
            return End.UNKNOWN;
        }
    }
}
