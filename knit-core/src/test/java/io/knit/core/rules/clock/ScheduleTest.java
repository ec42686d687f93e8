package io.knit.core.rules.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.CronSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** When a schedule is due. */
class ScheduleTest {
    private static Schedule schedule(String fields, String zone) {
        return Schedule.of(CronSpec.of(fields).in(zone));
    }

    private static Arguments row(String fields, String zone, String after, String... next) {
        return Arguments.of(fields, zone, after, List.of(next));
    }

    static Stream<Arguments> due() {
        return Stream.of(
                row("30 2 * * *", "UTC", "2026-11-27T02:29:59.999Z", "2026-11-27T02:30:00Z", "2026-11-28T02:30:00Z"),
                row("30 2 * * *", "UTC", "2026-11-27T02:30:00Z", "2026-11-28T02:30:00Z"),
                row("*/20 * * * *", "UTC", "2026-11-27T02:45:00Z", "2026-11-27T03:00:00Z", "2026-11-27T03:20:00Z"),
                row("0 9 * * mon-fri", "UTC", "2026-11-27T10:00:00Z", "2026-11-30T09:00:00Z"),
                row("0 0 * * 0", "UTC", "2026-11-27T10:00:00Z", "2026-11-29T00:00:00Z"),
                row("0 0 * * 7", "UTC", "2026-11-27T10:00:00Z", "2026-11-29T00:00:00Z"),
                // as cron has it: one of the two days is enough
                row("0 0 13 * fri", "UTC", "2026-12-12T00:00:00Z", "2026-12-13T00:00:00Z", "2026-12-18T00:00:00Z"),
                row("0 0 29 2 *", "UTC", "2026-11-27T10:00:00Z", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"),
                row("0 12 * * *", "Asia/Tokyo", "2026-11-27T03:00:00Z", "2026-11-28T03:00:00Z"),
                // on 2026-03-29 there is no time from 02:00 to 03:00 in Berlin, which is UTC+1 before and
                // UTC+2 after
                row(
                        "30 2 * * *",
                        "Europe/Berlin",
                        "2026-03-28T12:00:00Z",
                        "2026-03-29T01:00:00Z",
                        "2026-03-30T00:30:00Z"),
                row(
                        "0,30 2 * * *",
                        "Europe/Berlin",
                        "2026-03-28T12:00:00Z",
                        "2026-03-29T01:00:00Z",
                        "2026-03-30T00:00:00Z"),
                row(
                        "0 3 * * *",
                        "Europe/Berlin",
                        "2026-03-28T12:00:00Z",
                        "2026-03-29T01:00:00Z",
                        "2026-03-30T01:00:00Z"),
                row(
                        "*/30 * * * *",
                        "Europe/Berlin",
                        "2026-03-29T00:15:00Z",
                        "2026-03-29T00:30:00Z",
                        "2026-03-29T01:00:00Z",
                        "2026-03-29T01:30:00Z"),
                row(
                        "15 */2 * * *",
                        "Europe/Berlin",
                        "2026-03-28T23:00:00Z",
                        "2026-03-28T23:15:00Z",
                        "2026-03-29T02:15:00Z"),
                // on 2026-10-25 the time from 02:00 to 03:00 is there twice
                row(
                        "30 2 * * *",
                        "Europe/Berlin",
                        "2026-10-24T12:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-26T01:30:00Z"),
                row(
                        "30 2,3 * * *",
                        "Europe/Berlin",
                        "2026-10-25T00:45:00Z",
                        "2026-10-25T02:30:00Z",
                        "2026-10-26T01:30:00Z"),
                row(
                        "30 * * * *",
                        "Europe/Berlin",
                        "2026-10-25T00:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T02:30:00Z"),
                row(
                        "0 * * * *",
                        "Europe/Berlin",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:00:00Z",
                        "2026-10-25T02:00:00Z"),
                // half an hour, on Lord Howe Island
                row(
                        "15 2 * * *",
                        "Australia/Lord_Howe",
                        "2026-10-03T00:00:00Z",
                        "2026-10-03T15:30:00Z",
                        "2026-10-04T15:15:00Z"));
    }

    @ParameterizedTest(name = "{0} {1} after {2}")
    @MethodSource("due")
    void isDue(String fields, String zone, String after, List<String> next) {
        assertThat(schedule(fields, zone).next(Instant.parse(after), next.size()))
                .isEqualTo(next.stream().map(Instant::parse).toList());
    }

    @Test
    void theLastOfManyIsFoundWithoutLookingAtEach() {
        Random random = new Random(7);
        for (String fields : List.of("* * * * *", "*/7 * * * *", "30 2 * * *", "0 0 1 * *", "5 4 * * sun")) {
            Schedule schedule = schedule(fields, "Europe/Berlin");
            for (int i = 0; i < 20; i++) {
                Instant begin = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(20_000_000));
                Instant due = schedule.next(begin).orElseThrow();
                Instant now = due.plusSeconds(random.nextInt(9_000_000));
                Instant last = schedule.last(due, now);
                assertThat(last).as(fields + " " + due + " " + now).isBetween(due, now);
                assertThat(schedule.next(last).orElseThrow()).isAfter(now);
                assertThat(schedule.next(last.minus(Duration.ofSeconds(1)))).contains(last);
            }
        }
    }

