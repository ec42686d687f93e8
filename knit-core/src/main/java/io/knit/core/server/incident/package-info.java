/**
 * What was decided lately, and from what: kept in memory as it happens, written into a file that has no secrets, and decided again from there,
 * to see whether the same comes of it.
 */
@NullMarked
package io.knit.core.server.incident;

import org.jspecify.annotations.NullMarked;
