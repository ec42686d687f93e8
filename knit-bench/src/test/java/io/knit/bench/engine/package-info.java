@NullMarked
package io.knit.bench.engine;

import org.jspecify.annotations.NullMarked;
