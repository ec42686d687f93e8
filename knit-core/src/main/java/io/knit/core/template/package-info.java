/**
 * The files of a deployment: checked by the server when it is posted, rendered by the agent when an instance starts. Both
 * use one engine, so what one accepts the other renders.
 *
 * <p>Templates come from users and run inside the server and the agents. They see maps, lists, strings and numbers, never a
 * Java object, a file or another template; their time, their output and every value they make are bounded.
 */
@NullMarked
package io.knit.core.template;

import org.jspecify.annotations.NullMarked;
