@NullMarked
package io.knit.plugin.nats.broker.protocol;

import org.jspecify.annotations.NullMarked;
