/**
 * What a spec says of a container's process and of what is around it: takes the words, gives what is wrong with them, and what they ask of a host
 * (pure).
 */
@NullMarked
package io.knit.core.rules.process;

import org.jspecify.annotations.NullMarked;
