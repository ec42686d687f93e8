/**
 * A mesh that is what the test says it is.
 */
@NullMarked
package io.knit.testkit.discovery;

import org.jspecify.annotations.NullMarked;
