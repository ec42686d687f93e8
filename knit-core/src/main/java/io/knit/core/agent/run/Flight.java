package io.knit.core.agent.run;

/** An action that is under way. */
final class Flight {
    private final String instance;
    private boolean pulling;

    Flight(String instance, boolean pulling) {
        this.instance = instance;
        this.pulling = pulling;
    }

    String instance() {
        return instance;
    }

    /** Whether it has touched nothing but images so far, so that it may be forgotten at any time. */
    boolean isPulling() {
        return pulling;
    }

    void pulled() {
        pulling = false;
    }
}
