package io.knit.core.rules.process;

import io.knit.core.rules.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a process can be sent, by the names that engines know: another one is not sent at all, which is found out when it is too late. */
public final class SignalWords {
    private static final String PREFIX = "SIG";

    /** By their numbers, of Linux, beginning with 1. */
    private static final List<String> NUMBERED = List.of(
            "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
                    .split(" "));
    /** Those of real time: the C library keeps two for itself. */
    private static final int FIRST_OF_REAL_TIME = 34;

    private static final int LAST_OF_REAL_TIME = 64;
    /** Up to here they are told from the first one, and from the last one beyond. */
    private static final int MIDDLE_OF_REAL_TIME = 49;

    /** What is likely meant by another word. */
    private static final List<String> USUAL =
            NUMBERED.stream().map(name -> PREFIX + name).toList();

    private static final Set<String> NAMES = names();

    private SignalWords() {}

    private static Set<String> names() {
        Stream<String> others = Stream.of("SIGCLD", "SIGIOT", "SIGPOLL");
        Stream<String> ofRealTime = IntStream.rangeClosed(FIRST_OF_REAL_TIME, LAST_OF_REAL_TIME)
                .mapToObj(number -> PREFIX + ofRealTime(number));
        return Stream.of(USUAL.stream(), others, ofRealTime)
                .flatMap(all -> all)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Its name by its number on Linux; empty: there is none. */
    public static Optional<String> of(int number) {
        if (number >= 1 && number <= NUMBERED.size()) {
            return Optional.of(PREFIX + NUMBERED.get(number - 1));
        }
        return number < FIRST_OF_REAL_TIME || number > LAST_OF_REAL_TIME
                ? Optional.empty()
                : Optional.of(PREFIX + ofRealTime(number));
    }

    private static String ofRealTime(int number) {
        if (number <= MIDDLE_OF_REAL_TIME) {
            return "RTMIN" + (number == FIRST_OF_REAL_TIME ? "" : "+" + (number - FIRST_OF_REAL_TIME));
        }
        return "RTMAX" + (number == LAST_OF_REAL_TIME ? "" : "-" + (LAST_OF_REAL_TIME - number));
    }

    /** What is wrong with a name, to be put after it; null: nothing. */
    public static @Nullable String fault(String name) {
        if (NAMES.contains(name)) {
            return null;
        }
        String upper = name.toUpperCase(Locale.ROOT);
        String whole = upper.startsWith(PREFIX) ? upper : PREFIX + upper;
        return (NAMES.contains(whole) ? Optional.of(whole) : Nearest.to(whole, USUAL, 1))
                .map(nearest -> " is no signal; did you mean \"" + nearest + "\"?")
                .orElse(" is no signal; give the name of one of signal(7), such as \"SIGHUP\"");
    }
}
