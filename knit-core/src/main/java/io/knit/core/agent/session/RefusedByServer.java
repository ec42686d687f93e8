package io.knit.core.agent.session;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.wire.Speaks;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A refusal's code in words of {@link ErrorCode}; a code of a later server counts as a conflict without a name. */
final class RefusedByServer {
    private RefusedByServer() {}

    static KnitException byServer(String node, String code, @Nullable String message) {
        String words = message == null || message.isBlank()
                ? "the server refuses this agent for node \"" + node + "\": " + code
                : message;
        try {
            return new KnitException(ErrorCode.valueOf(code.toUpperCase(Locale.ROOT)), words);
        } catch (IllegalArgumentException e) {
            return new KnitException(ErrorCode.IN_USE, words);
        }
    }

    static KnitException version(int spoken) {
        return new KnitException(
                ErrorCode.VERSION_NOT_SPOKEN,
                "the server answers in version " + spoken + " of the protocol, and this agent speaks "
                        + Speaks.OURS.words() + "; upgrade the server first, then the agents");
    }

    static KnitException wrongCluster(String own, String other) {
        return new KnitException(
                ErrorCode.WRONG_CLUSTER,
                "this agent belongs to cluster \"" + own + "\", but the server is of cluster \"" + other
                        + "\". To move the node: stop the agent, remove the containers with the label knit.cluster="
                        + own + ", and start it with an empty data folder");
    }
}
