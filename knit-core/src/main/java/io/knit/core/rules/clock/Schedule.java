package io.knit.core.rules.clock;

import io.knit.api.model.CronSpec;
import io.knit.core.rules.Nearest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * When something is due, in a zone's time. Where the zone's clocks are set:
 *
 * <ul>
 *   <li>a time that does not exist is due when the clocks have been set, once however many there are;
 *   <li>a time that exists twice is due the first time;
 *   <li>unless the hour is given as {@code *} or {@code *}{@code /n}: then the hour that does not exist is left out, and that which exists twice counts twice,
 *       so that what is due every few minutes stays so.
 * </ul>
 */
public final class Schedule {
    private static final Duration FINEST = Duration.ofMinutes(1);
    /** Of a zone's clocks being set until something is due, which is within a few years. */
    private static final int MOST_TRANSITIONS = 100;

    /** So many are remembered: each look at a deployment asks for the same one, and reading it takes as long as all the rest of planning. */
    private static final int REMEMBERED = 10_000;

    private static final Map<CronSpec, Schedule> READ = new ConcurrentHashMap<>();

    /** There is none from the moment on, until it is due. */
    private record Wait(Instant from, Instant due) {
        boolean holds(Instant moment) {
            return !moment.isBefore(from) && moment.isBefore(due);
        }
    }

    private final CronFields fields;
    private final ZoneRules rules;
    /** The last that was found: each look at a deployment asks for it again, and finding it takes longer than all the rest of the look. */
    private volatile @Nullable Wait found;

    private Schedule(CronFields fields, ZoneRules rules) {
        this.fields = fields;
        this.rules = rules;
    }

    /** @throws IllegalArgumentException what is wrong with it, in words */
    public static Schedule of(CronSpec spec) {
        Schedule known = READ.get(spec);
        if (known != null) {
            return known;
        }
        Schedule read = read(spec);
        if (READ.size() >= REMEMBERED) {
            READ.clear();
        }
        READ.put(spec, read);
        return read;
    }

    private static Schedule read(CronSpec spec) {
        String fault = zoneFault(spec.timeZone());
        if (fault != null) {
            throw new IllegalArgumentException("the time zone " + fault);
        }
        return new Schedule(
                CronFields.of(spec.schedule()), ZoneId.of(spec.timeZone()).getRules());
    }

    /** What is wrong with a schedule, as the end of "cron.schedule …"; null: nothing. */
    public static @Nullable String scheduleFault(String schedule) {
        try {
            boolean never = CronFields.of(schedule)
                    .next(LocalDateTime.of(2000, 1, 1, 0, 0))
                    .isEmpty();
            return never ? "is never due: there is no such day; " + CronFields.EXAMPLE : null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** What is wrong with a zone's name, as the end of "cron.time_zone …"; null: nothing. */
    public static @Nullable String zoneFault(String zone) {
        if (ZoneId.getAvailableZoneIds().contains(zone)) {
            return null;
        }
        String meant = Nearest.to(
                        zone, ZoneId.getAvailableZoneIds().stream().sorted().toList(), 2)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElse("give a name of the IANA database, such as UTC or Europe/Berlin");
        return "is not known; " + meant;
    }

    /** When it is due next after that moment; empty: never. */
    public Optional<Instant> next(Instant after) {
        Wait known = found;
        if (known != null && known.holds(after)) {
            return Optional.of(known.due());
        }
        Optional<Instant> due = sought(after);
        due.ifPresent(at -> found = new Wait(after, at));
        return due;
    }

    /** {@link #next(Instant)}, whatever was found before. */
    Optional<Instant> sought(Instant after) {
        return fields.everyHour() ? walked(after) : asShown(after);
    }

    /** The next so many after that moment. */
    public List<Instant> next(Instant after, int most) {
        List<Instant> found = new ArrayList<>();
        Optional<Instant> due = next(after);
        while (due.isPresent() && found.size() < most) {
            found.add(due.get());
            due = next(due.get());
        }
        return found;
    }

    /**
     * The last time at which it is due until {@code now}, however many there are before it.
     *
     * @param due one of its times, not after {@code now}
     */
    public Instant last(Instant due, Instant now) {
        Instant latest = due;
        Instant end = now;
        while (Duration.between(latest, end).compareTo(FINEST) >= 0) {
            Instant middle = latest.plus(Duration.between(latest, end).dividedBy(2));
            Instant next = next(middle).orElse(Instant.MAX);
            if (next.isAfter(now)) {
                end = middle;
            } else {
                latest = next;
            }
        }
        Instant next = next(latest).orElse(Instant.MAX);
        return next.isAfter(now) ? latest : next;
    }

    /** Each time at its first moment, or when the clocks have been set over it. */
    private Optional<Instant> asShown(Instant after) {
        Optional<LocalDateTime> time = fields.next(LocalDateTime.ofInstant(after, rules.getOffset(after)));
        while (time.isPresent()) {
            Instant moment = first(time.get());
            if (moment.isAfter(after)) {
                return Optional.of(moment);
            }
            time = fields.next(time.get());
        }
        return Optional.empty();
    }

    private Instant first(LocalDateTime time) {
        ZoneOffsetTransition set = rules.getTransition(time);
        return set != null && set.isGap()
                ? set.getInstant()
                : time.toInstant(rules.getValidOffsets(time).get(0));
    }

    /** Along the time that passes, between one setting of the clocks and the next. */
    private Optional<Instant> walked(Instant after) {
        Instant from = after;
        LocalDateTime shown = LocalDateTime.ofInstant(after, rules.getOffset(after));
        for (int i = 0; i < MOST_TRANSITIONS; i++) {
            ZoneOffset offset = rules.getOffset(from);
            ZoneOffsetTransition set = rules.nextTransition(from);
            Optional<Instant> due = fields.next(shown).map(time -> time.toInstant(offset));
            if (due.isEmpty() || set == null || due.get().isBefore(set.getInstant())) {
                return due;
            }
            from = set.getInstant();
            shown = set.getDateTimeAfter().minusNanos(1);
        }
        return Optional.empty();
    }
}
