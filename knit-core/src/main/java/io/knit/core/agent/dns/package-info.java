/**
 * DNS: takes what containers ask for by name, gives what {@code names} knows below {@code knit}, and of all other names what the host's own resolvers say. Whatever bytes
 * come, it goes on.
 */
@NullMarked
package io.knit.core.agent.dns;

import org.jspecify.annotations.NullMarked;
