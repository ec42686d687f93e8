/** Go templates of deployments: {@link io.knit.core.template.go.GoEngine} has the functions that Knit's have, over what a {@link io.knit.core.template.bound.Budget} allows. */
@NullMarked
package io.knit.core.template.go;

import org.jspecify.annotations.NullMarked;
