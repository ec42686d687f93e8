package io.knit.bench.server;

import io.knit.core.wire.Task;
import io.knit.core.wire.WireCodec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Whom a task names. A broadcast comes to each agent, and is read once for all of them: on hosts of their own each would read it. */
final class Tasks {
    private byte[] last = new byte[0];
    private final Set<String> named = new HashSet<>();

    boolean names(String node, byte[] bytes, int from, int to) {
        if (!Arrays.equals(last, 0, last.length, bytes, from, to)) {
            last = Arrays.copyOfRange(bytes, from, to);
            named.clear();
            WireCodec.decode(last, Task.class).placements().forEach(each -> named.add(each.node()));
        }
        return named.contains(node);
    }
}
