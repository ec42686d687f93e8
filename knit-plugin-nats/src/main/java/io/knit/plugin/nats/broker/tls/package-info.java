/**
 * TLS of the embedded broker. {@link io.knit.plugin.nats.broker.tls.TlsOptions} are what a user says,
 * {@link io.knit.plugin.nats.broker.tls.BrokerTls} is what the broker makes of it: the certificate in use, read anew when its
 * files change.
 */
@NullMarked
package io.knit.plugin.nats.broker.tls;

import org.jspecify.annotations.NullMarked;
