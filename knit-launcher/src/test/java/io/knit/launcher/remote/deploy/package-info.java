@NullMarked
package io.knit.launcher.remote.deploy;

import org.jspecify.annotations.NullMarked;
