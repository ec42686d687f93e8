package io.knit.launcher.program;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the folder in which a server or agent keeps its files. */
final class DataFolder {
    private static final Path SYSTEM = Path.of("/var/lib/knit");

    private DataFolder() {}

    /**
     * The given folder, or a folder of this name in the system's or, where that can't be written, the user's.
     *
     * @param name {@code server} or {@code agent}
     * @throws KnitException with {@code INVALID_CONFIGURATION} if none can be written
     */
    static Path of(Settings settings, String name, Map<String, String> environment) {
        return of(settings, name, SYSTEM, environment);
    }

    static Path of(Settings settings, String name, Path system, Map<String, String> environment) {
        Optional<Path> given = settings.given(Setting.DATA_DIR).map(Path::of);
        if (given.isPresent()) {
            return requireWritable(given.get().toAbsolutePath().normalize());
        }
        Path folder = system.resolve(name);
        return writable(folder) ? folder : requireWritable(user(environment).resolve(name));
    }

    private static Path user(Map<String, String> environment) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path base =
                data.startsWith("/") ? Path.of(data) : Path.of(System.getProperty("user.home", "."), ".local", "share");
        return base.resolve("knit").toAbsolutePath();
    }

    private static Path requireWritable(Path folder) {
        if (!writable(folder)) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the data folder " + folder + " can't be made or written by this user; give another one with "
                            + Setting.DATA_DIR.flag());
        }
        return folder;
    }

    private static boolean writable(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder);
        } catch (IOException e) {
            return false;
        }
    }
}
