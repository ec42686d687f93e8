/** 12 volume: takes what is wanted of slots' volumes, gives changes, and what is to be said of them. Pure. */
@NullMarked
package io.knit.core.server.volume;

import org.jspecify.annotations.NullMarked;
