/** What server and agent say to each other of an image that is pushed. */
@NullMarked
package io.knit.core.wire.image;

import org.jspecify.annotations.NullMarked;
