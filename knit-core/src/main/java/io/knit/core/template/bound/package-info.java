/**
 * What rendering may cost: a {@link io.knit.core.template.bound.Budget} that every filter, operator and attribute pays
 * from.
 */
@NullMarked
package io.knit.core.template.bound;

import org.jspecify.annotations.NullMarked;
