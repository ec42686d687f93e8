package io.knit.core.server.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.ProcessSpec;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.StreamRequest;
import java.util.Optional;

/** What can be seen of instances beyond what the state says. Thread-safe. */
public interface Inside {
    /** Of a server that can't look. */
    Inside NONE = new Inside() {
        @Override
        public Optional<String> deploymentOf(String instance) {
            return Optional.empty();
        }

        @Override
        public Reading logs(String instance, String deployment, LogRange range, LineListener reader) {
            reader.failed(new KnitException(ErrorCode.CLOSED, "this server can't look into instances"));
            return () -> {};
        }

        @Override
        public Pipe open(String node, StreamRequest request, PipeReader reader) {
            reader.failed(new KnitException(ErrorCode.CLOSED, "this server can't look into instances"));
            return Pipe.NONE;
        }
    };

    /** Whose instance it is; empty: there is none of this id. */
    Optional<String> deploymentOf(String instance);

    /** What the process of an instance is, by the spec that it is made by, where that is known. */
    default Optional<ProcessSpec> processOf(String instance) {
        return Optional.empty();
    }

    /**
     * Reads what an instance wrote, or all instances of a deployment, interleaved by time.
     *
     * @param instance its id, or empty: of a deployment
     * @param deployment its name, or empty: of an instance
     */
    Reading logs(String instance, String deployment, LogRange range, LineListener reader);

    /**
     * Asks the agent of an instance's node, or of a node, for a stream. Failures come to the reader.
     *
     * @param node empty: that of the request's instance
     */
    Pipe open(String node, StreamRequest request, PipeReader reader);

    /** A reading under way. */
    interface Reading {
        /** Nobody wants more. May be called more than once; the reader is not told. */
        void cancel();
    }
}
