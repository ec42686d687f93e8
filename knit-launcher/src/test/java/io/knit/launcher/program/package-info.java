@NullMarked
package io.knit.launcher.program;

import org.jspecify.annotations.NullMarked;
