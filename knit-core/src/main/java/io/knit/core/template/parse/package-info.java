/**
 * Takes a template's text, gives it parsed, metered, and in a sandbox that leaves only what is bounded; or its fault with line and column, in words.
 */
@NullMarked
package io.knit.core.template.parse;

import org.jspecify.annotations.NullMarked;
