@NullMarked
package io.knit.launcher.yaml;

import org.jspecify.annotations.NullMarked;
