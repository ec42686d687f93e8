@NullMarked
package io.knit.bench.server;

import org.jspecify.annotations.NullMarked;
