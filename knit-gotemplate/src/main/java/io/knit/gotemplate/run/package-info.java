/** {@code tree}, values → text. */
@NullMarked
package io.knit.gotemplate.run;

import org.jspecify.annotations.NullMarked;
