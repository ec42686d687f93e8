package io.knit.core.agent.health;

/**
 * How one check ended.
 *
 * @param why it failed, in a few words; empty: it did not
 */
public record Outcome(String why) {
    public static final Outcome WELL = new Outcome("");

    boolean isWell() {
        return why.isEmpty();
    }
}
