package io.knit.core.agent.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A folder that has one for each instance, called after it. Every method blocks. */
final class InstanceFolders {
    private InstanceFolders() {}

    /**
     * That of an instance.
     *
     * @throws IllegalArgumentException if it would lie elsewhere
     */
    static Path of(Path root, String instance) {
        Path folder = root.resolve(instance).normalize();
        // the name may come from a container's label, which anybody can set
        if (instance.isEmpty() || !root.normalize().equals(folder.getParent())) {
            throw new IllegalArgumentException("no instance is called so");
        }
        return folder;
    }

    /** Deletes that of an instance, if there is one. */
    static void delete(Path root, String instance) throws IOException {
        try {
            deleteAll(of(root, instance));
        } catch (IllegalArgumentException e) {
            // it has none
        }
    }

    /** Deletes all but those of these. */
    static void deleteAllBut(Path root, Set<String> instances) throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        List<Path> folders;
        try (Stream<Path> all = Files.list(root)) {
            folders = all.toList();
        }
        for (Path folder : folders) {
            if (!instances.contains(String.valueOf(folder.getFileName()))) {
                deleteAll(folder);
            }
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // it had none
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
