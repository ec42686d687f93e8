package io.knit.bench.broker;

/** Sends messages through a broker as fast as it takes them. */
interface Load {
    String name();

    /**
     * Sends, waits until all have arrived, and gives the nanoseconds from the first to the last.
     *
     * @param payload bytes of each message
     * @param published messages in all, from all publishers
     */
    long nanos(BenchedBroker broker, Pattern pattern, int payload, int published) throws Exception;
}
