/**
 * Takes requests, gives who sends them, or why they are not served: the right that each route takes, tokens, sessions of the dashboard, and who failed too
 * often to say who he is. What a right takes, {@code server.command.Policy} decides.
 */
@NullMarked
package io.knit.core.server.http.access;

import org.jspecify.annotations.NullMarked;
