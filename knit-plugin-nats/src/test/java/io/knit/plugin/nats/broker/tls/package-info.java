@NullMarked
package io.knit.plugin.nats.broker.tls;

import org.jspecify.annotations.NullMarked;
