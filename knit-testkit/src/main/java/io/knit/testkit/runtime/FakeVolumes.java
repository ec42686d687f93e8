package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.api.spi.runtime.VolumeSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The volumes of a {@link FakeEngine}, with what is in them, and the folders of its host. The engine guards it. */
final class FakeVolumes {
    private final Map<String, Kept> volumes = new TreeMap<>();
    private final List<RemovedVolume> removed = new ArrayList<>();
    private final Map<String, FakeFiles> folders = new HashMap<>();

    private record Kept(VolumeSnapshot snapshot, FakeFiles files, Set<String> users) {}

    void addFolder(String path) {
        folders.putIfAbsent(path, new FakeFiles());
    }

    List<VolumeSnapshot> all() {
        return volumes.values().stream().map(Kept::snapshot).toList();
    }

    List<String> usersOf(String volume) {
        Kept kept = volumes.get(volume);
        return kept == null ? List.of() : List.copyOf(kept.users());
    }

    void remove(String volume, String note) {
        Kept kept = volumes.remove(volume);
        if (kept != null) {
            removed.add(new RemovedVolume(kept.snapshot(), List.copyOf(kept.users()), note));
        }
    }

    List<RemovedVolume> removed() {
        return List.copyOf(removed);
    }

    /** @param wanted paths at which the image wants volumes */
    void mount(FakeContainer container, Set<String> wanted) {
        @Nullable SlotVolumes slot = container.spec.slot();
        for (VolumeSpec volume : container.spec.volumes()) {
            if (volume.isBound()) {
                FakeFiles folder = folders.get(volume.bind());
                if (folder == null) {
                    throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the host has no folder " + volume.bind());
                }
                container.files.mount(volume.destination(), folder);
            } else {
                SlotVolumes names = Objects.requireNonNull(slot).holding(volume);
                mount(container, volume.destination(), names.named(volume.name()), names.labels(volume.name()));
            }
        }
        for (String path : wanted) {
            if (slot != null
                    && container.spec.joins() == null
                    && container.spec.volumes().stream()
                            .noneMatch(it -> it.destination().equals(path))) {
                mount(container, path, slot.unnamed(path), slot.labels(path));
            }
        }
    }

    private void mount(FakeContainer container, String destination, String name, Map<String, String> labels) {
        Kept kept = volumes.computeIfAbsent(
                name, missing -> new Kept(new VolumeSnapshot(name, labels), new FakeFiles(), new LinkedHashSet<>()));
        container.volumes.add(name);
        container.files.mount(destination, kept.files());
    }

    void make(String name, Map<String, String> labels) {
        if (volumes.containsKey(name)) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "there is a volume " + name + " already");
        }
        volumes.put(name, new Kept(new VolumeSnapshot(name, labels), new FakeFiles(), new LinkedHashSet<>()));
    }

    void reach(FakeContainer container, String name) {
        Kept kept = volumes.get(name);
        if (kept == null) {
            throw new KnitException(ErrorCode.NOT_FOUND, "there is no volume " + name);
        }
        container.volumes.add(name);
        container.files.mount(VolumeFilesAbility.FOLDER, kept.files());
    }

    void write(String name, String path, byte[] bytes) {
        Kept kept = volumes.get(name);
        if (kept == null) {
            throw new IllegalArgumentException("there is no volume " + name);
        }
        kept.files().put(path, bytes);
    }

    Map<String, byte[]> filesOf(String name) {
        Kept kept = volumes.get(name);
        return kept == null ? Map.of() : kept.files().all();
    }

    /** It is started with them. */
    void use(FakeContainer container) {
        String instance = container.spec.labels().getOrDefault(KnitLabels.INSTANCE, container.id);
        container.volumes.forEach(name -> {
            Kept kept = volumes.get(name);
            if (kept != null) {
                kept.users().add(instance);
            }
        });
    }
}
