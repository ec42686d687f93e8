@NullMarked
package io.knit.launcher.remote.show;

import org.jspecify.annotations.NullMarked;
