/**
 * Takes an image's name, gives it pulled, with remarks while it comes, or why it did not: never with the registry's user or password.
 */
@NullMarked
package io.knit.plugin.docker.image;

import org.jspecify.annotations.NullMarked;