    /** A day before the zone's clocks are set, each of so many times from 2011 on; where they never are, once. */
    private static List<Instant> begins(String zone) {
        ZoneRules rules = ZoneId.of(zone).getRules();
        Instant first = Instant.parse("2011-01-01T00:00:00Z");
        List<Instant> begins = Stream.iterate(
                        rules.nextTransition(first), Objects::nonNull, set -> rules.nextTransition(set.getInstant()))
                .limit(4)
                .map(set -> set.getInstant().minus(Duration.ofDays(1)))
                .toList();
        return begins.isEmpty() ? List.of(first) : begins;
    }

    static Stream<Arguments> schedules() {
        return Stream.of("Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "UTC")
                .flatMap(zone -> Stream.of("*/10 * * * *", "*/10 0-23 * * *", "30 1-3 * * *", "15 */3 * * *")
                        .map(fields -> Arguments.of(fields, zone)));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("schedules")
    void timesOnlyGoForward(String fields, String zone) {
        Schedule schedule = schedule(fields, zone);
        for (Instant begin : begins(zone)) {
            Instant end = begin.plus(Duration.ofDays(3));
            for (Instant last = begin; last.isBefore(end); ) {
                Instant next = schedule.sought(last).orElseThrow();
                assertThat(next).isAfter(last);
                assertThat(schedule.sought(next.minusMillis(1))).contains(next);
                last = next;
            }
        }
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("schedules")
    void whatWasAskedBeforeChangesNothing(String fields, String zone) {
        Schedule schedule = schedule(fields, zone);
        Random random = new Random(11);
        for (Instant begin : begins(zone)) {
            for (int i = 0; i < 60; i++) {
                Instant after = begin.plusSeconds(random.nextInt(200_000));
                Instant due = schedule.sought(after).orElseThrow();
                assertThat(schedule.next(after)).contains(due);
                assertThat(schedule.next(due)).isEqualTo(schedule.sought(due));
                assertThat(schedule.next(after)).contains(due);
                assertThat(schedule.next(due.minusMillis(1))).contains(due);
                Instant before = after.minusSeconds(random.nextInt(2_000));
                assertThat(schedule.next(before)).isEqualTo(schedule.sought(before));
            }
        }
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("", "has 0 fields and must have five"),
                Arguments.of("5", "has 1 field and must have five"),
                Arguments.of(
                        "* * * *",
                        "has 4 fields and must have five; give minute, hour, day of the month, month and day of the week, such as \"30 2 * * mon-fri\""),
                Arguments.of("0 * * * * *", "has 6 fields"),
                Arguments.of("@daily", "is a name, and names are not known"),
                Arguments.of(
                        "61 * * * *", "has the minute \"61\", which can't be read; give 0 to 59, several with commas"),
                Arguments.of("* 24 * * *", "has the hour \"24\""),
                Arguments.of("* * L * *", "has the day of the month \"L\""),
                Arguments.of("* * * 13 *", "has the month \"13\", which can't be read; give 1 to 12 or jan to dec"),
                Arguments.of("* * * * 5#2", "has the day of the week \"5#2\""),
                Arguments.of("*/0 * * * *", "has the minute \"*/0\""),
                Arguments.of("5-1 * * * *", "has the minute \"5-1\""),
                Arguments.of("0 0 30 2 *", "is never due: there is no such day"),
                Arguments.of("0 0 31 4,6,9,11 *", "is never due"));
    }

    @ParameterizedTest(name = "\"{0}\"")
    @MethodSource("wrong")
    void isNone(String fields, String words) {
        assertThat(Schedule.scheduleFault(fields)).startsWith(words);
    }

    @Test
    void whateverIsWrittenThereIsWordsForIt() {
        Random random = new Random(3);
        String letters = "0123456789*/-,LW#? monfrijan@\u0000é";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n >= 0; n--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            String fault = Schedule.scheduleFault(text.toString());
            assertThat(fault == null || !fault.isBlank()).as(text.toString()).isTrue();
            if (fault == null) {
                assertThat(schedule(text.toString(), "UTC").next(Instant.EPOCH)).isPresent();
            }
        }
    }

    @Test
    void aZoneThatIsNotThere() {
        assertThat(Schedule.zoneFault("Europe/Berlin")).isNull();
        assertThat(Schedule.zoneFault("Europe/Belrin")).isEqualTo("is not known; did you mean \"Europe/Berlin\"?");
        assertThat(Schedule.zoneFault("utc")).isEqualTo("is not known; did you mean \"UTC\"?");
        assertThat(Schedule.zoneFault("+02:00")).startsWith("is not known; ");
        assertThat(Schedule.zoneFault("the moon"))
                .isEqualTo("is not known; give a name of the IANA database, such as UTC or Europe/Berlin");
    }
}
