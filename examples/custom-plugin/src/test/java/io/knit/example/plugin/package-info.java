/** A plugin of one's own: a class, and a line in {@code META-INF/services} by which Knit finds it. */
@NullMarked
package io.knit.example.plugin;

import org.jspecify.annotations.NullMarked;
