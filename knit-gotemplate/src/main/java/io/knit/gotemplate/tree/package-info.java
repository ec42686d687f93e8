/** What a template's text says, as values. */
@NullMarked
package io.knit.gotemplate.tree;

import org.jspecify.annotations.NullMarked;
