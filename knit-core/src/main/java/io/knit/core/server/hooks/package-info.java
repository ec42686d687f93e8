/** What who embeds the server gave it: takes specs to its rules, commits to its listeners; gives refusals, and whatever listeners make of events. */
@NullMarked
package io.knit.core.server.hooks;

import org.jspecify.annotations.NullMarked;
