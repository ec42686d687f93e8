@NullMarked
package io.knit.plugin.nats.broker.monitor;

import org.jspecify.annotations.NullMarked;
