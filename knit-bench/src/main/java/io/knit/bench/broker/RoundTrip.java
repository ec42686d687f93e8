package io.knit.bench.broker;

/** Asks, waits for the answer, asks again. */
interface RoundTrip {
    String name();

    /** The nanoseconds of each of so many round trips of one asker and one who answers. */
    long[] nanos(BenchedBroker broker, int payload, int count) throws Exception;
}
