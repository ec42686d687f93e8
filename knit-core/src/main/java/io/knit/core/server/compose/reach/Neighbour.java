package io.knit.core.server.compose.reach;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * That one service looks for another.
 *
 * @param by who looks
 * @param of whom
 * @param ports at which, as far as the file says it
 */
public record Neighbour(String by, String of, SortedSet<Integer> ports) {
    public Neighbour {
        ports = new TreeSet<>(ports);
    }
}
