package io.knit.launcher.program;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the folder in which a server or agent keeps its files. */
final class DataFolder {
    private static final Path SYSTEM = Path.of("/var/lib/knit");
    /** Of Linux. */
    private static final int LONGEST_NAME = 255;

    private static final int LONGEST_PATH = 4_096;

    private final Path system;
    private final Maker maker;

    DataFolder(Path system, Maker maker) {
        this.system = system;
        this.maker = maker;
    }

    /** The machine's own. */
    static DataFolder ofThisHost() {
        return new DataFolder(SYSTEM, Files::createDirectories);
    }

    /** Makes a folder and those above it, unless they are there. */
    @FunctionalInterface
    interface Maker {
        void make(Path folder) throws IOException;
    }

    private enum Found {
        WRITABLE,
        /** Its disk is full: it can't be made now, but that is no reason to have another one. */
        FULL,
        WRONG
    }

    /**
     * The given folder, or a folder of this name in the system's or, where that can't be written, the user's.
     *
     * @param name {@code server} or {@code agent}
     * @throws KnitException with {@code INVALID_CONFIGURATION} if none can be written, {@code STORE_UNAVAILABLE} if there is no room to
     *     make it
     */
    Path of(Settings settings, String name, Map<String, String> environment) {
        Path folder = choose(settings, name, environment);
        if (look(folder) == Found.FULL) {
            throw new KnitException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "the data folder " + folder
                            + " can't be made, for its disk is full; make room there, or give another one with "
                            + Setting.DATA_DIR.flag());
        }
        return folder;
    }

    /** As {@link #of}, for who waits until its disk has room: then the folder need not be there. */
    Path choose(Settings settings, String name, Map<String, String> environment) {
        Optional<Path> given = settings.given(Setting.DATA_DIR).map(Path::of);
        if (given.isPresent()) {
            return requireRight(given.get().toAbsolutePath().normalize());
        }
        Path folder = system.resolve(name);
        return look(folder) == Found.WRONG ? requireRight(user(environment).resolve(name)) : folder;
    }

    private static Path user(Map<String, String> environment) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path base =
                data.startsWith("/") ? Path.of(data) : Path.of(System.getProperty("user.home", "."), ".local", "share");
        return base.resolve("knit").toAbsolutePath();
    }

    private Path requireRight(Path folder) {
        if (look(folder) == Found.WRONG) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the data folder " + folder + " can't be made or written by this user; give another one with "
                            + Setting.DATA_DIR.flag());
        }
        return folder;
    }

    private Found look(Path folder) {
        try {
            maker.make(folder);
            return Files.isWritable(folder) ? Found.WRITABLE : Found.WRONG;
        } catch (IOException e) {
            return isFull(folder, e) ? Found.FULL : Found.WRONG;
        }
    }

    /**
     * Blocks, inodes or the user's share of either are used up. The reason is in the user's language; but where a folder can be written, and it
     * is neither a right nor a name that is missing, it is room.
     */
    private static boolean isFull(Path folder, IOException e) {
        String reason = e instanceof FileSystemException file ? String.valueOf(file.getReason()) : "";
        return reason.contains("No space left")
                || reason.contains("quota exceeded")
                || e.getClass().equals(FileSystemException.class) && isNamed(folder) && isBelowWritable(folder);
    }

    private static boolean isNamed(Path folder) {
        for (Path name : folder) {
            if (name.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                return false;
            }
        }
        return folder.toString().length() < LONGEST_PATH;
    }

    private static boolean isBelowWritable(Path folder) {
        Path there = folder;
        while (there != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            there = there.getParent();
        }
        // not where it is mounted to be read only
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }
}
