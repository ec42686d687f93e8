@NullMarked
package io.knit.bench.broker;

import org.jspecify.annotations.NullMarked;
