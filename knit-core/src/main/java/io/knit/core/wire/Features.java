package io.knit.core.wire;

import java.util.List;

/** What an agent can do that not every released one can: it names them in its heartbeat, and is asked for nothing else. */
public final class Features {
    /** It fetches the image of an instance before that is assigned to it, and says whether it could: {@link Prepare}. */
    public static final String PREPARE = "prepare";

    /** It waits, instead of ending, while the server is another cluster's. */
    public static final String WAIT = "wait";

    /** Those of this version. */
    public static final List<String> ALL = List.of(PREPARE, WAIT);

    private Features() {}
}
