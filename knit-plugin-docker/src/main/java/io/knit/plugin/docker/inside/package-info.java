/** Takes the wish to see into a container, or to reach into it; gives what goes on until it ends: output, a command, files, what it uses. And takes images as tar, which go on as long. */
@NullMarked
package io.knit.plugin.docker.inside;

import org.jspecify.annotations.NullMarked;
