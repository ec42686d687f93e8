@NullMarked
package io.knit.plugin.nats.broker.access;

import org.jspecify.annotations.NullMarked;
