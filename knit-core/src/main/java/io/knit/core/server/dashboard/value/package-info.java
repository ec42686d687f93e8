/**
 * Takes variables, secrets, files and registries, gives their page, and has them set and removed.
 */
@NullMarked
package io.knit.core.server.dashboard.value;

import org.jspecify.annotations.NullMarked;
