@NullMarked
package io.knit.plugin.nats.broker.session;

import org.jspecify.annotations.NullMarked;
