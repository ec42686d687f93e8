package io.knit.testkit.store;

/** What happens to a commit on an {@link InMemoryStorage}. */
public enum CommitFault {
    /** It is written and says so. */
    NONE,
    /** It fails with {@code STORE_UNAVAILABLE} and wrote nothing. */
    FAIL,
    /** It is written, and fails with {@code COMMIT_IN_DOUBT}. */
    FAIL_AFTER,
    /** It is not written, and fails with {@code COMMIT_IN_DOUBT}. */
    FAIL_IN_DOUBT,
    /** The process dies before it is written. */
    CRASH_BEFORE,
    /** The process dies after it is written, before anybody hears of it. */
    CRASH_AFTER
}
