package io.knit.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a server answered to a change.
 *
 * @param settled whether all is as wished; false too where nobody waited for that, and of a dry run
 * @param unsettled where it was waited for, and all is not as wished: why; else empty
 * @param timedOut whether that is only because the time to wait was over
 * @param body as {@code docs/api.md} has it; a missing node where there is none
 */
public record ChangeAnswer(boolean settled, String unsettled, boolean timedOut, JsonNode body) {}
