package io.knit.core.agent.pull;

import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.fetch.Asking;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.ValuesPage;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the server for one thing that no order names. Only on the loop. */
public final class ValueQuestions {
    private final Asking asking;
    private final AgentIdentity identity;
    private final String sealTo;
    private final Supplier<@Nullable String> cluster;

    /**
     * @param sealTo the agent's public key, for which what is secret is sealed
     * @param cluster null as long as it has none
     */
    public ValueQuestions(Asking asking, AgentIdentity identity, String sealTo, Supplier<@Nullable String> cluster) {
        this.asking = asking;
        this.identity = identity;
        this.sealTo = sealTo;
        this.cluster = cluster;
    }

    /**
     * Asks. Fails where nobody answers, or with something else: a server of before values were told.
     *
     * @param digest of the image that is here; null: there is none, or it is not about one
     */
    Future<ValuesPage> ask(ReadValue wanted, @Nullable String digest) {
        String present = cluster.get();
        if (present == null) {
            return Future.failedFuture("no server is known yet");
        }
        AssignmentsRequest request = new AssignmentsRequest(
                WireCodec.VERSION,
                present,
                identity.node(),
                identity.identity(),
                null,
                null,
                null,
                null,
                List.of(wanted.key()),
                sealTo,
                digest);
        return asking.ask(Subjects.assignments(identity.node()), WireCodec.encode(request))
                .map(answer -> WireCodec.decode(answer, ValuesPage.class))
                .compose(page -> present.equals(page.cluster()) && page.values() != null && page.refused() != null
                        ? Future.succeededFuture(page)
                        : Future.failedFuture("it was answered with something else"));
    }

    /** What a page says of the one that was asked for; null: nothing. */
    static @Nullable ReadValue in(ValuesPage page, ReadValue wanted) {
        for (ReadValue value : page.values()) {
            if (value != null && value.body() != null && value.key().equals(wanted.key())) {
                return value;
            }
        }
        return null;
    }
}
