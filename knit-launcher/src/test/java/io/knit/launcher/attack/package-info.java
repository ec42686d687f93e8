@NullMarked
package io.knit.launcher.attack;

import org.jspecify.annotations.NullMarked;
