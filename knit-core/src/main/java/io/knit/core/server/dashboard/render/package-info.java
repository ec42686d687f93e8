/**
 * Takes what templates would become, gives a page of it, node by node.
 */
@NullMarked
package io.knit.core.server.dashboard.render;

import org.jspecify.annotations.NullMarked;
