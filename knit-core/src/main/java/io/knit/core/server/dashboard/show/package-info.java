/**
 * Takes what the server knows, gives the words, colours and rows that more than one page shows (pure).
 */
@NullMarked
package io.knit.core.server.dashboard.show;

import org.jspecify.annotations.NullMarked;
