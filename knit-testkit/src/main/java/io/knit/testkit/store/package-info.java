/**
 * A store in memory that survives the end of the process that uses it.
 */
@NullMarked
package io.knit.testkit.store;

import org.jspecify.annotations.NullMarked;
