@NullMarked
package io.knit.testkit.fleet;

import org.jspecify.annotations.NullMarked;
