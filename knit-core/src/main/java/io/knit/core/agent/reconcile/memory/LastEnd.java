package io.knit.core.agent.reconcile.memory;

/**
 * How an instance ended.
 *
 * @param words for a user
 * @param byAgent whether its agent ended it, to start it again: what it ended with says nothing of whether it did what it was for
 * @param isForGood whether it is not started again
 */
public record LastEnd(String words, boolean byAgent, boolean isForGood) {
    LastEnd(String words, boolean byAgent) {
        this(words, byAgent, false);
    }

    static LastEnd forGood(String words) {
        return new LastEnd(words, false, true);
    }
}
