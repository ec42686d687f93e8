package io.knit.core.agent.relay;

import io.vertx.core.Future;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Listens for connections and carries their bytes to where they are given. Never blocks. */
public interface RelaySockets {
    /** Where there is no network: everything can be listened at, and nobody connects. */
    RelaySockets NONE = new RelaySockets() {
        @Override
        public Future<Listening> listen(String ip, int port, Gate gate) {
            return Future.succeededFuture(new Listening() {
                @Override
                public Future<Void> close() {
                    return Future.succeededFuture();
                }

                @Override
                public void cut(String instance) {}
            });
        }

        @Override
        public boolean connects() {
            return false;
        }
    };

    /** Listens until it is closed; fails with {@code PORT_IN_USE} or {@code NO_SUCH_ADDRESS} where that can't be. */
    Future<Listening> listen(String ip, int port, Gate gate);

    /** Whether containers must be on a network of this host. */
    default boolean connects() {
        return true;
    }

    /** Gives back what it holds, once nothing is listened at. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }

    /** Who says where a connection goes. On any thread, and never blocks. */
    interface Gate {
        /**
         * Where a new connection goes; it counts as one of that target until {@link #ended}.
         *
         * @param refused who did not take this one
         * @return null: nowhere
         */
        @Nullable
        RelayTarget next(Set<RelayTarget> refused);

        /** A connection that was given to it is over. */
        void ended(RelayTarget target);
    }

    /** What is listened at. */
    interface Listening {
        /** Ends it, and all connections that came there. */
        Future<Void> close();

        /** Ends the connections of an instance. */
        void cut(String instance);
    }
}
