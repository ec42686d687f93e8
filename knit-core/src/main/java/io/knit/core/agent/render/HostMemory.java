package io.knit.core.agent.render;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A file system of this host's that is in memory: the system's own {@code /run}, else {@code /dev/shm}. */
public final class HostMemory implements SecretMemory {
    private static final List<Path> PLACES = List.of(Path.of("/run"), Path.of("/dev/shm"));
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");

    private final Path dataDir;
    private final List<Path> places;

    /**
     * Of an agent. One whose files are of another file system than the host's has its secrets there, too.
     *
     * @param dataDir the agent's own: by it its folder in memory is told from another agent's
     */
    public static SecretMemory of(Path dataDir) {
        return dataDir.getFileSystem().equals(FileSystems.getDefault())
                ? new HostMemory(dataDir, PLACES)
                : SecretMemory.in(dataDir.resolve("memory"));
    }

    HostMemory(Path dataDir, List<Path> places) {
        this.dataDir = dataDir;
        this.places = List.copyOf(places);
    }

    @Override
    public Path folder() throws IOException {
        for (Path place : places) {
            if (isInMemory(place)) {
                return own(place.resolve(name()));
            }
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "this host has no file system in memory that its agent may write to (looked at " + places
                        + "), and secrets[] are written to no disk; run it elsewhere, or read the secret in a template");
    }

    @Override
    public Optional<Path> present() throws IOException {
        for (Path place : places) {
            Path folder = place.resolve(name());
            if (isInMemory(place)) {
                return Files.exists(folder, LinkOption.NOFOLLOW_LINKS) ? Optional.of(own(folder)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private String name() {
        String path = dataDir.toAbsolutePath().normalize().toString();
        return "knit-" + UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isInMemory(Path place) throws IOException {
        return Files.isDirectory(place)
                && Files.isWritable(place)
                && IN_MEMORY.contains(Files.getFileStore(place).type());
    }

    /** What somebody else put there, where everybody may, is not taken for it. */
    private Path own(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER));
        }
        boolean ours = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(dataDir))
                && Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS)
                        .equals(OWNER);
        if (!ours) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    folder
                            + " is not the agent's own, so that no secret is written there; see who made it, and remove it");
        }
        return folder;
    }
}
