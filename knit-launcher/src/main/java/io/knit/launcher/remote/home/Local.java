package io.knit.launcher.remote.home;

import io.knit.launcher.program.Console;
import io.knit.launcher.remote.typed.Refused;
import java.util.Map;

/** A command that asks no server. */
public interface Local {
    /**
     * Does what the words say.
     *
     * @return the exit code
     * @throws IllegalArgumentException if the words are wrong
     * @throws Refused if it is not done
     */
    int run(Map<String, String> environment, Console console);
}
