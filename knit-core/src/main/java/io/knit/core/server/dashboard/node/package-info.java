/**
 * Takes a node and what is on it, gives its page, and what would happen without it.
 */
@NullMarked
package io.knit.core.server.dashboard.node;

import org.jspecify.annotations.NullMarked;
