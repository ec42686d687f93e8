package io.knit.core.rules.clock;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The five fields of a schedule: which times of a clock that is never set they mean. */
final class CronFields {
    static final String EXAMPLE =
            "give minute, hour, day of the month, month and day of the week, such as \"30 2 * * mon-fri\"";

    private static final List<String> NAMES = List.of("minute", "hour", "day of the month", "month", "day of the week");
    private static final List<String> RANGES =
            List.of("0 to 59", "0 to 23", "1 to 31", "1 to 12 or jan to dec", "0 to 7 or sun to sat");

    private final ExecutionTime times;
    private final boolean everyHour;

    private CronFields(ExecutionTime times, boolean everyHour) {
        this.times = times;
        this.everyHour = everyHour;
    }

    /** @throws IllegalArgumentException what is wrong, as the end of "the schedule …" */
    static CronFields of(String schedule) {
        String text = schedule.strip();
        if (text.startsWith("@")) {
            throw new IllegalArgumentException("is a name, and names are not known; " + EXAMPLE);
        }
        List<String> fields = text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
        if (fields.size() != NAMES.size()) {
            String has = fields.size() == 1 ? "1 field" : fields.size() + " fields";
            throw new IllegalArgumentException("has " + has + " and must have five; " + EXAMPLE);
        }
        for (int i = 0; i < fields.size(); i++) {
            List<String> alone = new ArrayList<>(List.of("*", "*", "*", "*", "*"));
            alone.set(i, fields.get(i));
            if (parsed(String.join(" ", alone)).isEmpty()) {
                throw new IllegalArgumentException("has the " + NAMES.get(i) + " \"" + fields.get(i)
                        + "\", which can't be read; give " + RANGES.get(i)
                        + ", several with commas, a range such as 1-5, * for each, or */2 for every second");
            }
        }
        ExecutionTime times = parsed(String.join(" ", fields))
                .orElseThrow(() -> new IllegalArgumentException("can't be read; " + EXAMPLE));
        return new CronFields(times, fields.get(1).startsWith("*"));
    }

    private static Optional<ExecutionTime> parsed(String text) {
        try {
            return Optional.of(ExecutionTime.forCron(
                    new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(text)));
        } catch (RuntimeException e) {
            // the library throws whatever it stumbles over
            return Optional.empty();
        }
    }

    /** Whether the hour is given as {@code *}, with a step or without. */
    boolean everyHour() {
        return everyHour;
    }

    /** The next time after that; empty: there is none. */
    Optional<LocalDateTime> next(LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }
}
