/** Text → {@code tree}, or what is wrong with it and where. */
@NullMarked
package io.knit.gotemplate.parse;

import org.jspecify.annotations.NullMarked;
