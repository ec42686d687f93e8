/** 13 what if: takes a spec and the state, gives what its templates would become on nodes, {@link io.knit.core.server.rendering.Renderings}. Pure; no secret is opened for it. */
@NullMarked
package io.knit.core.server.rendering;

import org.jspecify.annotations.NullMarked;
