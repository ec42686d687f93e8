package io.knit.launcher.replay;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.Incident;
import io.knit.launcher.program.Console;
import io.knit.launcher.program.ExitCode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Decides again what a file of {@code GET /incident} tells of; nothing is started for it. */
public final class Replays {
    /** Not all was decided as it was then. */
    public static final int DIFFERENT = 1;

    private Replays() {}

    /**
     * Says on the console what came of it.
     *
     * @return the exit code
     * @throws KnitException if the file can't be read, or is no incident
     */
    public static int run(String file, Console console) {
        Incident.Outcome outcome = Incident.replay(text(file));
        console.out()
                .println(
                        outcome.isSame()
                                ? outcome.decisions() + " decisions, all as they were then"
                                : outcome.difference());
        console.out().flush();
        return outcome.isSame() ? ExitCode.OK : DIFFERENT;
    }

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "there is no file " + file + "; give one that knit incident wrote");
        } catch (CharacterCodingException e) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    file + " is no text in UTF-8; give a file that knit incident wrote");
        } catch (IOException e) {
            throw new KnitException(ErrorCode.INVALID_CONFIGURATION, file + " can't be read: " + e.getMessage());
        }
    }
}
