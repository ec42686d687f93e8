@NullMarked
package io.knit.launcher.remote.join;

import org.jspecify.annotations.NullMarked;
