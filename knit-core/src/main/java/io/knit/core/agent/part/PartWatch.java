package io.knit.core.agent.part;

/** Who watches what runs before a main container. */
public interface PartWatch {
    /** Whether to go on. */
    boolean wanted();

    /** Whether from now on an end is waited for alone, and the engine has nothing to do. */
    void awaits(boolean end);

    /** It takes a while, and what does. */
    void lasts(String words);

    /** What one wrote last that failed; lines with line feeds between, never empty. */
    void wrote(String text);
}
