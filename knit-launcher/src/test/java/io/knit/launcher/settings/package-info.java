@NullMarked
package io.knit.launcher.settings;

import org.jspecify.annotations.NullMarked;
