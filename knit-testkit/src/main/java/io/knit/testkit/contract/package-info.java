/**
 * What every implementation of an SPI must do: one abstract test for each SPI, with a case for each numbered obligation of its
 * Javadoc. Extend it, say how to make the component, and run it with JUnit 5.
 */
@NullMarked
package io.knit.testkit.contract;

import org.jspecify.annotations.NullMarked;
