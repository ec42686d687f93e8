package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.testkit.TarBytes;
import java.util.Map;
import java.util.TreeMap;

/** The files of one container of a {@link FakeEngine}, by their paths, and the folder {@code /tmp}. The engine guards it. */
final class FakeFiles {
    private final Map<String, byte[]> files = new TreeMap<>();

    /** A file or all that is in a folder, as tar. */
    byte[] tar(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        Map<String, byte[]> found = new TreeMap<>();
        files.forEach((file, bytes) -> {
            if (file.equals(path)) {
                found.put(name, bytes);
            } else if (file.startsWith(path + "/")) {
                found.put(name + file.substring(path.length()), bytes);
            }
        });
        if (found.isEmpty() && !path.equals("/tmp")) {
            throw missing(path);
        }
        return TarBytes.of(found);
    }

    void requireFolder(String folder) {
        if (!folder.equals("/tmp") && files.keySet().stream().noneMatch(file -> file.startsWith(folder + "/"))) {
            throw missing(folder);
        }
    }

    void unpack(String folder, byte[] tar) {
        TarBytes.read(tar).forEach((name, bytes) -> files.put(folder + "/" + name, bytes));
    }

    private static KnitException missing(String path) {
        return new KnitException(ErrorCode.NOT_FOUND, "there is no " + path + " in the container");
    }
}
