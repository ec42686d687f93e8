@NullMarked
package io.knit.launcher.remote.run;

import org.jspecify.annotations.NullMarked;
