package io.knit.launcher.program;

import io.knit.api.spi.Role;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Something that the launcher can start. */
public interface Program {
    /** Whose settings it takes. */
    Set<Role> roles();

    /** The settings it takes. */
    default List<Setting> settings() {
        return Setting.of(roles());
    }

    /**
     * Starts, says so on the console, and returns when it ended on its own; closes what it started when the process ends.
     *
     * @throws io.knit.api.error.KnitException if it can't start, or ended because it was refused
     */
    void run(Settings settings, Map<String, String> environment, Console console) throws InterruptedException;
}
