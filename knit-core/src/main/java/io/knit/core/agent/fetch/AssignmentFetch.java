package io.knit.core.agent.fetch;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.Assignments;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.SpecsPage;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.ValuesPage;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fetches one whole assignment set, page by page, then the specs that it names, then the values that its orders read, as far as they are not here. Only on the loop. */
final class AssignmentFetch {
    private static final int MOST_BEGINNINGS = 5;
    private static final int MOST_PAGES = 10_000;
    private static final int LONGEST_DIGEST = 200;

    private final Asking asking;
    private final String cluster;
    private final AgentIdentity identity;
    private final boolean byHash;
    private final SpecFetch specs;
    private final ValueFetch values;
    private final @Nullable String sealTo;
    private final List<Assignment> collected = new ArrayList<>();
    /** The first page of those collected; null: none yet. */
    private @Nullable AssignmentsPage first;

    /** The last page; null: it did not come yet. */
    private @Nullable AssignmentsPage last;

    private boolean distrusted;
    private int beginnings;
    private int pages;

    /**
     * @param held the set in force, whose specs are not asked for again
     * @param byHash whether specs may be named by their hashes
     * @param sealTo for what secrets are to be sealed; null: this agent reads none
     */
    AssignmentFetch(
            Asking asking,
            String cluster,
            AgentIdentity identity,
            AssignmentSet held,
            boolean byHash,
            @Nullable String sealTo) {
        this.asking = asking;
        this.cluster = cluster;
        this.identity = identity;
        this.specs = new SpecFetch(held);
        this.values = new ValueFetch(held);
        this.sealTo = sealTo;
        this.byHash = byHash;
    }

    /**
     * A whole set.
     *
     * @param session the start of the server that gave it; null: not told
     * @param specs those that came with it
     */
    record Fetched(AssignmentSet set, @Nullable Long session, Map<String, SpecBlob> specs) {}

    /** Whether specs came that are not what their names say: the set is better asked for with its specs in it. */
    boolean isDistrusted() {
        return distrusted;
    }

    /** Fails if a page is lost or can't be used, or the set changes faster than it can be read. */
    Future<Fetched> run() {
        beginnings++;
        pages = 0;
        first = null;
        last = null;
        collected.clear();
        return goOn();
    }

    /** After a failure: with what is there already, so that a link that breaks or is slow still gets to the end. */
    Future<Fetched> goOn() {
        return last == null ? nextPage() : nextSpecs(last);
    }

    private Future<Fetched> nextPage() {
        String after =
                collected.isEmpty() ? null : collected.get(collected.size() - 1).instance();
        return ask(after, null, null).compose(answer -> took(WireCodec.decode(answer, AssignmentsPage.class)));
    }

    private Future<byte[]> ask(@Nullable String after, @Nullable List<String> names, @Nullable List<String> valuesOf) {
        AssignmentsRequest request = new AssignmentsRequest(
                WireCodec.VERSION,
                cluster,
                identity.node(),
                identity.identity(),
                after,
                asking.bytes(),
                byHash ? true : null,
                names,
                valuesOf,
                valuesOf == null ? null : sealTo,
                null);
        return asking.ask(Subjects.assignments(identity.node()), WireCodec.encode(request));
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
        last = page;
        return nextSpecs(page);
    }

    private Future<Fetched> nextSpecs(AssignmentsPage page) {
        List<String> missing = specs.missing(collected, AssignmentsRequest.MOST_SPECS);
        if (!missing.isEmpty()) {
            return ask(null, missing, null)
                    .compose(answer -> tookSpecs(missing, WireCodec.decode(answer, SpecsPage.class), page));
        }
        List<String> unread = values.missing(collected, AssignmentsRequest.MOST_SPECS);
        if (!unread.isEmpty()) {
            return ask(null, null, unread)
                    .compose(answer -> tookValues(unread, WireCodec.decode(answer, ValuesPage.class), page));
        }
        AssignmentSet set = AssignmentSet.of(
                        page.revision(),
                        values.resolved(specs.resolved(collected)),
                        Assignments.usable(page.prepare()),
                        page.digest())
                .removing(Assignments.sound(page.removeVolumes()));
        return Future.succeededFuture(new Fetched(set, page.serverSession(), specs.fetched()));
    }

    private Future<Fetched> tookValues(List<String> asked, ValuesPage answer, AssignmentsPage page) {
        int took = cluster.equals(answer.cluster()) ? values.take(asked, answer) : -1;
        if (took < 0) {
            return Future.failedFuture(unusable("values that were not asked for"));
        }
        return took == 0 ? again() : nextSpecs(page);
    }

    private Future<Fetched> tookSpecs(List<String> asked, SpecsPage answer, AssignmentsPage page) {
        int took = cluster.equals(answer.cluster()) ? specs.take(asked, answer) : -1;
        if (took < 0) {
            distrusted = true;
            return Future.failedFuture(unusable("specs that are not what their names say"));
        }
        // none: the set has changed, or it is asked of a server that knows nothing of this
        return took == 0 ? again() : nextSpecs(page);
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
