package io.knit.launcher.remote.inside;

import io.knit.launcher.remote.Remote;
import java.util.List;

/** The commands of this room, in the order in which help shows them. */
public final class InsideCommands {
    private InsideCommands() {}

    public static List<Remote> all() {
        return List.of(new Exec(), new Attach(), new Cp(), new Stats());
    }
}
