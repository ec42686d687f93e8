/** Knit in a Vert.x application. */
@NullMarked
package io.knit.example.vertx;

import org.jspecify.annotations.NullMarked;
