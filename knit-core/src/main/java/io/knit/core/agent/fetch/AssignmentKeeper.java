package io.knit.core.agent.fetch;

import io.knit.api.AgentTiming;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.DataDir;
import io.knit.core.agent.disk.KeptSet;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the assignment set in force and gets a newer one when told of it: fetched whole, kept on disk, then adopted. One fetch
 * at a time. Only on the loop.
 */
public final class AssignmentKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(AssignmentKeeper.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);

    private final Loop loop;
    private final AgentTiming timing;
    private final KeptSet kept;
    private final DroppedMessages dropped;
    private final Consumer<AssignmentSet> adopted;
    private AssignmentSet held;
    /** The answer by which the set in force came; null: it is from the disk, and its number can't be compared with any. */
    private AssignmentFetch.@Nullable Fetched origin;

    private final Asking asking;
    private final @Nullable String sealTo;
    /** A fetch that broke off, with the pages it has. */
    private @Nullable AssignmentFetch unfinished;

    /** Whether the specs are named by their hashes; not after one came that was another, until a set is whole again. */
    private boolean byHash = true;

    private boolean fetching;
    private boolean announced;
    private long announcedRevision;
    private int failures;
    private boolean stopped;

    public AssignmentKeeper(
            Loop loop,
            Transport transport,
            AgentTiming timing,
            DataDir dataDir,
            AssignmentSet held,
            DroppedMessages dropped,
            Consumer<AssignmentSet> adopted,
            Consumer<String> diskTrouble,
            @Nullable String sealTo) {
        this.loop = loop;
        this.timing = timing;
        this.asking = new Asking(loop, transport, timing.requestTimeout());
        this.kept = new KeptSet(loop, dataDir, timing.heartbeat(), diskTrouble);
        this.held = held;
        this.dropped = dropped;
        this.adopted = adopted;
        this.sealTo = sealTo;
    }

    public AssignmentSet held() {
        return held;
    }

    public void stop() {
        stopped = true;
        kept.stop();
    }

    /** The server has another set, of at least this revision. */
    public void fetch(String cluster, AgentIdentity identity, long revision) {
        if (stopped) {
            return;
        }
        if (fetching) {
            announced = true;
            announcedRevision = Math.max(announcedRevision, revision);
            return;
        }
        AssignmentSet before = held;
        fetching = true;
        announced = false;
        announcedRevision = 0;
        AssignmentFetch broken = unfinished;
        unfinished = null;
        AssignmentFetch fetch =
                broken != null ? broken : new AssignmentFetch(asking, cluster, identity, held, byHash, sealTo);
        (broken != null ? fetch.goOn() : fetch.run())
                .onFailure(e -> {
                    unfinished = isUnusable(e) ? null : fetch;
                    byHash &= !fetch.isDistrusted();
                })
                .compose(this::adopt)
                .onSuccess(nothing -> {
                    failures = 0;
                    byHash = true;
                })
                .onFailure(this::failed)
                .onComplete(result -> {
                    fetching = false;
                    if (stopped) {
                        return;
                    }
                    if (result.failed()) {
                        loop.after(retryAfter(), () -> retry(cluster, identity, revision, before));
                    } else if (announced && announcedRevision > held.revision()) {
                        fetch(cluster, identity, announcedRevision);
                    }
                });
    }

    private Future<Void> adopt(AssignmentFetch.Fetched fetched) {
        AssignmentSet set = fetched.set();
        if (stopped || isOlder(fetched)) {
            return Future.succeededFuture();
        }
        if (held.known() && set.digest().equals(held.digest()) && set.notGiven().equals(held.notGiven())) {
            held = set;
            origin = fetched;
            return Future.succeededFuture();
        }
        return kept.keep(set, fetched.specs()).map(tried -> {
            if (!stopped) {
                held = set;
                origin = fetched;
                adopted.accept(set);
            }
            return null;
        });
    }

    /** Numbers are in order within one start of the server; another one may have been restored from a backup, or had its clock set. */
    private boolean isOlder(AssignmentFetch.Fetched fetched) {
        return origin != null
                && Objects.equals(origin.session(), fetched.session())
                && fetched.set().revision() < held.revision();
    }

    private static boolean isUnusable(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.NOT_JSON;
    }

    private void failed(Throwable why) {
        failures++;
        if (isUnusable(why)) {
            dropped.drop(String.valueOf(why.getMessage()));
        } else {
            LOG.debug("the assignments could not be fetched: {}", why.getMessage());
        }
    }

    /** Soon, then ever later: the heartbeat heals it anyway. */
    private Duration retryAfter() {
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
        return wait.compareTo(timing.heartbeat()) < 0 ? wait : timing.heartbeat();
    }

    private void retry(String cluster, AgentIdentity identity, long revision, AssignmentSet before) {
        if (!fetching && held == before) {
            fetch(cluster, identity, revision);
        }
    }
}
