/** The keys of Compose files: one table of what becomes of each, and the walk that says so of a file. Pure; owns nothing. */
@NullMarked
package io.knit.core.server.compose.key;

import org.jspecify.annotations.NullMarked;
