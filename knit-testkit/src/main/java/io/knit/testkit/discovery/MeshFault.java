package io.knit.testkit.discovery;

/** What a {@link FakeWgMeshDaemon} does wrong. */
public enum MeshFault {
    /** Nothing. */
    NONE,
    /** Takes calls and never answers. */
    SILENT,
    /** Sends half of the answer and no more. */
    HALF_LINE,
    /** Sends half of the answer and hangs up. */
    HALF_LINE_THEN_CLOSE,
    /** Hangs up where an answer is due. */
    CLOSE,
    /** Answers with a line that is not JSON. */
    GARBAGE,
    /** Answers with JSON that is no answer: a list. */
    NOT_AN_ANSWER,
    /** Answers with an error object. */
    ERROR,
    /** Answers another call than the one asked. */
    WRONG_ID,
    /** Answers with a line that does not end. */
    ENDLESS_LINE,
    /** Answers rightly, but a few bytes at a time. */
    IN_PIECES
}
