package io.knit.core.agent.dns;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Carries DNS messages over the network. Never blocks; what is open is bounded. */
public interface DnsSockets {
    /** Port of DNS. */
    int PORT = 53;

    /** Where there is no network: nobody asks. */
    DnsSockets NONE = new DnsSockets() {
        @Override
        public Future<Hearing> hear(String address, int port, Answerer answerer) {
            return Future.failedFuture("there is no Vert.x to hear with");
        }

        @Override
        public Future<byte[]> ask(
                String server, int port, byte[] query, boolean whole, Predicate<byte[]> meant, Duration timeout) {
            return Future.failedFuture("there is no Vert.x to ask with");
        }
    };

    /**
     * Hears what is asked at an address, by UDP and by TCP, until it is closed.
     *
     * @return how to end it; fails if one of both can't be heard
     */
    Future<Hearing> hear(String address, int port, Answerer answerer);

    /**
     * Asks another server.
     *
     * @param whole by TCP, so that the answer may be long
     * @param meant what comes and is not is passed over
     * @return its first answer that is meant, from where it was asked; fails if there is none in time
     */
    Future<byte[]> ask(String server, int port, byte[] query, boolean whole, Predicate<byte[]> meant, Duration timeout);

    /** Addresses of this host, in the form in which askers are named. Blocks. */
    default Set<String> ownAddresses() {
        return Set.of();
    }

    /** Who answers. */
    @FunctionalInterface
    interface Answerer {
        /**
         * @param asker an address
         * @param whole whether the answer may be long
         * @return empty: it is worth none. Does not fail
         */
        Future<Optional<byte[]>> answer(byte[] query, String asker, boolean whole);
    }

    /** What is heard. */
    @FunctionalInterface
    interface Hearing {
        Future<Void> close();
    }
}
