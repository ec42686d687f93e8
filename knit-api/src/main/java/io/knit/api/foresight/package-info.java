/** What would happen if: a {@link io.knit.api.foresight.Scenario} is asked, what is {@link io.knit.api.foresight.Foretold} is the answer. */
@NullMarked
package io.knit.api.foresight;

import org.jspecify.annotations.NullMarked;
