package io.knit.core.server.control;

import io.knit.api.model.Instance;

/** Why an instance waits, in words. */
final class Reasons {
    private Reasons() {}

    /** What the nodes said that could not take it or those before it; empty: nothing. */
    static String tried(Instance instance) {
        return instance.tried() == null ? "" : instance.tried();
    }

    /** The same beside the newest refusal. */
    static String refused(Instance instance, String refusal) {
        String tried = tried(instance);
        return tried.isEmpty() ? refusal : tried + "; " + refusal;
    }
}
