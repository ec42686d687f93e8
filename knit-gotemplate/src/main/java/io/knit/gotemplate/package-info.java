/** Go's {@code text/template} as a small engine: {@link io.knit.gotemplate.GoTemplate} is parsed once and rendered for values. */
@NullMarked
package io.knit.gotemplate;

import org.jspecify.annotations.NullMarked;
