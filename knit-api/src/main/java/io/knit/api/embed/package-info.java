/**
 * What who embeds a server gives it: rules for specs, a liking for nodes, listeners. Takes specs, nodes and events, gives refusals and scores. Each is
 * one method, so that a lambda will do.
 */
@NullMarked
package io.knit.api.embed;

import org.jspecify.annotations.NullMarked;
