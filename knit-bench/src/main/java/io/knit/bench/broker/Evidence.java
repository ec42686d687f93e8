package io.knit.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What can be known of a run that does not go on, taken before its sockets are closed: who holds the bytes (a socket's queue, or one of
 * the programs), what the broker has counted, and what every thread of both sides is doing.
 */
final class Evidence {
    private static final int SENDS = 4; // fields of /proc/net/tcp
    private static final int MOST_FRAMES = 25;

    private Evidence() {}

    static String of(BenchedBroker broker) {
        return "\n--- sockets of port " + broker.port() + " whose queues are not empty\n" + sockets(broker.port())
                + "--- " + broker.name() + " says\n" + broker.says()
                + "--- threads of the harness\n" + stacks();
    }

    // the system's own word, so that no tool has to be there
    private static String sockets(int port) {
        StringBuilder told = new StringBuilder();
        int seen = 0;
        for (String file : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : lines(Path.of(file))) {
                String[] fields = line.strip().split("\\s+");
                String hex = String.format(Locale.ROOT, ":%04X", port);
                if (fields.length <= SENDS || !(fields[1].endsWith(hex) || fields[2].endsWith(hex))) {
                    continue;
                }
                seen++;
                String[] queues = fields[SENDS].split(":");
                long unsent = Long.parseLong(queues[0], 16);
                long unread = Long.parseLong(queues[1], 16);
                if (unsent > 0 || unread > 0) {
                    told.append(fields[1].endsWith(hex) ? "broker" : "client")
                            .append("'s end, state ")
                            .append(fields[3])
                            .append(", client's port ")
                            .append(portOf(fields[1].endsWith(hex) ? fields[2] : fields[1]))
                            .append(": ")
                            .append(unsent)
                            .append(" B not sent, ")
                            .append(unread)
                            .append(" B not read\n");
                }
            }
        }
        return told + "(of " + seen + " ends)\n";
    }

    private static int portOf(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What every thread of this program is doing. */
    static String stacks() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getValue().length > 0)
                .map(Evidence::stack)
                .sorted()
                .collect(Collectors.joining());
    }

    private static String stack(Map.Entry<Thread, StackTraceElement[]> each) {
        StringBuilder told =
                new StringBuilder(each.getKey().getName() + ' ' + each.getKey().getState() + '\n');
        StackTraceElement[] frames = each.getValue();
        for (int i = 0; i < Math.min(frames.length, MOST_FRAMES); i++) {
            told.append("    ").append(frames[i]).append('\n');
        }
        return told.toString();
    }
}
