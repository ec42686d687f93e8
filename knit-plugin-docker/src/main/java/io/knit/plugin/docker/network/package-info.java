/** Takes the named networks that containers ask for, gives them on the engine: made with the first container, gone after the last. */
@NullMarked
package io.knit.plugin.docker.network;

import org.jspecify.annotations.NullMarked;
