/**
 * The way in: takes a {@code Newcomer} and what it says in CONNECT, gives the {@code User} it is, or the word that sends it away.
 *
 * <p>{@code ServerInfo} is what it is told first, {@code TlsEntrance} how private it must be, {@code Authentication} finds out who it
 * is, {@code Strangers} counts those that are not known yet and {@code Seats} those that are.
 */
@NullMarked
package io.knit.plugin.nats.broker.login;

import org.jspecify.annotations.NullMarked;
