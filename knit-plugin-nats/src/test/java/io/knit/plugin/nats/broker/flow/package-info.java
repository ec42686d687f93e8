@NullMarked
package io.knit.plugin.nats.broker.flow;

import org.jspecify.annotations.NullMarked;
