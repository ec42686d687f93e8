/** Finds plugins by {@link java.util.ServiceLoader}, makes their components, naming the plugin in every failure, and calls what is foreign so that all it throws is told. */
@NullMarked
package io.knit.core.plugin;

import org.jspecify.annotations.NullMarked;
