@NullMarked
package io.knit.launcher.remote.live;

import org.jspecify.annotations.NullMarked;
