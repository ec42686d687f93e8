package io.knit.core.agent.session;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches one whole assignment set, page by page. Only on the loop. */
final class AssignmentFetch {
    private static final int MOST_BEGINNINGS = 5;
    private static final int MOST_PAGES = 10_000;
    private static final int LONGEST_DIGEST = 200;

    private final Asking asking;
    private final String cluster;
    private final AgentIdentity identity;
    private final List<Assignment> collected = new ArrayList<>();
    /** The first page of those collected; null: none yet. */
    private @Nullable AssignmentsPage first;

    private int beginnings;
    private int pages;

    AssignmentFetch(Asking asking, String cluster, AgentIdentity identity) {
        this.asking = asking;
        this.cluster = cluster;
        this.identity = identity;
    }

    /**
     * A whole set.
     *
     * @param session the start of the server that gave it; null: not told
     */
    record Fetched(AssignmentSet set, @Nullable Long session) {}

    /** Fails if a page is lost or can't be used, or the set changes faster than it can be read. */
    Future<Fetched> run() {
        beginnings++;
        pages = 0;
        first = null;
        collected.clear();
        return goOn();
    }

    /** After a failure: with what is there already, so that a link that breaks or is slow still gets to the end. */
    Future<Fetched> goOn() {
        String after =
                collected.isEmpty() ? null : collected.get(collected.size() - 1).instance();
        byte[] request = WireCodec.encode(new AssignmentsRequest(
                WireCodec.VERSION, cluster, identity.node(), identity.identity(), after, asking.bytes()));
        return asking.ask(Subjects.assignments(identity.node()), request)
                .compose(answer -> took(WireCodec.decode(answer, AssignmentsPage.class)));
    }

    private Future<Fetched> took(AssignmentsPage page) {
        if (!cluster.equals(page.cluster()) || !isWord(page.digest()) || !Assignments.areWhole(page.assignments())) {
            return Future.failedFuture(unusable("a page of assignments that is malformed or another cluster's"));
        }
        // the digest is the whole set's: while it stays, commits that concern other nodes do no harm
        if (first != null && !first.digest().equals(page.digest())) {
            return again();
        }
        if (first == null) {
            first = page;
        }
        collected.addAll(page.assignments());
        pages++;
        if (page.more()) {
            return page.assignments().isEmpty() || pages >= MOST_PAGES
                    ? Future.failedFuture(unusable("pages of assignments without end"))
                    : goOn();
        }
        AssignmentSet set =
                AssignmentSet.of(page.revision(), collected, Assignments.usable(page.prepare()), page.digest());
        return Future.succeededFuture(new Fetched(set, page.serverSession()));
    }

    /** It goes back in every heartbeat. */
    private static boolean isWord(@Nullable String digest) {
        return digest != null && digest.length() <= LONGEST_DIGEST;
    }

    private Future<Fetched> again() {
        return beginnings < MOST_BEGINNINGS
                ? run()
                : Future.failedFuture(unusable("pages of assignments that do not belong together"));
    }

    private static KnitException unusable(String what) {
        return new KnitException(ErrorCode.NOT_JSON, what);
    }
}
