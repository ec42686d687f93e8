@NullMarked
package io.knit.launcher.remote;

import org.jspecify.annotations.NullMarked;
