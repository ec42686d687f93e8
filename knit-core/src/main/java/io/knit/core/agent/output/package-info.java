/**
 * Between steps 5 and 8: takes containers that go, keeps what they wrote last, for a while and within a bound. Its folder is
 * {@code output} in the data folder.
 */
@NullMarked
package io.knit.core.agent.output;

import org.jspecify.annotations.NullMarked;
