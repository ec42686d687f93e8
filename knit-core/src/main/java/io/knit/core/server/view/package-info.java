/** Takes the state, gives what one reads of it (pure): {@link io.knit.core.server.view.Views}. */
@NullMarked
package io.knit.core.server.view;

import org.jspecify.annotations.NullMarked;
