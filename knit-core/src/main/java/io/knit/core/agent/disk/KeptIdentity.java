package io.knit.core.agent.disk;

import io.knit.api.spi.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the agent is, and that on disk. An agent that could not write its new session works all the same, for what runs must be looked after, and tries
 * again. Only on the loop.
 */
public final class KeptIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(KeptIdentity.class);

    private final Loop loop;
    private final DataDir dataDir;
    private final Duration again;
    private final Consumer<String> trouble;
    private AgentIdentity identity;
    private boolean kept;
    private boolean saving;
    private boolean stopped;

    /** @param trouble told why it can't be kept, and with an empty text when it is again */
    public KeptIdentity(Loop loop, DataDir dataDir, Duration again, AgentIdentity identity, Consumer<String> trouble) {
        this.loop = loop;
        this.dataDir = dataDir;
        this.again = again;
        this.identity = identity;
        this.trouble = trouble;
    }

    public AgentIdentity get() {
        return identity;
    }

    /** @param why it could not be kept at the start, or empty: it is */
    public void start(String why) {
        kept = why.isEmpty();
        if (!kept) {
            LOG.warn("the data folder can't be written ({}); nothing new is started until it can", why);
            tell(why);
            later();
        }
    }

    public void stop() {
        stopped = true;
    }

    public boolean isSaving() {
        return saving;
    }

    /** The agent belongs to this cluster as soon as that is on disk. Not while it {@link #isSaving}. */
    public Future<Void> join(String cluster) {
        AgentIdentity member = identity.in(cluster);
        return save(member).onSuccess(done -> identity = member).onFailure(this::notJoined);
    }

    /** The next heartbeat's answer tries again. */
    private void notJoined(Throwable why) {
        LOG.warn("can't keep that this agent joined: {}", why.toString());
        kept = false;
        tell(why.toString());
    }

    private Future<Void> save(AgentIdentity next) {
        saving = true;
        return loop.<Void>blocking(() -> {
                    dataDir.save(next);
                    return null;
                })
                .onComplete(done -> saving = false)
                .onSuccess(done -> {
                    if (!kept) {
                        kept = true;
                        LOG.info("the data folder can be written again");
                        trouble.accept("");
                    }
                });
    }

    private void later() {
        loop.after(again, () -> {
            if (stopped || kept) {
                return;
            }
            if (saving) {
                later();
            } else {
                save(identity).onFailure(why -> later());
            }
        });
    }

    private void tell(String why) {
        trouble.accept("the agent's data folder can't be written: " + why);
    }
}
