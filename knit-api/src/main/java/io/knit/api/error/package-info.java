/**
 * The one error vocabulary: a {@link io.knit.api.error.KnitException} with an {@link io.knit.api.error.ErrorCode}. A code
 * has a kind; HTTP status, exit code and log level are derived from the kind, each in one place.
 */
@NullMarked
package io.knit.api.error;

import org.jspecify.annotations.NullMarked;
