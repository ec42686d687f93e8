package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.testkit.TarBytes;
import java.util.Map;
import java.util.TreeMap;

/** The files of one container or volume of a {@link FakeEngine}, by their paths, and the folder {@code /tmp}. The engine guards it. */
final class FakeFiles {
    private final Map<String, byte[]> files = new TreeMap<>();
    /** Volumes by where they are. */
    private final Map<String, FakeFiles> mounted = new TreeMap<>();

    void mount(String destination, FakeFiles volume) {
        mounted.put(destination, volume);
    }

    void mountAllOf(FakeFiles other) {
        mounted.putAll(other.mounted);
    }

    private record Place(FakeFiles in, String path) {}

    /** In the volume that is mounted nearest above. */
    private Place place(String path) {
        Place nearest = new Place(this, path);
        for (Map.Entry<String, FakeFiles> mount : mounted.entrySet()) {
            String at = mount.getKey();
            if (path.equals(at) || path.startsWith(at + "/")) {
                nearest = new Place(mount.getValue(), path.substring(at.length()));
            }
        }
        return nearest;
    }

    void put(String path, byte[] bytes) {
        files.put(path, bytes.clone());
    }

    /** Those that are here, not those in volumes. */
    Map<String, byte[]> all() {
        return Map.copyOf(files);
    }

    /** A file or all that is in a folder, as tar. */
    byte[] tar(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        Map<String, byte[]> found = new TreeMap<>();
        Place place = place(path);
        String within = place.path();
        place.in().files.forEach((file, bytes) -> {
            if (file.equals(within)) {
                found.put(name, bytes);
            } else if (file.startsWith(within + "/")) {
                found.put(name + file.substring(within.length()), bytes);
            }
        });
        if (found.isEmpty() && !path.equals("/tmp") && !mounted.containsKey(path)) {
            throw missing(path);
        }
        return TarBytes.of(found);
    }

    void requireFolder(String folder) {
        if (!folder.equals("/tmp")
                && !folder.equals("/")
                && !mounted.containsKey(folder)
                && files.keySet().stream().noneMatch(file -> file.startsWith(folder + "/"))) {
            throw missing(folder);
        }
    }

    void unpack(String folder, byte[] tar) {
        TarBytes.read(tar).forEach((name, bytes) -> {
            Place place = place((folder.equals("/") ? "" : folder) + "/" + name);
            place.in().files.put(place.path(), bytes);
        });
    }

    private static KnitException missing(String path) {
        return new KnitException(
                ErrorCode.NOT_FOUND, "there is no " + path + " in the container; name a path that is there");
    }
}
