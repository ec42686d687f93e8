package io.knit.core.server.schedule.fit;

import io.knit.api.model.Node;
import io.knit.api.model.Reservation;
import io.knit.api.spi.Cores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How much is there and how much is asked for, in words. */
final class RoomWords {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private RoomWords() {}

    /** {@code has 0.4 of 1.9 cores free, 0.5 needed}. */
    static String lacks(Node node, Reservation free, Reservation asked) {
        Reservation all = node.offers();
        List<String> lacks = new ArrayList<>();
        if (asked.cpu() > 0 && free.cpu() < asked.cpu()) {
            lacks.add(Cores.text(Math.max(0, free.cpu())) + " of " + Cores.text(all.cpu()) + " cores free, "
                    + Cores.text(asked.cpu()) + " needed");
        }
        if (asked.memory() > 0 && free.memory() < asked.memory()) {
            lacks.add(size(Math.max(0, free.memory())) + " of " + size(all.memory()) + " memory free, "
                    + size(asked.memory()) + " needed");
        }
        if (asked.gpus() > 0 && free.gpus() < asked.gpus()) {
            lacks.add(Math.max(0, free.gpus()) + " of " + all.gpus() + " gpus free, " + asked.gpus() + " needed");
        }
        return "has " + String.join(", and ", lacks);
    }

    /** Three digits or four: enough to choose by. Rounded down, so that what lacks a little is not shown as enough. */
    static String size(long bytes) {
        int unit = 0;
        double size = bytes;
        while (size >= 1024 && unit < UNITS.length - 1) {
            size /= 1024;
            unit++;
        }
        double down = size < 100 ? Math.floor(size * 10) / 10 : Math.floor(size);
        String number = String.format(Locale.ROOT, down == Math.rint(down) ? "%.0f" : "%.1f", down);
        return number + UNITS[unit];
    }
}
