/** Finds plugins by {@link java.util.ServiceLoader} and makes their components, naming the plugin in every failure. */
@NullMarked
package io.knit.core.plugin;

import org.jspecify.annotations.NullMarked;
