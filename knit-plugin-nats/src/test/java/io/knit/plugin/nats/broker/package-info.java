@NullMarked
package io.knit.plugin.nats.broker;

import org.jspecify.annotations.NullMarked;
