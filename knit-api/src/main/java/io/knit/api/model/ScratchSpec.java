package io.knit.api.model;

import java.util.List;

/**
 * Where a container may write what goes with it. Of JSON's fields they are the spec's own, as in Compose's files.
 *
 * @param readOnly whether nothing can be written but what is mounted
 * @param tmpfs absolute paths of folders in memory, perhaps with options: {@code /run:size=64m,mode=755}
 * @param shmSize bytes of {@code /dev/shm}; 0: as the engine has it, 64 MiB
 */
public record ScratchSpec(boolean readOnly, List<String> tmpfs, long shmSize) {
    /** What a spec has that says nothing of it. */
    public static final ScratchSpec DEFAULT = new ScratchSpec(false, List.of(), 0);

    public ScratchSpec {
        tmpfs = List.copyOf(tmpfs);
    }
}
