package io.knit.bench.broker;

/**
 * Who sends to whom, all on one subject.
 *
 * @param queue whether the subscribers are one queue group, so that each message reaches one of them
 */
record Pattern(String name, int publishers, int subscribers, boolean queue) {
    /** How often one message is delivered: 0 where nobody subscribed. */
    int fanOut() {
        return queue ? 1 : subscribers;
    }

    /** What is counted: deliveries, or publications where nobody subscribed. */
    long counted(long published) {
        return subscribers == 0 ? published : published * fanOut();
    }
}
