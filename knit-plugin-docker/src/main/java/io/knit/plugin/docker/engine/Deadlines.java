package io.knit.plugin.docker.engine;

import java.time.Duration;

/**
 * How long the engine may take. All above zero.
 *
 * @param read for list, inspect and info
 * @param create for making a container
 * @param start for starting one
 * @param removeMargin for removing one, and for stopping one on top of its grace time
 * @param pull for a whole pull
 * @param pullStall for the time between two signs of progress of a pull
 * @param queue for waiting behind other calls of the same kind
 * @param factsAge until the engine's version and capacity are asked anew
 * @param reconnect before the event stream is opened again, the first time; doubles up to fifty times this
 */
public record Deadlines(
        Duration read,
        Duration create,
        Duration start,
        Duration removeMargin,
        Duration pull,
        Duration pullStall,
        Duration queue,
        Duration factsAge,
        Duration reconnect) {
    public static Deadlines defaults() {
        return new Deadlines(
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                Duration.ofMinutes(2),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                Duration.ofMillis(100));
    }
}
