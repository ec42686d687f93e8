@NullMarked
package io.knit.launcher;

import org.jspecify.annotations.NullMarked;
