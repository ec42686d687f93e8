package io.knit.core.server.value;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.SealedPassword;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The registries' passwords in the specs of a state (pure).
 *
 * @param open of how many specs they open
 * @param locked the names of the keys under which the others do not
 */
public record Passwords(int open, Set<String> locked) {
    /** Looks at all revisions. */
    public static Passwords of(ClusterState state) {
        Set<String> open = new HashSet<>();
        Set<String> locked = new TreeSet<>();
        for (Revision revision : state.revisions()) {
            if (revision.spec().registryAuth() != null && state.deployment(revision.deployment()) != null) {
                SealedPassword sealed = SealedPassword.in(revision.spec().registryAuth());
                if (sealed != null) {
                    locked.add(sealed.key());
                } else {
                    open.add(revision.blob());
                }
            }
        }
        return new Passwords(open.size(), locked);
    }

    /**
     * A password that does not open is bound to its spec, and would be lost in another one.
     *
     * @throws KnitException with {@code SECRETS_LOCKED}
     */
    public static void check(ClusterState state, List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Change.PutRevision put) {
                Revision next = put.revision();
                SealedPassword sealed = SealedPassword.in(next.spec().registryAuth());
                if (sealed != null
                        && state.revisionsOf(next.deployment()).stream()
                                .noneMatch(before -> before.blob().equals(next.blob()))) {
                    throw new KnitException(ErrorCode.SECRETS_LOCKED, sealed.words());
                }
            }
        }
    }
}
