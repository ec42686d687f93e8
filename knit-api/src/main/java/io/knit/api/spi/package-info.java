/**
 * What a plugin implements. One {@link io.knit.api.spi.KnitPlugin}, found by {@link java.util.ServiceLoader}, returns
 * factories for any of the four SPIs: {@link io.knit.api.spi.runtime.ContainerRuntime}, {@link io.knit.api.spi.transport.Transport},
 * {@link io.knit.api.spi.discovery.Discovery}, {@link io.knit.api.spi.store.Store}. Each has a contract test in {@code knit-testkit} with
 * a case for every numbered obligation of its Javadoc.
 * One room for each; {@code loop} and {@code figure} are for all of them, and what stays here is what makes a plugin.
 *
 * <p>All of them are asynchronous: a method never blocks its caller; bad arguments throw, all else fails the future with a
 * {@link io.knit.api.error.KnitException}. A future may complete on any thread: Knit's callers return to their
 * {@link io.knit.api.spi.loop.Loop} by themselves.
 */
@NullMarked
package io.knit.api.spi;

import org.jspecify.annotations.NullMarked;
