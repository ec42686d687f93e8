/** {@code knit var}, {@code knit secret}, {@code knit file}: takes words and what stands in files, gives values to a server and shows what it has. */
@NullMarked
package io.knit.launcher.remote.value;

import org.jspecify.annotations.NullMarked;
