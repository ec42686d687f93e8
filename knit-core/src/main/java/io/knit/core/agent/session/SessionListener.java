package io.knit.core.agent.session;

import io.knit.api.error.KnitException;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.Displaced;
import io.knit.core.wire.AssignmentSet;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an {@link AgentSession} tells, on the loop. */
public interface SessionListener {
    /** The server answered for the first time in this run; the cluster's id is kept on disk. */
    void joined(String cluster);

    /** Another set is in force, and kept on disk. */
    void adopted(AssignmentSet set);

    /**
     * The server took this agent in once more.
     *
     * @param sent when that was sent which it answered, by the loop's {@code elapsed}
     * @param confirmed whether the set in force is the one that it wants
     */
    void heard(Duration sent, boolean confirmed);

    /**
     * How it stands with the data folder; told when it changes.
     *
     * @param trouble why what is assigned can't be kept, or empty: it can again
     */
    void disk(String trouble);

    /** The transport is connected again. */
    void connected();

    /**
     * The server refused this agent; the session speaks no more, but for a {@link AgentSession#lastWord}.
     *
     * @param displaced whose this agent's node is now, where that is sure to be on another engine; null: it may be on this one
     */
    void refused(KnitException why, @Nullable Displaced displaced);

    /** Of the {@link AgentSession#leftovers} these are not deployed any more; told while the set in force is the one that the server wants. */
    void gone(List<String> deployments);

    /** The server has the table of names of that digest. Told again and again. */
    void names(String cluster, AgentIdentity who, String digest);

    /** The server was started since its last answer. */
    void serverStarted();
}
