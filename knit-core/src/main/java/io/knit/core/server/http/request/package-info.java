/**
 * Takes requests, gives bodies and parameters, whole and checked; or refuses those of other sites, those that are too large or too slow,
 * and whatever a path does not know.
 */
@NullMarked
package io.knit.core.server.http.request;

import org.jspecify.annotations.NullMarked;
