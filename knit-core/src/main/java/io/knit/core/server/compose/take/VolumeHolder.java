package io.knit.core.server.compose.take;

import io.knit.core.server.compose.text.Part;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which service's a volume is that several mount: the first that runs once and to no end of its own, and of those rather one that writes to it. */
final class VolumeHolder {
    private static final String VOLUMES = "volumes";

    private final ServiceAround around;
    private final String volume;

    private VolumeHolder(ServiceAround around, String volume) {
        this.around = around;
        this.volume = volume;
    }

    /** Services that mount a volume, in the file's order. */
    static List<String> users(ServiceAround around, String volume) {
        VolumeHolder holder = new VolumeHolder(around, volume);
        return around.deployments().keySet().stream()
                .filter(name -> !holder.mounts(name).isEmpty())
                .toList();
    }

    /** The deployment; empty: each of them runs in several places. */
    static Optional<String> of(ServiceAround around, String volume) {
        VolumeHolder holder = new VolumeHolder(around, volume);
        Set<String> once = new LinkedHashSet<>();
        Set<String> writes = new LinkedHashSet<>();
        Set<String> stays = new LinkedHashSet<>();
        for (String name : users(around, volume)) {
            String deployment = Objects.requireNonNull(around.deployments().get(name));
            List<String> all = holder.inOne(deployment);
            if (all.stream().allMatch(holder::runsOnce)) {
                once.add(deployment);
                if (all.stream().noneMatch(holder::ends)) {
                    stays.add(deployment);
                    if (holder.mounts(name).stream().anyMatch(each -> !isReadOnly(each))) {
                        writes.add(deployment);
                    }
                }
            }
        }
        return List.of(writes, stays, once).stream().flatMap(Set::stream).findFirst();
    }

    /** Services that are one instance, by their network. */
    private List<String> inOne(String deployment) {
        return around.deployments().entrySet().stream()
                .filter(each -> each.getValue().equals(deployment))
                .map(Map.Entry::getKey)
                .toList();
    }

    private List<Part> mounts(String name) {
        Part service = around.services().get(name);
        Part all = service == null ? null : service.at(VOLUMES);
        List<Part> found = new ArrayList<>();
        for (Part each : all == null ? List.<Part>of() : all.items()) {
            Part source = each.at("source");
            if (each.text().startsWith(volume + ":")
                    || source != null && source.text().equals(volume)) {
                found.add(each);
            }
        }
        return found;
    }

    private static boolean isReadOnly(Part mount) {
        List<String> words = List.of(mount.text().split(":", -1));
        Part flag = mount.at("read_only");
        return words.size() == 3 && List.of(words.get(2).split(",")).contains("ro")
                || flag != null && flag.text().equals("true");
    }

    private boolean runsOnce(String name) {
        Part service = around.services().get(name);
        return !mode(service).startsWith("global") && isOne(at(service, "scale")) && isOne(deploy(service, "replicas"));
    }

    private static boolean isOne(@Nullable Part count) {
        return count == null
                || count.text().isEmpty()
                || count.text().equals("1")
                || count.text().equals("0");
    }

    private boolean ends(String name) {
        return around.jobs().contains(name) || mode(around.services().get(name)).endsWith("-job");
    }

    private static String mode(@Nullable Part service) {
        Part mode = deploy(service, "mode");
        return mode == null ? "" : mode.text();
    }

    private static @Nullable Part deploy(@Nullable Part service, String key) {
        return at(at(service, "deploy"), key);
    }

    private static @Nullable Part at(@Nullable Part part, String key) {
        return part == null ? null : part.at(key);
    }
}
