/**
 * What every implementation of an SPI must do: one abstract test for each SPI, with a case for each numbered obligation of its
 * Javadoc. Extend it, say how to make the component, and run it with JUnit 5.
 *
 * <pre>{@code
 * class MyStoreTest extends StoreContract {
 *     @TempDir Path folder;
 *
 *     @Override
 *     protected Future<? extends Store> open() {
 *         return MyStore.open(folder);
 *     }
 * }
 * }</pre>
 */
@NullMarked
package io.knit.testkit.contract;

import org.jspecify.annotations.NullMarked;
