/**
 * An agent: {@link io.knit.core.agent.AgentCore} ties together the four steps that have a package each: 8 {@code session},
 * 9 {@code reconcile}, 10 {@code run}, 11 {@code report}. All of it runs on one {@link io.knit.api.spi.loop.Loop}, has no thread, clock
 * or random of its own, and knows the outside by the SPIs only.
 */
@NullMarked
package io.knit.core.agent;

import org.jspecify.annotations.NullMarked;
