package io.knit.core.agent.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the host keeps files that are on no disk. */
public interface SecretMemory {
    /**
     * The agent's own folder there, made if it is not there; nobody else may enter it. Blocks.
     *
     * @throws io.knit.api.error.KnitException with {@code INVALID_VALUE} where the host has none
     */
    Path folder() throws IOException;

    /** The same if it is there already. Blocks. */
    Optional<Path> present() throws IOException;

    /** A certain folder. */
    static SecretMemory in(Path folder) {
        return new SecretMemory() {
            @Override
            public Path folder() throws IOException {
                return Files.createDirectories(folder);
            }

            @Override
            public Optional<Path> present() {
                return Optional.of(folder).filter(Files::isDirectory);
            }
        };
    }
}
