package io.knit.api.spi.runtime;

/** What a {@link ContainerRuntime} can do besides if it implements this, too: to copy files out of a container and into it, as tar. */
public interface ArchiveAbility {
    /**
     * Gives a file or folder as tar, whose entries begin with the last part of the path; also of a container that does not run.
     *
     * <p>Obligations: 1. never blocks; 2. the reader is waited for, so that a slow one costs no memory; 3. after {@link Ongoing#cancel},
     * or when the reader's future fails, no bytes are given and what it took is free; 4. fails with {@code NOT_FOUND} where there is no
     * such path, with {@code RUNTIME_REFUSED} where there is no such container.
     *
     * @param path absolute, within the container
     */
    Ongoing<Void> read(String containerId, String path, ByteReader reader);

    /**
     * Takes a tar, and unpacks it in a folder that is there. It succeeds when all was written.
     *
     * <p>Obligations: 1. never blocks; 2. no more is kept than is written at once; 3. an entry ends nowhere but in the container's files;
     * 4. after {@link Ongoing#cancel} it fails, and what was unpacked until then stays; 5. fails with {@code NOT_FOUND} where there is no such
     * folder, with {@code RUNTIME_REFUSED} where there is no such container or the tar is none.
     *
     * @param folder absolute, within the container
     */
    Intake<Void> write(String containerId, String folder);
}
