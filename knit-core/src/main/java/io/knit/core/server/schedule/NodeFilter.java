package io.knit.core.server.schedule;

import java.util.Optional;

/** One reason why a node may not fit. */
@FunctionalInterface
interface NodeFilter {
    /** Why the candidate does not fit, as the end of "n1 …": {@code lacks region=eu}; empty if nothing is against it. */
    Optional<String> refuse(LoneWish wish, Candidate candidate);
}
