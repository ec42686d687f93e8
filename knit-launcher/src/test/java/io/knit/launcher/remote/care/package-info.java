@NullMarked
package io.knit.launcher.remote.care;

import org.jspecify.annotations.NullMarked;
