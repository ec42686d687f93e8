/**
 * Who may use an {@link io.knit.plugin.nats.broker.EmbeddedNats} and for what: takes what a client claims to be, gives the user it is.
 * {@link io.knit.plugin.nats.broker.access.Accounts} holds a list of users; an
 * {@link io.knit.plugin.nats.broker.access.Authenticator} of one's own may ask anything else.
 */
@NullMarked
package io.knit.plugin.nats.broker.access;

import org.jspecify.annotations.NullMarked;
