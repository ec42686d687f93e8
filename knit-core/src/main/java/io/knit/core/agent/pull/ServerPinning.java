package io.knit.core.agent.pull;

import io.knit.core.rules.ImageReference;
import io.knit.core.wire.ReadValue;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the server each time. While nobody answers, what it said last holds; it is in memory alone. Only on the loop. */
public final class ServerPinning implements Pinning {
    /** More than run on a node. */
    private static final int MOST = 1_000;

    private final ValueQuestions server;
    /** By instance, the oldest first. */
    private final Map<String, String> said = new LinkedHashMap<>();

    public ServerPinning(ValueQuestions server) {
        this.server = server;
    }

    @Override
    public Future<String> of(String instance, @Nullable String digest) {
        ReadValue wanted = ReadValue.image(instance);
        return server.ask(wanted, digest)
                .map(page -> heard(instance, ValueQuestions.in(page, wanted)))
                .otherwise(e -> said.getOrDefault(instance, ""));
    }

    private String heard(String instance, @Nullable ReadValue answer) {
        String digest = answer == null ? null : answer.body();
        if (digest == null || !ImageReference.isDigest(digest)) {
            return "";
        }
        said.put(instance, digest);
        if (said.size() > MOST) {
            said.remove(said.keySet().iterator().next());
        }
        return digest;
    }
}
