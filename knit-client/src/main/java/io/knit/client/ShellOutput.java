package io.knit.client;

/** Who reads what a command writes. Called on a thread of the client's, one call at a time; the command waits while a call takes its time. */
public interface ShellOutput {
    /** What it wrote to stdout, or to its terminal. */
    void output(byte[] bytes);

    /** What it wrote to stderr. */
    void error(byte[] bytes);
}
