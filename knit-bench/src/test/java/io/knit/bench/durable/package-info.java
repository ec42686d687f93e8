@NullMarked
package io.knit.bench.durable;

import org.jspecify.annotations.NullMarked;
