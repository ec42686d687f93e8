/**
 * 1b. Takes a Compose file's text and all that is around it, gives the specs of one stack and everything that is to be said of the file, each with
 * its line. Pure: files and variables are arguments. {@code text} reads, {@code key} knows every key, {@code take} makes specs, {@code reach} finds who
 * of them looks for whom.
 *
 * <pre>{@code
 * ComposeStack stack = Compose.read(ComposeSource.of("compose.yaml", text).named("shop"));
 * if (!stack.refused()) {
 *     stack.services().forEach(service -> deploy(service.spec()));
 * }
 * }</pre>
 */
@NullMarked
package io.knit.core.server.compose;

import org.jspecify.annotations.NullMarked;
