/** What a template's values are to Go: types, truth, bytes of texts. */
@NullMarked
package io.knit.gotemplate.value;

import org.jspecify.annotations.NullMarked;
