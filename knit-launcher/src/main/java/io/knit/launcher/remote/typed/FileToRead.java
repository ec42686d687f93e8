package io.knit.launcher.remote.typed;

import io.knit.launcher.remote.show.TextTable;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command names and is to read. */
public final class FileToRead {
    private FileToRead() {}

    /** @throws Refused if there is none of that name, or this user may not read it */
    public static void require(Path file) {
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw new Refused(Refused.Kind.NO_FILE, "there is no file " + TextTable.shown(file.toString()) + " here");
        }
        requireReadable(file);
    }

    /** @throws Refused if it is there, a file or a folder, and this user may not read it */
    public static void requireReadable(Path there) {
        if (!Files.isReadable(there)) {
            throw new Refused(
                    Refused.Kind.NO_FILE, TextTable.shown(there.toString()) + " can't be read; may this user read it?");
        }
    }
}
