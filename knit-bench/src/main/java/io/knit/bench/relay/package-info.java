/**
 * A port that the agent relays beside the same containers reached without it: by a port that the engine publishes, and at their own address. {@code RelayBench} prints the table;
 * {@code Reached} is one way there.
 */
@NullMarked
package io.knit.bench.relay;

import org.jspecify.annotations.NullMarked;
