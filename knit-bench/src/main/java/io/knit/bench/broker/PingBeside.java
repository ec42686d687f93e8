package io.knit.bench.broker;

/** How long a client waits for the answer to its PING while another keeps the broker busy. */
record PingBeside(String name, Neighbour neighbour) implements RoundTrip {
    private static final int WARM = 20;

    @Override
    public long[] nanos(BenchedBroker broker, int payload, int count) throws Exception {
        try (Crew crew = new Crew(broker);
                RawSocket asker = new RawSocket(broker.port());
                RawSocket busy = neighbour.start(broker, crew)) {
            long[] nanos = new long[count];
            for (int i = -WARM; i < count; i++) {
                long began = System.nanoTime();
                asker.sync();
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - began;
                }
            }
            return nanos;
        }
    }
}
