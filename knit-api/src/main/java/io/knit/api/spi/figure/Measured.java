package io.knit.api.spi.figure;

import java.util.List;

/**
 * Optional for a {@link io.knit.api.spi.Component} that has figures of its own to show with the server's at {@code /metrics}.
 *
 * <ol>
 *   <li>Never blocks, and may be called from any thread, at any time until the component is closed.
 *   <li>Counters never go down while the component lives.
 *   <li>Names begin with {@code knit_} and the plugin's own name; no name or label holds what a stranger chose (a client's
 *       name, a subject): there would be no end of them.
 * </ol>
 */
public interface Measured {
    /** The figures as of now; those of one name stand together. */
    List<Figure> figures();
}
