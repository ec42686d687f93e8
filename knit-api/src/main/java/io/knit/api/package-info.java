/**
 * What one asks of a running Knit, and how it is timed. Beside it: {@code model}, the records; {@code spi}, what plugins implement;
 * {@code error}, what can go wrong.
 */
@NullMarked
package io.knit.api;

import org.jspecify.annotations.NullMarked;
