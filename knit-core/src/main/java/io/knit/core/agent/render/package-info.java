/** 10 run, files: takes templates and what a node knows, gives {@link io.knit.core.agent.render.RenderedFiles} for a container to mount. */
@NullMarked
package io.knit.core.agent.render;

import org.jspecify.annotations.NullMarked;
