@NullMarked
package io.knit.plugin.nats.broker.login;

import org.jspecify.annotations.NullMarked;
