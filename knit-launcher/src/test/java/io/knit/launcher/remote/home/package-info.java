@NullMarked
package io.knit.launcher.remote.home;

import org.jspecify.annotations.NullMarked;
