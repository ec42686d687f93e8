/**
 * What every implementation of an SPI must do: one abstract test for each SPI, with a case for each numbered obligation of its
 * Javadoc. Extend it, say how to make the component, and run it with JUnit 5.
 *
 * <pre>{@code
 * class AtOnce extends HistoryStoreContract {
 *     private final InMemoryStorage storage = new InMemoryStorage();
 *
 *     @Override
 *     protected Future<? extends Store> open() {
 *         return InMemoryStore.open(storage);
 *     }
 *
 *     @Override
 *     protected void kill(Store store) {
 *         ((InMemoryStore) store).kill();
 *     }
 * }
 * }</pre>
 */
@NullMarked
package io.knit.testkit.contract;

import org.jspecify.annotations.NullMarked;
