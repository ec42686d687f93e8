/** Takes documents of an older form, gives those of the present one (pure): {@link io.knit.core.server.documents.upgrade.Upgrades}, a step for each number. */
@NullMarked
package io.knit.core.server.documents.upgrade;

import org.jspecify.annotations.NullMarked;
