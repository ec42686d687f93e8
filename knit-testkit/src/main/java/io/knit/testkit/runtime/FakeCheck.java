package io.knit.testkit.runtime;

/** How a check of a container of a {@link FakeEngine} goes, or a command in it. */
public enum FakeCheck {
    PASSES,
    FAILS,
    /** It never ends by itself. */
    HANGS
}
