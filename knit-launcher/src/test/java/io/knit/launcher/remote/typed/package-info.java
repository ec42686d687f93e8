@NullMarked
package io.knit.launcher.remote.typed;

import org.jspecify.annotations.NullMarked;
