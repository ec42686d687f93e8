package io.knit.bench.broker;

/**
 * Who sends to whom.
 *
 * @param queue whether the subscribers are one queue group, so that each message reaches one of them
 * @param subjects on how many subjects, in turns; each subscriber subscribes to each of them
 * @param neighbour what another client does meanwhile
 */
record Pattern(String name, int publishers, int subscribers, boolean queue, int subjects, Neighbour neighbour) {
    Pattern(String name, int publishers, int subscribers, boolean queue) {
        this(name, publishers, subscribers, queue, 1, Neighbour.QUIET);
    }

    /** How often one message is delivered: 0 where nobody subscribed. */
    int fanOut() {
        return queue ? 1 : subscribers;
    }

    /** What is counted: deliveries, or publications where nobody subscribed. */
    long counted(long published) {
        return subscribers == 0 ? published : published * fanOut();
    }
}
