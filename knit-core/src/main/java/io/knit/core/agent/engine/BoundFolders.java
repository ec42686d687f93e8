package io.knit.core.agent.engine;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.VolumeSpec;
import io.knit.core.rules.process.BindWords;
import io.knit.core.rules.process.HostAccess;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Folders of the host as they are there. Blocks. */
final class BoundFolders {
    private BoundFolders() {}

    /**
     * The same volumes; those that are the host's by the paths to which their links lead, which must be allowed, too.
     *
     * @throws KnitException with {@code INVALID_VALUE}: one is not there, or not allowed
     */
    static List<VolumeSpec> found(List<VolumeSpec> volumes, List<String> allowed, String node) {
        return volumes.stream()
                .map(volume -> volume.isBound() ? found(volume, allowed, node) : volume)
                .toList();
    }

    private static VolumeSpec found(VolumeSpec volume, List<String> allowed, String node) {
        String real = real(volume, node);
        List<String> lacking = HostAccess.lacking(BindWords.needs(volume, real), allowed);
        if (!real.equals(volume.bind()) && !lacking.isEmpty()) {
            String words = String.join(",", lacking);
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    volume.bind() + " of " + node + " leads to " + real + ", and its agent doesn't allow "
                            + String.join(", ", lacking) + ": start it with --allow " + words
                            + ", or run this elsewhere");
        }
        return volume.boundTo(real);
    }

    /** Whether each is what it says, with no link on its way: an engine follows those at each start, wherever they lead. */
    static boolean areThemselves(List<String> paths) {
        return paths.stream().allMatch(BoundFolders::isItself);
    }

    private static boolean isItself(String path) {
        try {
            return Path.of(path).toRealPath().toString().equals(path);
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    private static String real(VolumeSpec volume, String node) {
        try {
            return Path.of(volume.bind()).toRealPath().toString();
        } catch (NoSuchFileException e) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "there is no " + volume.bind() + " on " + node
                            + ": make it there, and who may use it, or give name instead of bind",
                    e);
        } catch (IOException e) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    volume.bind() + " of " + node + " can't be looked at by its agent: " + e.getMessage(),
                    e);
        }
    }
}
