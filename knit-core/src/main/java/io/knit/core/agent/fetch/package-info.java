/**
 * 8 session, what is assigned: takes tasks that announce it, gives the whole set of this node, fetched page by page, with each spec that is not
 * known yet. {@link io.knit.core.agent.fetch.Asking} learns what the link carries.
 */
@NullMarked
package io.knit.core.agent.fetch;

import org.jspecify.annotations.NullMarked;
