@NullMarked
package io.knit.plugin.nats;

import org.jspecify.annotations.NullMarked;
