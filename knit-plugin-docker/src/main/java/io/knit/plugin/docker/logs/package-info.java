/** Takes the wish to read what a container wrote; gives its lines, each once, and says where some are missing. */
@NullMarked
package io.knit.plugin.docker.logs;

import org.jspecify.annotations.NullMarked;
