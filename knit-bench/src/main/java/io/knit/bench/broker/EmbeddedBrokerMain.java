package io.knit.bench.broker;

import io.knit.plugin.nats.broker.EmbeddedNats;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The embedded broker and nothing else, in a process that is ended from outside. Prints its port; for each byte it is sent it prints what it
 * has counted and what its threads do, to the other output.
 */
final class EmbeddedBrokerMain {
    private EmbeddedBrokerMain() {}

    public static void main(String[] arguments) throws Exception {
        EmbeddedNats nats = EmbeddedNats.builder()
                .address("127.0.0.1", 0)
                .start()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        System.out.println(nats.port());
        while (System.in.read() >= 0) {
            nats.figures().forEach(System.err::println);
            System.err.println(Evidence.stacks());
        }
        new CountDownLatch(1).await();
    }
}
