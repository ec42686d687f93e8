package io.knit.testkit.runtime;

/** A call of a {@link FakeRuntime} to its {@link FakeEngine}. */
public enum EngineCall {
    PULL,
    CREATE,
    START,
    STOP,
    REMOVE,
    EXEC,
    SNAPSHOT
}
