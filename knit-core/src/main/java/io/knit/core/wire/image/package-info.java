/** What server and agent say to each other of images: of one that is pushed, and of those that are there. */
@NullMarked
package io.knit.core.wire.image;

import org.jspecify.annotations.NullMarked;
