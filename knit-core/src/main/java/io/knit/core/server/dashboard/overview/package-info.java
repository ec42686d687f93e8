/**
 * Takes a snapshot, gives the first page: all that there is. What its deploy form and its buttons ask for is shown before it is done.
 */
@NullMarked
package io.knit.core.server.dashboard.overview;

import org.jspecify.annotations.NullMarked;
