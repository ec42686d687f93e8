package io.knit.api.model;

/** What is done when a rollout fails. */
public enum OnFailure {
    /** All slots go back to the last revision that was healthy in each of them; where there never was one, it pauses. */
    ROLLBACK,
    /** No further slot is replaced until somebody decides. */
    PAUSE,
    /** It goes on. */
    CONTINUE
}
