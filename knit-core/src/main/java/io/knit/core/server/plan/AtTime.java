package io.knit.core.server.plan;

import io.knit.api.model.Instance;
import io.knit.api.model.SlotKey;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The slots of one run of a schedule: each is known by the run's time, and where there are several by its number, too.
 *
 * @param due the run's time
 * @param completions how many slots it has
 */
record AtTime(Instant due, int completions) implements Roster {
    private static final String NUMBER = "/";

    @Override
    public List<SlotKey> wanted() {
        return IntStream.range(0, completions).mapToObj(this::key).toList();
    }

    private SlotKey key(int number) {
        return SlotKey.of(completions == 1 ? due.toString() : due + NUMBER + number);
    }

    /** The time of the run that an instance is of; empty: it is of none. */
    static Optional<Instant> due(Instance instance) {
        if (instance.key() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(instance.key().split(NUMBER, 2)[0]));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean isWanted(SlotKey key) {
        return number(key) >= 0;
    }

    @Override
    public int number(SlotKey key) {
        String name = key.name();
        String time = due.toString();
        if (name == null || !name.startsWith(time)) {
            return -1;
        }
        if (completions == 1) {
            return name.equals(time) ? 0 : -1;
        }
        int number = parsed(name.substring(time.length()));
        return number >= 0 && number < completions && key(number).equals(key) ? number : -1;
    }

    /** The number that follows the time, without a look at all others: a run may have a thousand. */
    private static int parsed(String rest) {
        try {
            return rest.startsWith(NUMBER) ? Integer.parseInt(rest.substring(1)) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    @Override
    public String whyNot(Instance surplus) {
        return "it is of no run";
    }
}
