/**
 * Takes the volumes of slots, gives their page, and has them removed, moved, downloaded and restored.
 */
@NullMarked
package io.knit.core.server.dashboard.volume;

import org.jspecify.annotations.NullMarked;
