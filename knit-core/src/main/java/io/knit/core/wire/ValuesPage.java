package io.knit.core.wire;

import java.util.List;
import java.util.Map;

/**
 * Values that an agent asked for by their {@link ReadValue#key}s: as many as fit, at least one that there is. What is neither among them nor refused is asked for again; a page
 * without any says that its node reads none of them any more.
 *
 * @param refused by key, why it can't be given, in words
 */
public record ValuesPage(int v, String cluster, List<ReadValue> values, Map<String, String> refused) {}
