/** The product's face: {@code KnitServer} and {@code KnitAgent}, each with a builder. */
@NullMarked
package io.knit.core;

import org.jspecify.annotations.NullMarked;
