@NullMarked
package io.knit.bench.placing;

import org.jspecify.annotations.NullMarked;
