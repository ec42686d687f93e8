package io.knit.core.wire;

import java.util.List;

/**
 * Specs that an agent asked for by their hashes: as many as fit, at least one that there is. What is not among them is asked for again; a page
 * without any says that its node has none of them any more.
 */
public record SpecsPage(int v, String cluster, List<SpecBlob> specs) {}
