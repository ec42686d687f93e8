package io.knit.bench.broker;

/** One figure of one broker. */
interface Measurement {
    double on(BenchedBroker broker) throws Exception;
}
