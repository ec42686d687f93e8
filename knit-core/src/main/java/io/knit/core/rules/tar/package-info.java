/** What a tar says of its entries: bytes → numbers and names, as POSIX and GNU write them (pure). */
@NullMarked
package io.knit.core.rules.tar;

import org.jspecify.annotations.NullMarked;
