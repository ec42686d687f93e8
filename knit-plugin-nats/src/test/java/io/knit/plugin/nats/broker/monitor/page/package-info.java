@NullMarked
package io.knit.plugin.nats.broker.monitor.page;

import org.jspecify.annotations.NullMarked;
