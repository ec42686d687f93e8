/** What an engine of templates is given: how much it may do, and functions; and how it says what is wrong. */
@NullMarked
package io.knit.gotemplate.bound;

import org.jspecify.annotations.NullMarked;
