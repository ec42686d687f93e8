/** Values → text, as Go's {@code fmt} writes them. */
@NullMarked
package io.knit.gotemplate.format;

import org.jspecify.annotations.NullMarked;
