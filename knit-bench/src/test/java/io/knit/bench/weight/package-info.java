@NullMarked
package io.knit.bench.weight;

import org.jspecify.annotations.NullMarked;
