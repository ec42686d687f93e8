/**
 * Takes what nodes say of their images, gives pages of them: which there are, pushing one, removing what nothing uses.
 */
@NullMarked
package io.knit.core.server.dashboard.image;

import org.jspecify.annotations.NullMarked;
